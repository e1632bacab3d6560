// Why it was not done: a status for HTTP, a topic for the MES.
const STATUS = {
  "context-unknown": 404,
  "context-conflict": 409,
  "context-unavailable": 503,
  "queue-full": 503,
  "store-full": 507,
  "disk-full": 507,
};
const { message, code } = msg.error;
const reason = message.replace(/^\w*Error: /, "");
if (msg.res !== undefined) {
  msg.statusCode = STATUS[code] || 400;
  msg.payload = { ok: false, code, reasons: [reason] };
  msg.headers = { "content-type": "application/json" };
  return [msg, null];
}
msg.topic = `mes/refused/contexts/${msg.code}`;
msg.payload = JSON.stringify({ code: msg.code, reason });
return [null, msg];
