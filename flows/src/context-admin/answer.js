// What was done, to whom asked for it over HTTP; the MES asked for no answer.
if (msg.res === undefined) return null;
const { event } = msg;
if (event.cause === "delete" && event.count === 0) {
  msg.statusCode = 404;
  msg.payload = { ok: false, reasons: ["nothing was stored there"] };
} else {
  msg.statusCode = 200;
  msg.payload = event.cause === "get" ? event.value : { ok: true, ...event };
}
msg.headers = { "content-type": "application/json" };
return msg;
