// Dashboard's socket is served beside Express, where httpNodeAuth does not reach: without this guard the pages ask for a
// password and their socket does not.
"use strict";

const { createRequire } = require("node:module");

// Node-RED's own: what it hashes and checks passwords with.
const bcrypt = createRequire(require.resolve("node-red"))("bcryptjs");

/** For `dashboard.ioMiddleware` of settings.js: the same name and password (a bcrypt hash) as httpNodeAuth. */
function socketGuard(user, hash) {
  return (socket, next) => {
    // A page of another site may open a socket straight away, but it cannot read the polling that comes before one.
    if (socket.client.conn.request.url.includes("transport=websocket")) {
      next(new Error("not authorized"));
      return;
    }
    const [scheme, encoded = ""] = String(socket.handshake.headers.authorization || "").split(" ");
    const [name, ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
    const known = scheme.toLowerCase() === "basic" && name === user && bcrypt.compareSync(rest.join(":"), hash);
    next(known ? undefined : new Error("not authorized"));
  };
}

module.exports = { socketGuard };
