import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { ContextCommands } from "../../lib/context/commands";
import { EmbeddedStore } from "../../lib/context/embedded-store";
import { KeyTemplate } from "../../lib/context/key-template";
import { NoRead } from "../../lib/context/scan";
import { openDatabase, type Database } from "../../lib/storage/database";
import { scratch } from "../support/cache";
import { startRedis, type TestRedis } from "../support/redis";
import { bench, ready, settings, type Bench } from "../support/redis-bench";

const ROWS = 100_000;
/** Every so many is broken. */
const BROKEN = 1_000;
const BAD = ROWS / BROKEN;
/** Read in one piece these files stall the loop for one to three seconds; in pieces, only as long as a busy machine does. */
const STALL_MS = 500;

const isBroken = (i: number): boolean => i % BROKEN === 17;
const context = (i: number): object => ({
  product: `Motor Assembly Type ${"ABC"[i % 3]}`,
  article: String(i % 100_000).padStart(6, "0"),
  asset_id: `motor-${i % 8}`,
  normal: { temperature: 70 + (i % 10), vibration_x: 1.5 },
});

/** Files as a MES writes them, with a broken line in every thousand. */
const files: Readonly<Record<string, () => string>> = {
  json: () =>
    `[\n${Array.from({ length: ROWS }, (_, i) => {
      const row = JSON.stringify({ code: `P${i}`, value: context(i) });
      return isBroken(i) ? row.replace('"value":{', '"value":{"') : row;
    }).join(",\n")}\n]\n`,
  ndjson: () =>
    Array.from({ length: ROWS }, (_, i) => {
      const row = JSON.stringify({ code: `P${i}`, value: context(i) });
      return isBroken(i) ? row.slice(0, -20) : row;
    }).join("\n"),
  csv: () =>
    [
      "code,product,article,asset_id,normal.temperature,normal.vibration_x",
      ...Array.from({ length: ROWS }, (_, i) => {
        const product = `Motor Assembly Type ${"ABC"[i % 3]}`;
        const article = String(i % 100_000).padStart(6, "0");
        return `P${i},${isBroken(i) ? '"' : ""}${product},${article},motor-${i % 8},${70 + (i % 10)},1.5`;
      }),
    ].join("\n"),
};
const firstLine: Readonly<Record<string, number>> = { json: 2, ndjson: 1, csv: 2 };

describe("an import of 100,000 contexts with broken lines", function () {
  this.timeout(60_000);
  let dir: string;
  let database: Database;
  let embedded: EmbeddedStore;
  let server: TestRedis;
  let edge: Bench;
  const user = {};

  before(async () => {
    dir = scratch("import");
    database = await openDatabase({ file: join(dir, "contexts.db") });
    embedded = new EmbeddedStore(() => Promise.resolve(database));
    embedded.use(user);
    server = await startRedis();
    edge = bench(settings(server.url));
    await ready(edge);
  });
  after(async () => {
    await edge.close();
    await server.stop();
    await embedded.release(user);
    await database.close();
    rmSync(dir, { recursive: true });
  });

  for (const [format, file] of Object.entries(files)) {
    for (const kind of ["redis", "embedded"] as const) {
      it(`of ${format} goes into ${kind}, the bad ones listed, and nobody waits for it`, async () => {
        const text = file();
        const store = kind === "redis" ? edge.store : embedded;
        const commands = new ContextCommands(store, new KeyTemplate("context:{code}"), new NoRead([]));
        const delay = monitorEventLoopDelay({ resolution: 5 });
        const steps: number[] = [];
        const heap = process.memoryUsage().heapUsed;
        let peak = heap;
        delay.enable();
        const result = await commands.run({ name: "import" }, Buffer.from(text), (rows) => {
          steps.push(rows);
          if (steps.length % 20 === 0) peak = Math.max(peak, process.memoryUsage().heapUsed);
        });
        delay.disable();
        assert.deepEqual([result.count, result.rejected, result.more], [ROWS - BAD, BAD, BAD - 20]);
        const lines = (result.errors ?? []).map((error) => ("line" in error ? error.line : 0));
        assert.deepEqual(
          lines,
          Array.from({ length: 20 }, (_, i) => (firstLine[format] ?? 0) + 17 + i * BROKEN),
        );
        assert.ok(steps.length >= ROWS / 250, "progress is told step by step");
        const stall = delay.max / 1e6;
        assert.ok(stall < STALL_MS, `the loop stood still for ${stall.toFixed(0)} ms`);
        // Its text, its keys, and what the embedded store holds; never all rows as objects at once.
        const grown = (peak - heap) / 1024 / 1024;
        assert.ok(grown < 200, `${grown.toFixed(0)} MB`);
        const { value } = await commands.run({ name: "get", code: "P99999" }, undefined);
        assert.deepEqual(value, context(99_999));
        await assert.rejects(commands.run({ name: "get", code: "P17" }, undefined));
        await commands.run(
          { name: "delete" },
          Array.from({ length: ROWS }, (_, i) => `context:P${i}`),
        );
      });
    }
  }
});
