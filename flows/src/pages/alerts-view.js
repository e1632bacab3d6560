// Keeps what the Alerts page shows: open alerts by id, the last events, the model's labels as possible causes.
// Comes in: what decision sends on output 1, judged samples (for the labels), errors of decision (a command refused).
const LENGTH = 200;

const view = context.get("view") || { open: {}, history: [], labels: [], error: null };
context.set("view", view);

function remember(mer, { kind, cause, at }) {
  const key = mer.mer_id + kind + at;
  if (view.history.some((entry) => entry.key === key)) return;
  const { label, asset_id, evidence } = mer;
  view.history.push({ key, at, event: kind, cause, label, asset_id, ldo_id: evidence.last_ldo_id });
  view.history.sort((a, b) => (a.at < b.at ? 1 : -1));
  view.history.length = Math.min(view.history.length, LENGTH);
}

/** What a record tells of its own past: for what happened before this flow was deployed. */
function recall(mer) {
  remember(mer, { kind: "raised", cause: "", at: mer.raised_at });
  if (mer.acknowledged)
    remember(mer, { kind: "acknowledged", cause: "by " + mer.acknowledged.by, at: mer.acknowledged.at });
  if (mer.cleared_at) remember(mer, { kind: "cleared", cause: "", at: mer.cleared_at });
  if (mer.closed)
    remember(mer, { kind: "closed", cause: "by " + mer.closed.by + ": " + mer.closed.cause, at: mer.closed.at });
}

if (msg.error) {
  view.error = { text: msg.error.message.replace(/^\w*Error: /, ""), at: new Date().toISOString() };
} else if (msg.event && msg.event.kind === "list") {
  if (msg.event.cause === "open") view.open = Object.fromEntries(msg.payload.map((mer) => [mer.mer_id, mer]));
  msg.payload.forEach(recall);
} else if (msg.mer) {
  if (msg.mer.closed) delete view.open[msg.mer.mer_id];
  else view.open[msg.mer.mer_id] = msg.mer;
  if (msg.event.kind !== "updated") remember(msg.mer, msg.event);
} else if (msg.prediction && msg.prediction.probabilities && view.labels.length === 0) {
  view.labels = Object.keys(msg.prediction.probabilities);
} else {
  return null;
}
return {
  payload: RED.util.cloneMessage({
    open: Object.values(view.open),
    history: view.history,
    labels: view.labels,
    error: view.error,
  }),
};
