/** The next request, or null. */
function go() {
  const limitS = seconds("WEBHOOK_TIMEOUT_S", 10);
  const first = next(limitS + 5);
  show();
  if (!first) return null;
  return {
    outgoing: first.key,
    url: env.get("WEBHOOK_URL"),
    requestTimeout: limitS * 1000,
    headers: { "content-type": "application/json", "idempotency-key": first.key },
    payload: RED.util.cloneMessage(first.what),
  };
}

/** 2xx is taken, 409 is there already; other answers of 4xx will not change by themselves. */
function judge({ outgoing, statusCode, headers, mer, payload }) {
  const known = statusCode >= 200 && statusCode < 300;
  if (known || statusCode === 409) finish(outgoing);
  else if (statusCode >= 400 && statusCode < 500 && ![408, 425, 429].includes(statusCode)) {
    finish(outgoing);
    return { outgoing, statusCode, mer, payload };
  } else again(outgoing, Math.min(300, Number(headers && headers["retry-after"]) || 0));
  return null;
}

let refused = null;
if (msg.outgoing) refused = judge(msg);
else if (msg.event && msg.event.kind === "list") {
  // Receivers know by the key what they have seen before. Old closed records are no news.
  const lately = new Date(Date.now() - 3600000).toISOString();
  for (const mer of msg.payload) if (!mer.closed || mer.closed.at > lately) add(keyOf(mer), mer);
} else if (msg.mer) add(keyOf(msg.mer), msg.mer);
return [go(), refused];
