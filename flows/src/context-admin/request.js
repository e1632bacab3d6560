// A request as a command to qr-context, or an answer that says why it is none.
const { method, params, query } = msg.req;
const code = params.code;
const cycles = params.asset;

function refuse(status, reasons) {
  msg.statusCode = status;
  msg.payload = { ok: false, reasons };
  return [null, msg];
}

/** Leaves what Node-RED has parsed as it is: it does so with application/json alone. */
function parsed(body) {
  return typeof body === "string" || Buffer.isBuffer(body) ? JSON.parse(body.toString()) : body;
}

/** What a context must be: add your own rules here. */
function faultsOf(context) {
  if (context === null || typeof context !== "object" || Array.isArray(context))
    return ["the body must be a JSON object"];
  const faults = [];
  if (typeof context.product !== "string" || context.product === "") faults.push("product must be a text");
  const normal = context.normal === undefined ? {} : context.normal;
  if (normal === null || typeof normal !== "object" || Array.isArray(normal)) faults.push("normal must be an object");
  else
    for (const [name, value] of Object.entries(normal))
      if (typeof value !== "number") faults.push(`normal.${name} must be a number`);
  return faults;
}

if (cycles !== undefined) msg.command = { name: "get", key: `cycles:${cycles}` };
else if (code === undefined) {
  if (msg.payload === undefined || msg.payload.length === 0) return refuse(400, ["the body is empty"]);
  msg.command = { name: "import", check: query.check === "true" };
} else if (method === "GET") msg.command = { name: "get", code };
else if (method === "DELETE") msg.command = { name: "delete", code };
else {
  try {
    msg.payload = parsed(msg.payload);
  } catch (error) {
    return refuse(400, [`the body is no JSON: ${error.message}`]);
  }
  const faults = method === "PATCH" ? [] : faultsOf(msg.payload);
  if (faults.length > 0) return refuse(400, faults);
  msg.command = { name: method === "PATCH" ? "patch" : "put", code };
}
return [msg, null];
