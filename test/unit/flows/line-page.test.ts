import { strict as assert } from "node:assert";
import { runInNewContext } from "node:vm";
import { page, source } from "../../../flows/src/files";

interface Asset {
  id: string;
  alerts: object[];
  decision: { limits: object[]; fault: string | null } | null;
}
interface State {
  tone: string;
  title: string;
  why: string;
}

const NOW = Date.parse("2026-11-23T10:00:05.000Z");
const AT = "2026-11-23T10:00:00.000Z";

/** What the function node "what Line shows" hands to the page after these messages. */
function shown(...messages: object[]): Asset {
  const kept = new Map<string, unknown>();
  const context = { get: (key: string) => kept.get(key), set: (key: string, value: unknown) => kept.set(key, value) };
  const body = `(function (msg) {${source("pages", "line-view.js")}\n})`;
  const view = runInNewContext(body, { context, RED: { util: { cloneMessage: (value: unknown) => value } } }) as (
    msg: object,
  ) => { payload: { assets: Asset[] } } | null;
  for (const msg of messages) view(msg);
  const [asset] = view({ topic: "show" })?.payload.assets ?? [];
  assert.ok(asset);
  return asset;
}

/** The headline that the page makes of it. */
function headline(asset: Asset, receivedAt = NOW): State {
  const text = page("line");
  const script = text.slice(text.indexOf("<script>") + 8, text.indexOf("</script>")).replace("export default", "");
  const { methods } = runInNewContext(`(${script.trim().replace(/;$/, "")})`) as { methods: object };
  return ({ ...methods, now: NOW, receivedAt } as unknown as { toneOf(asset: Asset): State }).toneOf(asset);
}

function judged(outcome: string, findings: object[], label = "normal", confidence = 0.99): object {
  return {
    asset: { id: "motor-1", line: "line-1", station: "test-1" },
    fusion: { id: "019a", at: AT },
    prediction: { label, confidence, probabilities: { [label]: confidence } },
    decision: { outcome, reasons: [], ...(findings.length > 0 && { findings }) },
  };
}

function alarm(label: string, severity: string, fields: object = {}): object {
  const open = { mer_id: `MER-${label}`, asset_id: "motor-1", label, severity, active: true, closed: null };
  const mer = { ...open, acknowledged: null, shelved_until: null, ...fields };
  return { mer, payload: mer, event: { kind: "raised", cause: "", at: AT } };
}

const CALM = judged("normal", []);

describe("the headline of the Line page", () => {
  it("is green when the last sample was normal and nothing is open", () => {
    const { tone, title, why } = headline(shown(CALM));
    assert.deepEqual({ tone, title, why }, { tone: "ce-ok", title: "Normal", why: "at the scan, 5 s ago · 99 % sure" });
  });

  it("is not green while an alert of the asset stands open", () => {
    const asset = shown(alarm("bearing_wear", "high", { active: false }), CALM);
    assert.equal(asset.alerts.length, 1);
    assert.equal(headline(asset).tone, "ce-warn");
  });

  it("asks for nobody once every open alert is acknowledged", () => {
    const acknowledged = { by: "Kim", at: AT };
    assert.equal(headline(shown(alarm("bearing_wear", "high", { acknowledged }), CALM)).tone, "ce-idle");
  });

  it("is green again when the alert is closed", () => {
    const closed = { by: "Kim", at: AT, cause: "normal" };
    assert.equal(
      headline(shown(alarm("bearing_wear", "high"), alarm("bearing_wear", "high", { closed }), CALM)).tone,
      "ce-ok",
    );
  });

  it("leaves alerts of other assets to them, and counts a flood on the own line", () => {
    const other = alarm("bearing_wear", "high", { asset_id: "motor-2" });
    const flood = alarm("flood:line-1", "high", { asset_id: "line-1" });
    assert.equal(shown(other, CALM).alerts.length, 0);
    assert.equal(shown(flood, CALM).alerts.length, 1);
  });

  it("knows what is open from the list as well, after a restart", () => {
    const { mer } = alarm("bearing_wear", "high") as { mer: object };
    assert.equal(shown({ payload: [mer], event: { kind: "list", cause: "open" } }, CALM).alerts.length, 1);
  });

  const ofTemperature = { kind: "limit", label: "limit:temperature", channel: "temperature" };
  const HOT = { ...ofTemperature, value: 96.213, limit: 95, severity: "critical" };
  const WARM = { ...ofTemperature, value: 88.5, limit: 85, severity: "medium" };
  const OTHER = { kind: "model", label: "other", value: 0.98, limit: 0.8, severity: "medium" };
  const WEAR = { kind: "model", label: "bearing_wear", value: 0.93, limit: 0.8, severity: "high" };

  it("says the worst: a critical limit before another fault of medium severity", () => {
    const { title, tone, why } = headline(shown(judged("alert", [OTHER, WARM, HOT], "other", 0.98)));
    assert.equal(title, "Temperature beyond its limit");
    assert.equal(tone, "ce-bad");
    assert.match(why, /critical · temperature 96.2 against a limit of 95.0 · model: other fault, 98 % sure/);
  });

  it("says the model's fault before a limit that is no worse", () => {
    const asset = shown(alarm("bearing_wear", "high"), judged("repeat", [WEAR, WARM], "bearing_wear", 0.93));
    assert.equal(headline(asset).title, "Bearing wear");
    assert.equal(headline(asset).tone, "ce-bad");
  });

  it("does not name a fault that the model was not sure of", () => {
    const asset = shown(judged("alert", [WARM], "bearing_wear", 0.55));
    assert.equal(headline(asset).title, "Temperature beyond its limit");
    assert.equal(headline(asset).tone, "ce-warn");
  });

  it("says that there are no readings, which and since when, while a required channel is stale", () => {
    const at = "2026-11-23T10:00:04.000Z";
    const stale = { unit: "Cel", quality: "stale", age_ms: 45_000, source: "drive" };
    const good = { unit: "A", quality: "good", age_ms: 20, source: "drive" };
    const live = (complete: boolean, temperature: object) => ({
      asset: { id: "motor-1", line: "line-1", station: "test-1" },
      fusion: { id: "019b", at, complete, channels: { temperature, current: good } },
      sensor_data: { temperature: null, current: 12 },
      ...(!complete && { unusable: { code: "channel-stale", channel: "temperature", reason: "temperature is stale" } }),
    });
    const { tone, title, why } = headline(shown(CALM, live(false, stale)));
    assert.deepEqual([tone, title], ["ce-warn", "No readings"]);
    assert.match(why, /^temperature not usable since .*:19.*, 46 s ago · last judged normal, 5 s ago$/);
    assert.equal(headline(shown(CALM, live(false, stale), live(true, good))).title, "Normal");
    const never = { ...stale, quality: "missing", age_ms: null };
    assert.match(headline(shown(CALM, live(false, never))).why, /^temperature never read · /);
  });

  it("says so too when the sample at the scan could not be used", () => {
    const cut = judged("unjudged", []) as { fusion: object };
    const unusable = { code: "channel-missing", channel: "current", reason: "current has never been read" };
    const channels = { current: { unit: "A", quality: "missing", age_ms: null, source: "drive" } };
    const asset = shown({ ...cut, unusable, fusion: { ...cut.fusion, complete: false, channels } });
    assert.equal(headline(asset).title, "No readings");
    assert.equal(headline(asset).why, "current never read");
  });

  it("does not go on saying Normal when Node-RED is gone", () => {
    const { title, why } = headline(shown(CALM), NOW - 20_000);
    assert.equal(title, "Not connected");
    assert.match(why, /^nothing from Node-RED for 20 s/);
  });
});
