import assert from "node:assert/strict";
import { ConfigReader } from "../../../nodes/common/config";
import { secretToTry } from "../../../nodes/common/dialog";

const read = (raw: object): ConfigReader => new ConfigReader(raw as Record<string, unknown>, "sensor-fuse");

const wrong = (limit: unknown, bounds: object, message: RegExp): void =>
  assert.throws(() => read({ limit }).number("limit", 1, bounds), { code: "config-number", message });

describe("what the editor stored", () => {
  it("a number is a number, written as one or as text", () => {
    for (const stored of [5, "5", " 5 "]) assert.equal(read({ limit: stored }).number("limit", 1), 5);
    for (const missing of [undefined, null, ""]) assert.equal(read({ limit: missing }).number("limit", 1), 1);
  });

  it("what is no number, or outside its bounds, is said with the bounds", () => {
    wrong("many", {}, /^sensor-fuse: limit is "many", must be a number$/);
    wrong("12,5", { min: 0 }, /"12,5", must be a number, at least 0$/);
    wrong(0, { min: 1, max: 9, integer: true }, /"0", must be a whole number from 1 to 9$/);
    wrong(2.5, { max: 9, integer: true }, /"2\.5", must be a whole number up to 9$/);
    wrong(Number.NaN, {}, /"null", must be a number/);
  });

  it("a tick is a tick, as a boolean or as text, and nothing else is one", () => {
    for (const stored of [true, "true"]) assert.equal(read({ why: stored }).flag("why"), true);
    for (const stored of [false, "false"]) assert.equal(read({ why: stored }).flag("why", true), false);
    assert.equal(read({}).flag("why", true), true);
    assert.throws(() => read({ why: "yes" }).flag("why"), {
      code: "config-choice",
      message: /must be one of true, false/,
    });
  });

  it("names the environment variable that is not set, whatever the field holds", () => {
    const raw = { field: "${PLANT_X}" };
    const expected = {
      code: "config-env",
      message: /sensor-fuse: field uses the environment variable PLANT_X, which is not set/,
    };
    assert.throws(() => read(raw).text("field"), expected);
    assert.throws(() => read(raw).number("field", 1), expected);
    assert.throws(() => read(raw).flag("field"), expected);
    assert.throws(() => read(raw).choice("field", ["a"], "a"), expected);
    assert.throws(
      () =>
        read({ rows: [raw] })
          .rows("rows")[0]
          ?.text("field"),
      {
        code: "config-env",
        message: /rows 1: field uses the environment variable PLANT_X/,
      },
    );
  });
});

const scope = (values: Readonly<Record<string, unknown>>) => ({ getSetting: (name: string) => values[name] });

describe("environment variables, as Node-RED hands them to a node", () => {
  const flow = { ...scope({ HOST: "plc-1", N: 5, EMPTY: "" }), getGroupNode: () => scope({ HOST: "plc-2" }) };

  it("fill a part of a text, or a whole number, table or tick", () => {
    const reader = read({
      _flow: flow,
      url: "opc.tcp://${HOST}:48${N}0",
      limit: "${N}",
      rows: '[{"unit": "${N}"}]',
      empty: "${EMPTY}",
    });
    assert.equal(reader.text("url"), "opc.tcp://plc-1:4850");
    assert.equal(reader.number("limit", 1), 5);
    assert.equal(reader.rows("rows")[0]?.number("unit", 1), 5);
    assert.equal(reader.text("empty", "as if the field were empty"), "as if the field were empty");
    assert.equal(reader.has("empty"), false);
    assert.throws(() => read({ rows: "[{" }).rows("rows"), { code: "config-list" });
  });

  it("are those of the node's group first, and its own name and id", () => {
    const reader = read({ _flow: flow, g: "g1", name: "Line 1", text: "${HOST} ${NR_NODE_NAME}" });
    assert.equal(reader.text("text"), "plc-2 Line 1");
  });

  it("are a secret as a whole, never within one", () => {
    const secrets = read({ _flow: flow, a: "${HOST}", b: "pa${HOST}word", c: "${NOT_SET}" });
    assert.deepEqual([secrets.secret("a"), secrets.secret("b"), secrets.secret("d")], ["plc-1", "pa${HOST}word", ""]);
    assert.throws(() => secrets.secret("c"), { code: "config-env", message: /c uses .* NOT_SET, which is not set/ });
  });
});

describe("a secret in a dialog", () => {
  const what = { name: "password", place: "host" };

  it("as typed goes wherever it was typed for", () => assert.equal(secretToTry("new", what, { secret: "old" }), "new"));

  it("as stored goes to its own place alone", () => {
    assert.equal(secretToTry("__PWRD__", what, { secret: "old" }), "old");
    assert.throws(() => secretToTry("__PWRD__", what, undefined), {
      code: "secret-elsewhere",
      message: "the stored password belongs to another host: type it again",
    });
    assert.equal(secretToTry("", what, undefined), "");
  });
});
