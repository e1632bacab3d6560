// Samples and alarm events as InfluxDB line protocol, in batches, again until they are written.
// Comes in: judged samples (output 3 of decision), alarm events (output 1), the tick, answers of the historian.
// The same series and time overwrite each other in the historian: what is sent twice is there once.
const MOST_WAITING = 50000;
const BATCH = 5000;
const LONGEST_PAUSE_S = 60;

const state = context.get("state") || { lines: [], flying: 0, batch: 0, busyUntil: 0, tries: 0, dropped: 0 };
context.set("state", state);

// What must be escaped where: https://docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference/
// A backslash cannot be written safely in a name before a sign that is escaped itself.
const name = (text) =>
  String(text)
    .replace(/[\r\n]+/g, " ")
    .replace(/\\/g, "/")
    .replace(/[,= ]/g, "\\$&");
const text = (value) => '"' + String(value).replace(/[\\"]/g, "\\$&") + '"';
const field = (value) => (typeof value === "string" ? text(value) : String(value));
const usable = (value) => ["string", "boolean"].includes(typeof value) || Number.isFinite(value);

/** One line, or undefined where there is nothing to write. */
function line(measurement, tags, fields, at) {
  const tagged = Object.entries(tags).filter(([, value]) => typeof value === "string" && name(value) !== "");
  const written = Object.entries(fields).filter(([, value]) => usable(value));
  if (written.length === 0) return undefined;
  const series = [name(measurement), ...tagged.map(([key, value]) => name(key) + "=" + name(value))].join(",");
  return series + " " + written.map(([key, value]) => name(key) + "=" + field(value)).join(",") + " " + Date.parse(at);
}

function sampleLine({ asset, fusion, sensor_data, prediction, decision }) {
  const { id = "unassigned", line: on = "", station = "" } = asset || {};
  const said = prediction || {};
  const fields = { ...sensor_data, outcome: decision.outcome, prediction: said.label, confidence: said.confidence };
  return line("sample", { asset: id, line: on, station }, { ...fields, ldo_id: "LDO-" + fusion.id }, fusion.at);
}

function alarmLine(mer) {
  const { site, line: on, asset_id, label, severity, mer_id, active, transition } = mer;
  const open = mer.closed === null;
  const fields = {
    mer_id,
    number: transition.number,
    active,
    open,
    count: mer.evidence.count,
    cause: transition.cause,
  };
  return line(
    "alarm",
    { site, line: on, asset: asset_id, label, severity, event: transition.event },
    fields,
    transition.at,
  );
}

function keep(added) {
  if (added === undefined) return;
  state.lines.push(added);
  if (state.lines.length <= MOST_WAITING) return;
  // What is on its way is left where it is.
  state.lines.splice(state.flying, 1);
  state.dropped += 1;
}

/** The next batch, when none is on its way. */
function go() {
  if (state.lines.length === 0 || Date.now() < state.busyUntil) return null;
  state.flying = Math.min(BATCH, state.lines.length);
  state.batch += 1;
  state.busyUntil = Date.now() + 15000;
  const token = env.get("INFLUX_TOKEN");
  return {
    batch: state.batch,
    url: env.get("INFLUX_URL"),
    requestTimeout: 10000,
    headers: { "content-type": "text/plain; charset=utf-8", ...(token && { authorization: "Token " + token }) },
    payload: state.lines.slice(0, state.flying).join("\n"),
  };
}

/** 2xx is written. A 400 tells of lines that never will be: the historian has written the others. */
function judge({ batch, statusCode, payload }) {
  if (batch !== state.batch) return;
  const written = statusCode >= 200 && statusCode < 300;
  if (!written && statusCode !== 400) {
    state.tries += 1;
    state.busyUntil = Date.now() + Math.min(LONGEST_PAUSE_S, 2 ** (state.tries - 1)) * 1000;
    return;
  }
  if (!written) node.warn("the historian refused lines: " + String(payload).slice(0, 300));
  state.lines.splice(0, state.flying);
  Object.assign(state, { flying: 0, tries: 0, busyUntil: 0 });
}

if (msg.batch) judge(msg);
else if (msg.mer && msg.event) keep(msg.mer.transition && alarmLine(msg.mer));
else if (msg.fusion && msg.decision) keep(sampleLine(msg));

const { lines, tries, dropped } = state;
const lost = dropped > 0 ? " · " + dropped + " dropped" : "";
if (tries > 0)
  node.status({ fill: "yellow", shape: "ring", text: lines.length + " waiting · tried " + tries + " times" + lost });
else if (msg.topic === "tick") node.status({ fill: "green", shape: "dot", text: lines.length + " waiting" + lost });
return msg.topic === "tick" || msg.batch ? go() : null;
