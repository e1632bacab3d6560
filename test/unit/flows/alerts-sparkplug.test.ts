import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { sparkplug } from "../../../flows/src/alerts/sparkplug";

type Metrics = Record<string, unknown>;

/** The function node "metrics of the asset", fed with messages one after the other. */
function device(): (message: object) => Metrics | null {
  const node = sparkplug().find(({ name }) => name === "metrics of the asset");
  const kept = new Map<string, unknown>();
  const context = { get: (key: string) => kept.get(key), set: (key: string, value: unknown) => kept.set(key, value) };
  const env = { get: () => "motor-1" };
  const run = runInNewContext(`(function (msg) {${String(node?.["func"])}\n})`, { context, env }) as (msg: object) => {
    payload: { metrics: { name: string; value: unknown }[] };
  } | null;
  return (message) => {
    const sent = run(message);
    return sent && Object.fromEntries(sent.payload.metrics.map(({ name, value }) => [name, value]));
  };
}

function mer(label: string, severity: string, fields: object = {}): object {
  const open = { mer_id: `MER-${label}`, asset_id: "motor-1", label, severity, action: `about ${label}`, closed: null };
  const raised = { active: true, acknowledged: null, shelved_until: null, raised_at: "2026-11-23T10:00:00.000Z" };
  return { ...open, ...raised, ...fields };
}

const event = (record: object): object => ({ mer: record, event: { kind: "raised" } });
const list = (...records: object[]): object => ({ payload: records, event: { kind: "list", cause: "open" } });

describe("an asset's Sparkplug metrics", () => {
  it("have a value each from the first list on, also when nothing is open: the birth waits for them", () => {
    const metrics = device()(list());
    assert.deepEqual(metrics, {
      "alarm/active": 0,
      "alarm/open": 0,
      "alarm/unacknowledged": 0,
      "alarm/severity": 0,
      "alarm/label": "",
      "alarm/action": "",
      "alarm/mer_id": "",
    });
    const declared = sparkplug().find(({ type }) => type === "mqtt sparkplug device")?.["metrics"];
    assert.deepEqual(Object.keys(declared as object), Object.keys(metrics ?? {}));
  });

  it("tell of the open record that needs attention most", () => {
    const feed = device();
    feed(list(mer("bearing_wear", "high")));
    const hot = feed(event(mer("limit:temperature", "critical")));
    assert.deepEqual([hot?.["alarm/open"], hot?.["alarm/severity"], hot?.["alarm/label"]], [2, 4, "limit:temperature"]);
    const seen = feed(event(mer("limit:temperature", "critical", { acknowledged: { by: "anna" } })));
    assert.deepEqual([seen?.["alarm/unacknowledged"], seen?.["alarm/label"]], [1, "bearing_wear"]);
    const closed = { by: "anna", at: "2026-11-23T10:05:00.000Z", cause: "fan" };
    assert.equal(feed(event(mer("limit:temperature", "critical", { active: false, closed })))?.["alarm/open"], 1);
  });

  it("are of one asset", () => {
    const feed = device();
    assert.equal(feed(event(mer("bearing_wear", "high", { asset_id: "motor-2" }))), null);
    assert.equal(feed(list(mer("bearing_wear", "high", { asset_id: "motor-2" })))?.["alarm/open"], 0);
  });
});
