// Keeps on the broker what a subscriber must see, however late it comes.
// Comes in: alarm events, lists of open and of closed records, the status of "mqtt out".
// Goes out: 1 what to publish, 2 commands for decision.
//
// <site>/<line>/<asset>/mer            every event of the asset as it happens; what stays is the record that needs
//                                      attention most, or the last closed one where nothing is open
// <site>/<line>/<asset>/mer/<label>    the open record of one alarm; gone when it is closed
//
// "mqtt out" drops what it is given while the broker is away. So when it is connected again, all is published again.
// open: topic → record · closed: an asset's topic → its last closed record · known: every alarm's topic there was
// sent: topic → which transition it shows · complete: the list of open records has been seen
const state = context.get("state") || { open: {}, closed: {}, known: {}, sent: {}, complete: false, connected: false };
context.set("state", state);

/** A name as one level of a topic. */
const level = (text) => String(text || "unknown").replace(/[%/+#\u0000]/g, encodeURIComponent);
const baseOf = (mer) => [mer.site, mer.line, mer.asset_id].map(level).join("/") + "/mer";
const topicOf = (mer) => baseOf(mer) + "/" + level(mer.label);
const numberOf = (mer) => (mer.transition ? mer.transition.number : 0);
/** Which transition it was: counts that only grow are no news. */
const keyOf = (mer) => mer.mer_id + "/" + numberOf(mer);

const messages = [];
function publish(topic, mer) {
  const key = mer ? keyOf(mer) : "";
  if (state.sent[topic] === key) return;
  state.sent[topic] = key;
  messages.push({ topic, payload: mer ? RED.util.cloneMessage(mer) : "" });
}

/** What stays on the asset's own topic. */
function settle(base) {
  const open = Object.values(state.open).filter((mer) => baseOf(mer) === base);
  const standing = open.sort(byUrgency)[0] || state.closed[base];
  if (standing) publish(base, standing);
}

function note(mer) {
  const topic = topicOf(mer);
  const before = state.open[topic];
  state.known[topic] = true;
  if (!mer.closed) {
    if (!before || before.mer_id !== mer.mer_id || numberOf(before) <= numberOf(mer)) state.open[topic] = mer;
    return;
  }
  if (before && before.mer_id === mer.mer_id) delete state.open[topic];
  const last = state.closed[baseOf(mer)];
  if (!last || last.closed.at <= mer.closed.at) state.closed[baseOf(mer)] = mer;
}

/** Publishes what differs from what was published. */
function reconcile() {
  for (const topic of Object.keys(state.known)) publish(topic, state.open[topic] || null);
  for (const base of new Set([...Object.values(state.open).map(baseOf), ...Object.keys(state.closed)])) settle(base);
}

if (msg.status) {
  const connects = msg.status.fill === "green" && !state.connected;
  state.connected = msg.status.fill === "green";
  if (!connects) return null;
  state.sent = {};
  const list = (closed) => ({ command: { name: "list", closed, limit: 100 } });
  return [null, [list(true), list(false)]];
}

if (msg.event && msg.event.kind === "list") {
  if (msg.event.cause === "open") Object.assign(state, { open: {}, complete: true });
  msg.payload.forEach(note);
  if (state.complete) reconcile();
} else if (msg.mer) {
  note(msg.mer);
  publish(topicOf(msg.mer), msg.mer.closed ? null : msg.mer);
  publish(baseOf(msg.mer), msg.mer);
  settle(baseOf(msg.mer));
}
return [messages, null];
