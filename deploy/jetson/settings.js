// Node-RED's settings in the container. Secrets come from the environment; without them it does not start.
"use strict";

const { socketGuard } = require("./socket-guard.cjs");

function needed(name, how) {
  const value = process.env[name];
  if (value && !value.startsWith("change me")) return value;
  throw new Error(`${name} is not set: ${how}`);
}

// For the editor, the pages, their socket and web services (http in) alike: the port is open to the plant's network.
const user = process.env.NODE_RED_ADMIN_USER || "admin";
const hash = needed("NODE_RED_ADMIN_HASH", "make one with `node-red admin hash-pw`");

module.exports = {
  uiPort: 1880,
  flowFile: "flows.json",
  flowFilePretty: true,
  credentialSecret: needed("NODE_RED_CREDENTIAL_SECRET", "stored passwords are encrypted with it"),
  adminAuth: { type: "credentials", users: [{ username: user, password: hash, permissions: "*" }] },
  httpNodeAuth: { user, pass: hash },
  dashboard: { ioMiddleware: socketGuard(user, hash) },
  telemetry: { enabled: false },
  editorTheme: { tours: false },
  logging: { console: { level: "info", metrics: false, audit: false } },
};
