// Settings of the Node-RED that `npm start` runs: this machine alone unless a password was given, and nothing that
// looks outside (no telemetry, no update notice, no palette catalogue).
const { socketGuard } = require("../../deploy/jetson/socket-guard.cjs");

const USER = "engineer";
const hash = process.env.CONTEXT_EDGE_PASSWORD_HASH || "";
delete process.env.CONTEXT_EDGE_PASSWORD_HASH;

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
        dashboard: { ioMiddleware: socketGuard(USER, hash) },
      }),
};
