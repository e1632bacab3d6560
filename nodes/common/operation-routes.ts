/**
 * `GET /context-edge/health` for Docker and SCADA, `GET /context-edge/metrics` for Prometheus. Behind the permission
 * "context-edge.read", unless settings.js opens them; that Node-RED is alive at all (`?live`) is said to everybody.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import { systemClockWatch } from "../../lib/clock-watch";
import { asError } from "../../lib/errors";
import { board } from "../../lib/operation/board";
import { Exporter } from "../../lib/operation/exposition";
import { healthOf } from "../../lib/operation/health";
import { processReport } from "../../lib/operation/process";
import { forgetClosed, showStopped, whyStopped, type RuntimeState } from "./stopped";

type Handler = ReturnType<NodeAPI["auth"]["needsPermission"]>;
type App = NodeAPI["httpAdmin"];

/** What stands in settings.js under `contextEdge`. */
interface OperationSettings {
  /** Health is told to everybody who reaches Node-RED. */
  readonly healthPublic?: unknown;
  readonly metricsPublic?: unknown;
}

const exporter = new Exporter(board);
const served = new WeakSet<object>();
let reports = false;

/** To be called by one node's module; a second call does nothing. */
export function serveOperation(RED: NodeAPI): void {
  if (served.has(RED.events)) return;
  served.add(RED.events);
  follow(RED);
  if (!reports) board.also(processReport(ownVersion(), systemClockWatch));
  reports = true;
  const { healthPublic, metricsPublic } = operationSettings(RED);
  route(RED, "/context-edge/health", healthPublic === true, health, live);
  route(RED, "/context-edge/metrics", metricsPublic === true, metrics);
}

function operationSettings(RED: NodeAPI): OperationSettings {
  const { contextEdge } = RED.settings as { contextEdge?: unknown };
  return typeof contextEdge === "object" && contextEdge !== null ? contextEdge : {};
}

/** With no admin API (httpAdminRoot: false) nobody has permissions: what is open is then served beside the flows' own pages. */
function route(RED: NodeAPI, path: string, open: boolean, handler: Handler, always?: Handler): void {
  const { httpAdminRoot } = RED.settings as { httpAdminRoot?: unknown };
  const app: App = httpAdminRoot === false ? RED.httpNode : RED.httpAdmin;
  if (always) app.get(path, always);
  if (open) app.get(path, handler);
  else if (httpAdminRoot !== false) app.get(path, RED.auth.needsPermission("context-edge.read"), handler);
}

/** Answers `?live`, and leaves the rest to the next: it says no more than that somebody answers. */
const live: Handler = (request, response, next) => {
  if (request.query["live"] === undefined) next();
  else response.set("Cache-Control", "no-store").json({ live: true });
};

const health: Handler = (_request, response) => {
  const answer = healthOf(board);
  response
    .status(answer.ready ? 200 : 503)
    .set("Cache-Control", "no-store")
    .json(answer);
};

const metrics: Handler = (_request, response) => {
  exporter.scrape().then(
    ({ contentType, text }) => response.set("Content-Type", contentType).send(text),
    (error: unknown) => response.status(500).type("text/plain").send(asError(error).message),
  );
};

/** Whether the flows run, as Node-RED tells it. */
function follow(RED: NodeAPI): void {
  RED.events.on("flows:started", () => {
    board.started();
    forgetClosed();
  });
  RED.events.on("flows:stopped", () => board.stopped("the flows are stopped"));
  RED.events.on("runtime-event", (event: { id?: unknown; payload?: RuntimeState }) => {
    const why = event.id === "runtime-state" && event.payload ? whyStopped(event.payload) : undefined;
    if (why === undefined) return;
    board.stopped(why);
    showStopped();
  });
}

/** The package's root is one level further up where it is built. */
function ownVersion(): string {
  for (const root of ["../..", "../../.."]) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(__dirname, root, "package.json"), "utf8")) as Record<
        string,
        string
      >;
      if (name === "@context-edge/node-red" && version !== undefined) return version;
    } catch {
      // Not this one: the next.
    }
  }
  return "unknown";
}
