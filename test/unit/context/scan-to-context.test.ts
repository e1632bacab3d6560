import assert from "node:assert/strict";
import { AssetTable } from "../../../lib/assets";
import { systemClock } from "../../../lib/clock";
import { PictureReader } from "../../../lib/context/picture";
import { NoRead } from "../../../lib/context/scan";
import { ScanToContext, type ScanOptions } from "../../../lib/context/scan-to-context";
import type { EdgeMessage } from "../../../lib/messages";
import { lookupBench, withCode } from "./support";

const ASSETS = new AssetTable([
  { id: "motor-1", line: "l1", station: "s1", readers: ["reader-1"] },
  { id: "motor-2", line: "l1", station: "s2", readers: ["reader-2"] },
]);

const pictures = new PictureReader(systemClock);

function bench(
  options: Partial<Pick<ScanOptions, "debounceMs" | "queue" | "cycles">> & { onDeadline?: "fail" | "stale" } = {},
) {
  const { onDeadline = "fail", debounceMs = 0, queue = 100, cycles } = options;
  const { clock, store, lookup } = lookupBench({ onDeadline });
  const scans = new ScanToContext(
    lookup,
    pictures,
    ASSETS,
    { noRead: new NoRead(["NOREAD"]), debounceMs, queue, cycles },
    clock,
  );
  const sent: { result: string; message: EdgeMessage }[] = [];
  const scan = (message: EdgeMessage) =>
    scans.handle(message, (complete, result) => sent.push({ result, message: complete }));
  return { clock, store, sent, scan };
}

after(() => pictures.close());

describe("a scan that has a context", () => {
  it("leaves with scan, asset, context and lookup; payload is the context", async () => {
    const { store, sent, scan } = bench();
    const done = scan({ payload: "\x02A100\r", reader: "reader-1", topic: "t", foreign: 1 });
    store.answer("context:A100", { product: "A" });
    assert.equal(await done, "found");
    const [{ message }] = sent;
    assert.match(message.scan?.id ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.deepEqual(
      { ...message.scan, id: "" },
      { id: "", code: "A100", raw: "\x02A100\r", reader: "reader-1", at: "2026-01-01T00:00:00.000Z" },
    );
    assert.deepEqual(message.asset, { id: "motor-1", line: "l1", station: "s1" });
    assert.deepEqual(message.context, { product: "A" });
    assert.equal(message.payload, message.context);
    assert.equal(message.lookup?.key, "context:A100");
    assert.equal(message.topic, "t");
    assert.equal(message["foreign"], 1);
  });

  it("takes the topic for the reader only where the device's table has a reader of that name", async () => {
    const { sent, scan, store } = bench();
    for (const message of [{ topic: "reader-2" }, { topic: "line/scans" }, { topic: "x", reader: "r9" }]) {
      const done = scan({ payload: "A", ...message });
      store.answer("context:A", { product: "A" });
      await done;
    }
    assert.deepEqual(
      sent.map(({ message }) => [message.scan?.reader, message.asset?.id]),
      [
        ["reader-2", "motor-2"],
        [undefined, undefined],
        ["r9", undefined],
      ],
    );
  });

  it("finds its asset by the context where no reader tells it", async () => {
    const { store, sent, scan } = bench();
    const done = scan({ payload: "A" });
    store.answer("context:A", { asset_id: "motor-2" });
    await done;
    assert.equal(sent[0].message.asset?.id, "motor-2");
  });
});

describe("a scan that has none", () => {
  for (const [what, payload, code] of [
    ["empty", "\r\n", "scan-empty"],
    ["missing", undefined, "scan-empty"],
    ["a no-read", "NOREAD", "scan-no-read"],
    ["a megabyte", "A".repeat(1_000_000), "scan-too-long"],
    ["binary", Buffer.from([1, 2, 0xff]), "scan-binary"],
    ["misread", "]d20109506000134353", "scan-check-digit"],
    ["a truncated PNG's first bytes", Buffer.from("89504e470d0a1a0a", "hex"), "picture-unreadable"],
  ] as const) {
    it(`because it is ${what} says ${code}, and carries no older context`, async () => {
      const { sent, scan } = bench();
      const older = {
        context: { product: "older" },
        lookup: { key: "k", source: "redis" as const, stale: false, age_ms: 0, latency_ms: 0 },
      };
      assert.equal(await scan({ payload, reader: "reader-1", ...older }), "unusable");
      const [{ message }] = sent;
      assert.equal(message.unusable?.code, code);
      assert.equal(message.payload, message.unusable);
      assert.equal(message.asset?.id, "motor-1");
      assert.ok((message.scan?.raw.length ?? 999) <= 256);
      assert.ok(!("context" in message) && !("lookup" in message));
    });
  }

  it("because nothing is stored, or not in time, still tells what was scanned", async () => {
    const { clock, store, sent, scan } = bench();
    const unknown = scan({ payload: "]d20109506000134352", reader: "reader-1" });
    store.answer("context:0109506000134352", null);
    await unknown;
    const late = scan({ payload: "B", reader: "reader-1" });
    clock.advance(10);
    await late;
    assert.deepEqual(
      sent.map(({ message }) => [message.unusable?.code, message.scan?.code, message.scan?.gs1]),
      [
        ["context-unknown", "0109506000134352", { gtin: "09506000134352" }],
        ["context-deadline", "B", undefined],
      ],
    );
  });

  it("takes an older fault off a message that has a context now", async () => {
    const { store, sent, scan } = bench();
    const done = scan({ payload: "A", unusable: { code: "old", reason: "" } });
    store.answer("context:A", {});
    await done;
    assert.ok(!("unusable" in sent[0].message));
  });
});

describe("the order of scans", () => {
  it("is kept per asset, and no asset waits for another", async () => {
    const { store, sent, scan } = bench();
    const all = [
      scan({ payload: "A", reader: "reader-1" }),
      scan({ payload: "B", reader: "reader-1" }),
      scan({ payload: "C", reader: "reader-2" }),
    ];
    assert.deepEqual(store.keys, ["context:A", "context:B", "context:C"], "all are asked for at once");
    store.answer("context:B", {});
    store.answer("context:C", {});
    await all[2];
    assert.deepEqual(
      sent.map(({ message }) => message.scan?.code),
      ["C"],
    );
    store.answer("context:A", {});
    await Promise.all(all);
    assert.deepEqual(
      sent.map(({ message }) => message.scan?.code),
      ["C", "A", "B"],
    );
  });

  it("does not stand still for an asset whose lookup hangs", async () => {
    const { clock, store, sent, scan } = bench();
    const hung = scan({ payload: "A", reader: "reader-1" });
    const behind = scan({ payload: "B", reader: "reader-1" });
    store.answer("context:B", {});
    for (let i = 0; i < 50; i++) {
      const other = scan({ payload: `C${i}`, reader: "reader-2" });
      store.answer(`context:C${i}`, {});
      assert.equal(await other, "found");
    }
    assert.equal(sent.length, 50, "the other asset goes on");
    clock.advance(10);
    assert.deepEqual([await hung, await behind], ["unusable", "found"]);
    assert.deepEqual(
      sent.slice(50).map(({ message }) => message.scan?.code),
      ["A", "B"],
      "its own order is kept",
    );
  });

  it("goes on behind a message that cannot be completed", async () => {
    const { store, sent, scan } = bench();
    const frozen = scan(Object.freeze({ payload: "A", reader: "reader-1" }));
    const next = scan({ payload: "B", reader: "reader-1" });
    store.answer("context:B", {});
    store.answer("context:A", {});
    await assert.rejects(frozen, TypeError);
    await next;
    assert.deepEqual(
      sent.map(({ message }) => message.scan?.code),
      ["B"],
    );
  });

  it("is bounded: beyond the queue a scan is refused", async () => {
    const { store, scan } = bench({ queue: 2 });
    const all = [scan({ payload: "A" }), scan({ payload: "B" })];
    await assert.rejects(scan({ payload: "C" }), withCode("queue-full"));
    store.answer("context:A", {});
    store.answer("context:B", {});
    await Promise.all(all);
  });
});

describe("repeats", () => {
  it("are counted and not sent; the next scan of the reader tells how many", async () => {
    const { store, sent, scan } = bench({ debounceMs: 300 });
    const read = async (code: string) => {
      const done = scan({ payload: code, reader: "reader-1" });
      if (store.keys.length > 0) store.answer(`context:${code}`, {});
      return done;
    };
    assert.equal(await read("A"), "found");
    assert.equal(await read("A"), "repeat");
    assert.equal(await read("A"), "repeat");
    assert.equal(await read("B"), "found");
    assert.deepEqual(
      sent.map(({ message }) => [message.scan?.code, message.scan?.repeats]),
      [
        ["A", undefined],
        ["B", 2],
      ],
    );
  });

  it("are an asset's own, though one reader serves two", async () => {
    const { store, scan } = bench({ debounceMs: 300 });
    const read = (topic: string) => {
      const done = scan({ payload: "A", reader: "handheld", topic });
      if (store.keys.length > 0) store.answer("context:A", {});
      return done;
    };
    assert.deepEqual(
      [await read("motor-1"), await read("motor-2"), await read("motor-1")],
      ["found", "found", "repeat"],
    );
  });

  it("try again after a deadline", async () => {
    const { clock, store, scan } = bench({ debounceMs: 300 });
    const late = scan({ payload: "A", reader: "reader-1" });
    clock.advance(10);
    assert.equal(await late, "unusable");
    const again = scan({ payload: "A", reader: "reader-1" });
    store.asked.shift();
    store.answer("context:A", {});
    assert.equal(await again, "found");
  });
});

describe("runs that are counted", () => {
  it("are the scans that are sent, each of its asset; the number stands in the context", async () => {
    const counted: string[] = [];
    const cycles = { count: (asset: string) => Promise.resolve(counted.push(asset)) };
    const { clock, store, sent, scan } = bench({ cycles, debounceMs: 300 });
    const found = scan({ payload: "A", reader: "reader-1" });
    store.answer("context:A", { product: "A", cycle_count: 999 });
    await found;
    assert.deepEqual(sent[0].message.context, { product: "A", cycle_count: 1 });
    assert.equal(await scan({ payload: "A", reader: "reader-1" }), "repeat");
    await scan({ payload: "NOREAD", reader: "reader-2" });
    const nobody = scan({ payload: "A", reader: "nobody" });
    store.answer("context:A", null);
    assert.equal(await nobody, "unusable");
    assert.deepEqual(counted, ["motor-1", "motor-2"], "neither the repeat nor a scan of no asset");
    clock.advance(1_000);
    const late = scan({ payload: "B", reader: "reader-1" });
    clock.advance(10);
    assert.equal(await late, "unusable");
    const again = scan({ payload: "B", reader: "reader-1" });
    store.fail("context:B", "context-unknown");
    store.answer("context:B", { product: "B" });
    await again;
    assert.deepEqual(counted, ["motor-1", "motor-2", "motor-1"], "read again after the deadline, it is the same run");
  });
});
