import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { ContextCommands } from "../../../lib/context/commands";
import { EmbeddedStore } from "../../../lib/context/embedded-store";
import { KeyTemplate } from "../../../lib/context/key-template";
import { mergePatch } from "../../../lib/context/merge-patch";
import { NoRead } from "../../../lib/context/scan";
import type { Sink } from "../../../lib/context/store";
import { openDatabase, type Database } from "../../../lib/storage/database";
import { scratch } from "../../support/cache";
import { withCode } from "./support";

describe("commands on the embedded store", () => {
  let dir: string;
  let database: Database;
  let store: EmbeddedStore;
  let commands: ContextCommands;
  const user = {};

  const open = async () => {
    database = await openDatabase({ file: join(dir, "test.db") });
    store = new EmbeddedStore(() => Promise.resolve(database));
    store.use(user);
    commands = new ContextCommands(store, new KeyTemplate("context:{code}"), new NoRead([]));
  };
  const get = (key: string) =>
    new Promise<unknown>((resolve, reject) => {
      const sink: Sink = {
        answered: (_slot, text) => resolve(text === null ? null : JSON.parse(text)),
        failed: (_slot, error) => reject(error),
      };
      store.read(key, sink, 0);
    });

  beforeEach(async () => {
    dir = scratch("contexts");
    await open();
  });
  afterEach(async () => {
    await store.release(user);
    await database.close();
    rmSync(dir, { recursive: true });
  });

  it("put stores a context under its key, or under the key of a code", async () => {
    assert.deepEqual(await commands.run({ name: "put", key: "context:A" }, { product: "A" }), {
      command: "put",
      count: 1,
      key: "context:A",
    });
    await commands.run({ name: "put", code: "A/1" }, { product: "A1" });
    assert.deepEqual(await get("context:A"), { product: "A" });
    assert.deepEqual(await get("context:A%2F1"), { product: "A1" });
  });

  it("what was answered is there after a restart", async () => {
    await commands.run({ name: "put", key: "context:A" }, { product: "A" });
    await store.release(user);
    await database.close();
    await open();
    assert.deepEqual(await get("context:A"), { product: "A" });
  });

  it("patch merges, and makes what was not there", async () => {
    await commands.run({ name: "put", key: "k" }, { a: 1, normal: { t: 75, v: 1 } });
    await commands.run({ name: "patch", key: "k" }, { a: null, normal: { t: 80 } });
    await commands.run({ name: "patch", key: "new" }, { b: 2 });
    assert.deepEqual(await get("k"), { normal: { t: 80, v: 1 } });
    assert.deepEqual(await get("new"), { b: 2 });
  });

  it("patches that come together all stay", async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => commands.run({ name: "patch", key: "k" }, { [`p${i}`]: i })),
    );
    assert.equal(Object.keys((await get("k")) as object).length, 20);
  });

  it("delete removes one or a list, and counts what was there", async () => {
    await commands.run({ name: "import" }, { a: {}, b: {}, c: {} });
    assert.deepEqual(await commands.run({ name: "delete", key: "a" }, undefined), {
      command: "delete",
      count: 1,
      key: "a",
    });
    assert.deepEqual(await commands.run({ name: "delete" }, ["b", "c", "d"]), { command: "delete", count: 2 });
    assert.equal(await get("a"), null);
  });

  it("import takes a list, an object, JSON text and CSV", async () => {
    assert.equal(
      (
        await commands.run({ name: "import" }, [
          { key: "a", value: { n: 1 } },
          { code: "B:1", value: { n: 2 } },
        ])
      ).count,
      2,
    );
    assert.equal((await commands.run({ name: "import", prefix: "context:" }, { c: { n: 3 } })).count, 1);
    assert.equal((await commands.run({ name: "import" }, '{"d": {"n": 4}}')).count, 1);
    const csv = Buffer.from(
      '\ufeffkey;product;normal.temperature;hold;lot;note\r\ne;Motor A;75.5;true;007;\r\nf;Motor B;;false;1-2;"x;y"\r\n',
    );
    assert.equal((await commands.run({ name: "import", prefix: "p:" }, csv)).count, 2);
    assert.deepEqual(await get("a"), { n: 1 });
    assert.deepEqual(await get("context:B%3A1"), { n: 2 });
    assert.deepEqual(await get("context:c"), { n: 3 });
    assert.deepEqual(await get("d"), { n: 4 });
    assert.deepEqual(await get("p:e"), { product: "Motor A", normal: { temperature: 75.5 }, hold: true, lot: "007" });
    assert.deepEqual(await get("p:f"), { product: "Motor B", hold: false, lot: "1-2", note: "x;y" });
  });

  for (const [what, payload, place, reason] of [
    ["a row without key", [{ key: "a", value: {} }, { value: {} }], { row: 2 }, /neither key nor code/],
    [
      "a value that is a list",
      [
        { key: "a", value: {} },
        { key: "b", value: [] },
      ],
      { row: 2, key: "b" },
      /is a list/,
    ],
    [
      "a value over 64 kB",
      [
        { key: "a", value: {} },
        { key: "b", value: { x: "x".repeat(66_000) } },
      ],
      { row: 2, key: "b" },
      /66008 bytes, limit 65536/,
    ],
    [
      "the same key twice",
      [
        { key: "a", value: {} },
        { key: "a", value: { second: true } },
      ],
      { row: 2, key: "a" },
      /stands twice, first in row 1/,
    ],
    [
      "a code that is no scan",
      [
        { key: "a", value: {} },
        { code: "(01)09506000134353", value: {} },
      ],
      { row: 2, key: "(01)09506000134353" },
      /check digit/,
    ],
    ["a row with too many cells", "key,x\na,\nb,1,2", { line: 3 }, /has 3 cells, the heading 2/],
    ["JSON with a broken element", '{"a":{},\n"b":{x}}', { line: 2 }, /is not valid JSON/],
  ] as const) {
    it(`import of ${what} takes the good row and names the bad one`, async () => {
      const { count, rejected, errors = [], more } = await commands.run({ name: "import" }, payload);
      assert.deepEqual([count, rejected, more], [1, 1, 0]);
      const { reason: said, ...where } = errors[0] as { reason: string };
      assert.deepEqual(where, place);
      assert.match(said, reason);
      assert.deepEqual(await get("a"), {});
    });
  }

  for (const [what, payload] of [
    ["contradicting columns", "key,x,x.y\na,1,2"],
    ["two columns of one name", "key,temp_critical,temp_critical\na,95,59"],
    ["a number with a comma, which no limit would understand", "key;temp_critical\na;95,5"],
    ["a heading and nothing else that says which row is which", "product;temp\nMotor;75"],
    ["Latin-1, whose letters would be lost", Buffer.from("key;product\na;F\xf6rderband", "latin1")],
    ["UTF-16", Buffer.from("\ufeffkey;product\na;Motor", "utf16le")],
    ["nothing", ""],
    ["a value nested 65 deep", { a: nested(65) }],
    ["broken JSON", '{"a":'],
    ["a number", 7],
  ] as const) {
    it(`import of ${what} imports nothing`, async () => {
      await assert.rejects(commands.run({ name: "import" }, payload), withCode("import-invalid"));
      assert.equal(await get("a"), null);
    });
  }

  it("get answers what is stored, or that nothing is", async () => {
    await commands.run({ name: "put", code: "A" }, { product: "A" });
    assert.deepEqual(await commands.run({ name: "get", code: "A" }, undefined), {
      command: "get",
      count: 1,
      key: "context:A",
      value: { product: "A" },
    });
    await assert.rejects(commands.run({ name: "get", key: "none" }, undefined), withCode("context-unknown"));
    await assert.rejects(commands.run({ name: "get" }, undefined), withCode("command-invalid"));
  });

  it("import checks without writing, and refuses formats and types it does not know", async () => {
    const { count, checked } = await commands.run({ name: "import", check: true }, { a: {} });
    assert.deepEqual([count, checked], [1, true]);
    assert.equal(await get("a"), null);
    for (const wrong of [{ format: "xml" }, { prefix: 7 }, { types: { x: "date" } }, { types: "text" }])
      await assert.rejects(commands.run({ name: "import", ...wrong }, { a: {} }), withCode("command-invalid"));
  });

  it("refuses what is no context, and commands it does not know", async () => {
    await assert.rejects(commands.run({ name: "put", key: "k" }, [1]), withCode("context-invalid"));
    await assert.rejects(
      commands.run({ name: "put", key: "k" }, { x: "x".repeat(66_000) }),
      withCode("context-invalid"),
    );
    await assert.rejects(commands.run({ name: "put" }, {}), withCode("command-invalid"));
    await assert.rejects(commands.run({ name: "patch", key: "k" }, 7), withCode("command-invalid"));
    await assert.rejects(commands.run({ name: "delete" }, {}), withCode("command-invalid"));
    await assert.rejects(commands.run({ name: "drop" }, {}), withCode("command-unknown"));
  });

  it("a store that is full refuses, and keeps what it had", async () => {
    await store.release(user);
    await database.close();
    database = await openDatabase({ file: join(dir, "small.db") });
    store = new EmbeddedStore(() => Promise.resolve(database), 100);
    store.use(user);
    commands = new ContextCommands(store, new KeyTemplate("context:{code}"), new NoRead([]));
    await commands.run({ name: "put", key: "k" }, { old: true });
    await assert.rejects(commands.run({ name: "put", key: "k" }, { new: "x".repeat(200) }), withCode("store-full"));
    assert.deepEqual(await get("k"), { old: true });
  });

  it("an import of any rows is what a read answers", async () => {
    const value = fc.dictionary(fc.string(), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ minLength: 1, unit: "grapheme" }), value, { maxKeys: 5 }),
        async (all) => {
          await commands.run({ name: "import" }, JSON.stringify(all));
          for (const [key, wanted] of Object.entries(all))
            assert.deepEqual(await get(key), JSON.parse(JSON.stringify(wanted)));
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("a database that cannot be opened", () => {
  it("is said to every lookup and every command", async () => {
    const store = new EmbeddedStore(() => Promise.reject(new Error("no room")));
    const failed = new Promise<string>((resolve, reject) => {
      store.use({});
      store.read("a", { answered: reject, failed: (_slot, error) => resolve(error.code) }, 0);
    });
    assert.equal(await failed, "context-unavailable");
    assert.equal(store.state.phase, "failed");
    await assert.rejects(store.replace([{ key: "a", value: {} }]), withCode("context-unavailable"));
  });
});

describe("JSON Merge Patch", () => {
  it("does what the table of RFC 7396 says", () => {
    for (const [target, patch, result] of [
      [{ a: "b" }, { a: "c" }, { a: "c" }],
      [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
      [{ a: "b" }, { a: null }, {}],
      [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
      [{ a: ["b"] }, { a: "c" }, { a: "c" }],
      [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
      [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
      [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
      [
        ["a", "b"],
        ["c", "d"],
        ["c", "d"],
      ],
      [{ a: "b" }, ["c"], ["c"]],
      [{ a: "foo" }, null, null],
      [{ a: "foo" }, "bar", "bar"],
      [{ e: null }, { a: 1 }, { e: null, a: 1 }],
      [[1, 2], { a: "b", c: null }, { a: "b" }],
      [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ]) {
      assert.deepEqual(mergePatch(target, patch), result);
    }
  });

  it("takes __proto__ for a name like any other", () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}')) as object;
    assert.equal(Object.getPrototypeOf(merged), Object.prototype);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });
});

function nested(depth: number): object {
  return depth === 1 ? {} : { in: nested(depth - 1) };
}
