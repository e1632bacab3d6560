// Stands inside the Node-RED that is deployed: sends messages at a steady pace whatever is deployed, and watches by
// Node-RED's own hooks that each message an input handler has taken is completed once. `GET /probe` tells what it saw.
const { setFlagsFromString } = require("node:v8");
const { runInNewContext } = require("node:vm");

const OURS = /^(context-edge-plant|qr-context|sensor-fuse|tensorrt-infer|decision|ldo-emit)$/;
const ASSETS = 4;
const PARTS = 50;
/** A plant in there never ends: a message that it sent just now is under way to the disk, not left open. */
const LEFT_MS = 5_000;

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc");

module.exports = function (RED) {
  /** Messages that were taken and are not completed, each with the time it was taken, by the node that took them. */
  const open = new Map();
  const counts = { sent: 0, accepted: 0, completed: 0, doubles: 0 };
  const failed = {};
  const workers = new Set();
  let timer;

  process.on("worker", (worker) => {
    workers.add(worker);
    worker.once("exit", () => workers.delete(worker));
  });

  RED.hooks.add("onReceive.probe", ({ msg, destination: { node } }) => {
    // A node that was closed has no handler any more: what is sent to it was not accepted.
    // oxlint-disable-next-line no-underscore-dangle -- Node-RED has no other word for it
    if (!OURS.test(node.type) || !(node._inputCallback || node._inputCallbacks)) return;
    counts.accepted++;
    let messages = open.get(node);
    if (!messages) open.set(node, (messages = new Map()));
    messages.set(msg, performance.now());
  });
  RED.hooks.add("onComplete.probe", ({ msg, error, node: { node } }) => {
    if (!OURS.test(node.type)) return;
    if (error) failed[error.code] = (failed[error.code] ?? 0) + 1;
    if (open.get(node)?.delete(msg)) counts.completed++;
    else counts.doubles++;
    if (open.get(node)?.size === 0) open.delete(node);
  });

  function send(scan, fuse) {
    const n = counts.sent++;
    const asset = `motor-${1 + (Math.floor(n / 2) % ASSETS)}`;
    if (n % 2 === 0) {
      const hot = n % 194 === 0 ? 30 : 0;
      RED.nodes.getNode(fuse)?.receive({
        topic: asset,
        payload: { temperature: 70 + hot + (n % 7), vibration_x: 1.2 + (n % 5) / 10 },
      });
    } else RED.nodes.getNode(scan)?.receive({ topic: asset, payload: `PART-${n % PARTS}` });
  }

  RED.httpAdmin.post("/probe/start", (request, response) => {
    const { scan, fuse, perSecond } = request.body;
    const from = performance.now();
    let due = 0;
    timer = setInterval(() => {
      const now = ((performance.now() - from) / 1000) * perSecond;
      // What a stalled loop missed is made up for, a second's worth at most.
      for (due = Math.max(due, now - perSecond); due < now; due++) send(scan, fuse);
    }, 5);
    response.json({});
  });

  RED.httpAdmin.post("/probe/stop", (_request, response) => {
    clearInterval(timer);
    response.json({});
  });

  RED.httpAdmin.get("/probe", (_request, response) => {
    gc();
    const resources = {};
    for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
    const listeners = {};
    for (const name of RED.events.eventNames()) listeners[String(name)] = RED.events.listenerCount(name);
    for (const name of process.eventNames()) listeners[`process ${String(name)}`] = process.listenerCount(name);
    const since = performance.now() - LEFT_MS;
    const left = [...open].map(([node, messages]) => [
      node.type,
      [...messages.values()].filter((at) => at < since).length,
    ]);
    response.json({
      ...counts,
      failed,
      open: left.filter(([, messages]) => messages > 0),
      resources,
      workers: workers.size,
      listeners,
      heap: process.memoryUsage().heapUsed,
    });
  });

  RED.nodes.registerType("deploy-probe", function (config) {
    RED.nodes.createNode(this, config);
  });
};
