// Node-RED's settings in the container. Secrets come from the environment; without them it does not start.
"use strict";

function needed(name, how) {
  const value = process.env[name];
  if (value && !value.startsWith("change me")) return value;
  throw new Error(`${name} is not set: ${how}`);
}

module.exports = {
  uiPort: 1880,
  flowFile: "flows.json",
  flowFilePretty: true,
  credentialSecret: needed("NODE_RED_CREDENTIAL_SECRET", "stored passwords are encrypted with it"),
  adminAuth: {
    type: "credentials",
    users: [
      {
        username: process.env.NODE_RED_ADMIN_USER || "admin",
        password: needed("NODE_RED_ADMIN_HASH", "make one with `node-red admin hash-pw`"),
        permissions: "*",
      },
    ],
  },
  telemetry: { enabled: false },
  editorTheme: { tours: false },
  logging: { console: { level: "info", metrics: false, audit: false } },
};
