// What a SCADA sees of one asset's alarms, as the metrics of its Sparkplug device.
// Comes in: alarm events, and the list of open records at the start: the birth certificate waits for every metric.
const ASSET = env.get("SPARKPLUG_ASSET");

const open = context.get("open") || {};
context.set("open", open);

if (msg.event && msg.event.kind === "list") {
  for (const key of Object.keys(open)) delete open[key];
  for (const mer of msg.payload) if (mer.asset_id === ASSET) open[mer.mer_id] = mer;
} else if (msg.mer && msg.mer.asset_id === ASSET) {
  if (msg.mer.closed) delete open[msg.mer.mer_id];
  else open[msg.mer.mer_id] = msg.mer;
} else return null;

const all = Object.values(open).sort(byUrgency);
const [first] = all;
const values = {
  "alarm/active": all.filter((mer) => mer.active).length,
  "alarm/open": all.length,
  "alarm/unacknowledged": all.filter((mer) => mer.acknowledged === null).length,
  "alarm/severity": first ? RANK.indexOf(first.severity) + 1 : 0,
  "alarm/label": first ? first.label : "",
  "alarm/action": first ? first.action : "",
  "alarm/mer_id": first ? first.mer_id : "",
};
return { payload: { metrics: Object.entries(values).map(([name, value]) => ({ name, value })) } };
