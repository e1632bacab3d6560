// The report as a page of its own: whatever is in it, it runs no script, loads nothing and leads nowhere.
if (!msg.res || (!msg.error && !(msg.event && msg.event.kind === "report"))) return null;
msg.headers = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};
msg.statusCode = 200;
if (msg.error) {
  msg.statusCode = 404;
  msg.headers["content-type"] = "text/plain; charset=utf-8";
  msg.payload = msg.error.message.replace(/^\w*Error: /, "");
}
return msg;
