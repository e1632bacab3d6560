// Settings of the Node-RED that `npm start` runs: this machine alone unless a password was given, and nothing that
// looks outside (no telemetry, no update notice, no palette catalogue).
const { createRequire } = require("node:module");

// Node-RED's own: what it hashes and checks passwords with.
const bcrypt = createRequire(require.resolve("node-red"))("bcryptjs");

const USER = "engineer";
const hash = process.env.CONTEXT_EDGE_PASSWORD_HASH || "";
delete process.env.CONTEXT_EDGE_PASSWORD_HASH;

/** The pages' socket is served beside Express, so it asks for the same name and password as the pages themselves. */
function socketGuard(socket, next) {
  // A page of another site may open a socket straight away, but it cannot read the polling that comes before one.
  if (socket.client.conn.request.url.includes("transport=websocket")) {
    next(new Error("not authorized"));
    return;
  }
  const [scheme, encoded = ""] = String(socket.handshake.headers.authorization || "").split(" ");
  const [name, ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  const known = scheme.toLowerCase() === "basic" && name === USER && bcrypt.compareSync(rest.join(":"), hash);
  next(known ? undefined : new Error("not authorized"));
}

module.exports = {
  uiHost: process.env.CONTEXT_EDGE_HOST,
  uiPort: Number(process.env.CONTEXT_EDGE_PORT),
  flowFile: "flows.json",
  flowFilePretty: true,
  telemetry: { enabled: false, updateNotification: false },
  runtimeState: { enabled: false, ui: false },
  logging: { console: { level: "info", metrics: false, audit: false } },
  editorTheme: {
    tours: false,
    page: { title: "Context Edge" },
    header: { title: "Context Edge" },
    palette: { catalogues: [] },
    projects: { enabled: false },
  },
  ...(hash === ""
    ? {}
    : {
        adminAuth: { type: "credentials", users: [{ username: USER, password: hash, permissions: "*" }] },
        httpNodeAuth: { user: USER, pass: hash },
        dashboard: { ioMiddleware: socketGuard },
      }),
};
