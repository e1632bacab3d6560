// Gathers what the Line page shows; hands it on when the clock ticks and something changed, at most twice a second.
// Comes in: scans (with or without context), fused samples for display, judged samples, alarms and the list of open ones,
// stored and uploaded records, the status of ldo-emit.

// Where a context says what is too much. The decision node has the table that alarms; this one only draws.
const LIMITS = {
  temperature: { warning: "thresholds.temp_warning", critical: "thresholds.temp_critical" },
  vibration_x: { critical: "thresholds.vibration_max" },
  vibration_y: { critical: "thresholds.vibration_max" },
};
const HISTORY = 90;
// Ticks after which the page hears from here though nothing changed: else it could not tell silence from a connection that is gone.
const QUIET_TICKS = 10;

const view = context.get("view") || {
  assets: {},
  open: {},
  ldo: { stored: 0, uploaded: 0, waiting: null, last: null, status: "" },
  dirty: true,
};
context.set("view", view);

/** What is open on an asset, a flood on its line included. */
function alertsOf({ id, line }) {
  return Object.values(view.open)
    .filter((mer) => mer.asset_id === id || mer.label === "flood:" + line)
    .map(({ label, severity, acknowledged, shelved_until, active }) => ({
      ...{ label, severity, active, shelved_until },
      acknowledged: acknowledged !== null,
    }));
}

/** What a sample lacks that it needs, and since when: null where nothing was ever read; undefined when it lacks nothing. */
function lackOf({ complete, channels, at }, unusable) {
  if (complete !== false) return undefined;
  const named = unusable && unusable.channel;
  const lacking = Object.entries(channels || {}).filter(
    ([name, { quality }]) => name === named || ["stale", "missing", "bad"].includes(quality),
  );
  const ages = lacking.map(([, { age_ms }]) => age_ms).filter((age) => typeof age === "number");
  return {
    channels: lacking.map(([name]) => name),
    since: ages.length > 0 ? new Date(Date.parse(at) - Math.max(...ages)).toISOString() : null,
  };
}

/** What a sample exceeded: limits, and the model's own fault when it was sure enough to alert. */
function foundIn(findings) {
  const fault = findings.find(({ kind }) => kind === "model");
  return { limits: findings.filter(({ kind }) => kind === "limit"), fault: fault ? fault.label : null };
}

const at = (path) =>
  path.split(".").reduce((value, step) => (value && typeof value === "object" ? value[step] : undefined), msg.context);
const numberAt = (path) => (path && typeof at(path) === "number" ? at(path) : null);

if (msg.topic === "show") {
  view.quiet = (view.quiet || 0) + 1;
  if (!view.dirty && view.quiet < QUIET_TICKS) return null;
  Object.assign(view, { dirty: false, quiet: 0 });
  const assets = Object.values(view.assets)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((asset) => ({ ...asset, alerts: alertsOf(asset) }));
  return { payload: RED.util.cloneMessage({ assets, ldo: view.ldo }) };
}

view.dirty = true;
if (msg.status && msg.status.source) {
  // The backlog is what ldo-emit says it is; its own words are shown when something is wrong.
  const { text = "", fill } = msg.status;
  const waiting = /([\d,]+) waiting/.exec(text);
  view.ldo.waiting = waiting ? Number(waiting[1].replace(/,/g, "")) : null;
  view.ldo.status = fill === "green" ? "" : text;
  return null;
}
if (msg.event && msg.event.kind === "uploaded") {
  view.ldo.uploaded += msg.event.rows;
  return null;
}
if (msg.ldo) {
  view.ldo.stored += 1;
  view.ldo.last = msg.ldo.ldo_id;
  return null;
}

if (msg.event && msg.event.kind === "list") {
  if (msg.event.cause === "open") view.open = Object.fromEntries(msg.payload.map((mer) => [mer.mer_id, mer]));
  return null;
}
if (msg.mer) {
  if (msg.mer.closed) delete view.open[msg.mer.mer_id];
  else view.open[msg.mer.mer_id] = msg.mer;
  return null;
}

if (!msg.asset && !msg.scan) return null;
const id = (msg.asset && msg.asset.id) || "no asset";
const asset = (view.assets[id] = view.assets[id] || {
  id,
  line: "",
  station: "",
  scan: null,
  product: null,
  facts: [],
  lookup: null,
  no_context: null,
  unjudged: "",
  lack: null,
  channels: [],
  prediction: null,
  decision: null,
});
if (msg.asset) Object.assign(asset, { line: msg.asset.line, station: msg.asset.station });

if (msg.scan && !msg.fusion) {
  asset.scan = { code: msg.scan.code, at: msg.scan.at, reader: msg.scan.reader || "" };
  asset.no_context = msg.unusable || null;
  asset.lookup = msg.lookup || null;
  asset.product = typeof at("product") === "string" ? at("product") : null;
  asset.facts = Object.entries(msg.context || {})
    .filter(
      ([name, value]) =>
        name !== "product" && name !== "asset_id" && ["string", "number", "boolean"].includes(typeof value),
    )
    .slice(0, 6)
    .map(([name, value]) => ({ name, value: String(value) }));
  return null;
}

if (msg.fusion) {
  const lack = lackOf(msg.fusion, msg.unusable);
  // A channel that is bad is heard all the time: it is lacking since it was first found so.
  if (lack && asset.lack) lack.since = [lack.since, asset.lack.since].filter(Boolean).sort()[0] || null;
  asset.lack = lack || null;
}

if (msg.fusion && !msg.decision) {
  const before = new Map(asset.channels.map((channel) => [channel.name, channel]));
  asset.channels = Object.entries(msg.fusion.channels).map(([name, state]) => {
    const value = msg.sensor_data[name];
    const old = before.get(name);
    const limit = LIMITS[name] || {};
    const known = msg.context !== undefined;
    const normal = known ? numberAt("normal." + name) : old ? old.normal : null;
    const warning = known ? numberAt(limit.warning) : old ? old.warning : null;
    const critical = known ? numberAt(limit.critical) : old ? old.critical : null;
    const history = (old ? old.history : []).concat(typeof value === "number" ? value : null).slice(-HISTORY);
    const seen = [...history, normal, warning, critical].filter((each) => each !== null);
    const top = Math.max(0, ...seen);
    const low = Math.min(0, ...seen);
    const scale = [
      low,
      critical === null ? top + (top - low) * 0.15 : Math.max(top, critical + (critical - low) * 0.12),
    ];
    return {
      name,
      unit: state.unit,
      value: typeof value === "number" ? value : null,
      quality: state.quality,
      age_ms: state.age_ms,
      normal,
      warning,
      critical,
      history,
      scale,
    };
  });
  return null;
}

if (msg.decision) {
  const { outcome, reasons, findings = [] } = msg.decision;
  const { prediction } = msg;
  asset.decision = { outcome, at: msg.fusion.at, reasons, ...foundIn(findings) };
  asset.unjudged = msg.unusable ? msg.unusable.reason : "";
  asset.prediction = prediction
    ? {
        label: prediction.label,
        confidence: prediction.confidence,
        bars: Object.entries(prediction.probabilities || {}).map(([label, p]) => ({ label, p })),
        ran: prediction.backend
          ? prediction.backend.kind.toUpperCase() + " · " + prediction.backend.device.toUpperCase()
          : "",
        model: prediction.model ? prediction.model.name + " " + prediction.model.version : "",
        latency_ms: prediction.latency_ms,
        fault: prediction.fault ? prediction.fault.message : "",
      }
    : null;
}
return null;
