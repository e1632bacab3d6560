/** The next mail, or null. The e-mail node gives up by itself after some minutes. */
function go() {
  const first = next(300);
  show();
  if (!first) return null;
  return {
    ...RED.util.cloneMessage(first.what),
    outgoing: first.key,
    to: env.get("MAIL_TO"),
    from: env.get("MAIL_FROM"),
  };
}

const line = (name, value) => name.padEnd(14) + value;
const share = (p) => Math.round(p * 100) + " %";

function textOf({ mer_id, site, line: on, asset_id, label, severity, action, raised_at, evidence }, cause) {
  const { limits, confidence, last_ldo_id } = evidence;
  return [
    action,
    "",
    line("asset", asset_id + ", " + on + ", " + site),
    line("alarm", label + " (" + severity + ")"),
    line("why", cause),
    ...limits.map(({ channel, value, limit }) => line("measured", channel + " " + value + ", limit " + limit)),
    ...(confidence === null ? [] : [line("model", share(confidence) + " sure")]),
    line("raised", raised_at),
    line("record", mer_id + ", sample " + last_ldo_id),
  ].join("\n");
}

/** One mail per Node-RED start tells what is open, if anything: mails that waited went with the last run. */
function tellOpen(mers) {
  if (global.get("context_edge_mailed_open")) return;
  global.set("context_edge_mailed_open", true);
  const mailed = [...state.done, ...state.waiting.map(({ key }) => key)].map((key) => key.split("/")[0]);
  const open = mers.filter((mer) => mer.acknowledged === null && mer.active && !mailed.includes(mer.mer_id));
  if (open.length === 0) return;
  const texts = open.map((mer) => textOf(mer, mer.transition ? mer.transition.cause : ""));
  add("open-" + Date.now(), {
    topic: "After a start: " + open.length + (open.length === 1 ? " alarm is active" : " alarms are active"),
    payload: texts.join("\n\n"),
  });
}

const worse = msg.event && msg.event.kind === "updated" && msg.event.cause.startsWith("severity ");
if (msg.outgoing) {
  // From "catch" with an error, from "complete" without.
  if (msg.error) again(msg.outgoing);
  else finish(msg.outgoing);
} else if (msg.event && msg.event.kind === "list") tellOpen(msg.payload);
else if (msg.mer && (msg.event.kind === "raised" || worse)) {
  const { asset_id, label, severity } = msg.mer;
  add(keyOf(msg.mer), {
    topic: "[" + severity + "] " + asset_id + ": " + label,
    payload: textOf(msg.mer, msg.event.cause),
    headers: { "X-Alarm-Transition": keyOf(msg.mer) },
  });
}
return [go(), null];
