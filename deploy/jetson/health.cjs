// Docker's health check: 0 when Node-RED answers, else 1. Whether the nodes are in working order is for who has logged in.
"use strict";

const url = process.argv[2] ?? "http://127.0.0.1:1880/context-edge/health?live";

fetch(url, { signal: AbortSignal.timeout(8_000) })
  .then(async (answer) => {
    console.log((await answer.text()).slice(0, 4_000));
    process.exitCode = answer.ok ? 0 : 1;
  })
  .catch((error) => {
    console.log(`${url}: ${error.message}`);
    process.exitCode = 1;
  });
