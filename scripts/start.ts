/**
 * `npm start`: the simulated plant as a process, Node-RED with the edge loop, the pages. Everything that is written lies in
 * one folder; Ctrl-C ends what was started, by its process id. docs/flows.md describes the options.
 */
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { buildIfStale } from "./start/build";
import { Child } from "./start/children";
import { deployFlows, linkPackage, plantEnv, type PlantPorts } from "./start/folder";
import { readOptions, UsageError, USAGE, isLoopback, type StartOptions } from "./start/options";
import { canListen, freePort } from "./start/ports";
import { firstSegment, firstAnswer } from "./start/watch";

const ROOT = join(__dirname, "..");
const LOOPBACK = "127.0.0.1";
const FIRST_PORT = 1880;
/** The simulated plant's ports, the first of each that is free from here on. */
const PLANT = { opcua: 4840, modbus: 5020, scanner: 9101, control: 9100 } as const;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === "help") {
    console.log(USAGE);
    return;
  }
  const port = await editorPort(options);
  if (buildIfStale(ROOT)) console.log("built dist/");
  const ports = await plantPorts(port);
  const logs = join(options.data, "logs");
  const userDir = join(options.data, "node-red");
  for (const folder of [logs, userDir]) mkdirSync(folder, { recursive: true });
  linkPackage(ROOT, userDir);
  deployFlows(ROOT, userDir, plantEnv(options.data, ports), options.fresh);

  const children: Child[] = [];
  let stopping: Promise<unknown> | undefined;
  const stop = (code: number): void => {
    process.exitCode = code;
    stopping ??= Promise.all(children.map((child) => child.stop())).then(() => process.exit());
  };
  const ended = (why: string): void => {
    if (stopping) return;
    console.error(why);
    stop(1);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(0));

  const start = (name: string, args: readonly string[], env: NodeJS.ProcessEnv): Child => {
    const child = new Child(name, args, { cwd: ROOT, env, log: join(logs, `${name}.log`) }, ended);
    children.push(child);
    return child;
  };
  const env = await nodeRedEnv(options, port);
  await start("plant", plantArgs(options.data, ports), process.env).says(/"ready":true/);
  if (stopping) return;
  start("node-red", nodeRedArgs(userDir), env);

  const shown = options.host === "0.0.0.0" || options.host === "::" ? LOOPBACK : options.host;
  const url = `http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
  await firstAnswer(`${url}/dashboard/line`);
  if (stopping) return;
  tell(url, options);
  const segment = await firstSegment(join(options.data, "objects", "ldo"));
  if (segment !== undefined) console.log(`first segment sealed: ${segment}`);
}

/** @throws UsageError when the port that was asked for is taken */
async function editorPort({ host, port, portGiven }: StartOptions): Promise<number> {
  if (await canListen(host, port)) return port;
  if (portGiven)
    throw new UsageError(`port ${port} on ${host} is taken: end what listens there, or choose another --port`);
  const free = await freePort(host, FIRST_PORT);
  console.log(`port ${port} is taken, using ${free}`);
  return free;
}

async function plantPorts(editor: number): Promise<PlantPorts> {
  const taken = [editor];
  const next = async (from: number): Promise<number> => {
    const port = await freePort(LOOPBACK, from, taken);
    taken.push(port);
    return port;
  };
  return {
    opcua: await next(PLANT.opcua),
    modbus: await next(PLANT.modbus),
    control: await next(PLANT.control),
    scanner: await next(PLANT.scanner),
  };
}

function plantArgs(data: string, ports: PlantPorts): string[] {
  const files = { contexts: join(data, "plant", "contexts.json"), record: join(data, "plant", "record.ndjson") };
  mkdirSync(dirname(files.contexts), { recursive: true });
  return [
    "--import=tsx",
    join(ROOT, "simulator", "main.ts"),
    "serve",
    `--host=${LOOPBACK}`,
    "--assets=1",
    "--fault-share=0.05",
    `--opcua-port=${ports.opcua}`,
    `--modbus-port=${ports.modbus}`,
    `--scanner-port=${ports.scanner}`,
    `--control-port=${ports.control}`,
    `--contexts=${files.contexts}`,
    `--record=${files.record}`,
  ];
}

function nodeRedArgs(userDir: string): string[] {
  const red = require.resolve("node-red/red.js");
  return [red, "--settings", join(ROOT, "scripts", "start", "settings.cjs"), "--userDir", userDir];
}

async function nodeRedEnv(options: StartOptions, port: number): Promise<NodeJS.ProcessEnv> {
  const { CONTEXT_EDGE_PASSWORD: _, ...env } = process.env;
  return {
    ...env,
    NODE_RED_DISABLE_TELEMETRY: "true",
    CONTEXT_EDGE_HOST: options.host,
    CONTEXT_EDGE_PORT: String(port),
    CONTEXT_EDGE_PASSWORD_HASH: options.password === undefined ? "" : await hashPassword(options.password),
  };
}

/** With the library that Node-RED itself brings and checks with. */
function hashPassword(password: string): Promise<string> {
  const { hash } = createRequire(require.resolve("node-red"))("bcryptjs") as {
    hash: (text: string, rounds: number) => Promise<string>;
  };
  return hash(password, 10);
}

function tell(url: string, { data, host, password }: StartOptions): void {
  console.log(`
  Line page      ${url}/dashboard/line
  Alerts page    ${url}/dashboard/alerts
  Flow editor    ${url}/
  Records (LDO)  ${join(data, "objects", "ldo")}, the first segment within a minute
  What the plant really did  ${join(data, "plant", "record.ndjson")}
  Logs           ${join(data, "logs")}
${password === undefined ? "" : '\n  Name "engineer", with your password.\n'}${isLoopback(host) ? "" : `\n  Listening on ${host}: reachable from other machines.\n`}
  Ctrl-C ends everything.
`);
}

main().catch((error: unknown) => {
  console.error(error instanceof UsageError ? `${error.message}\n"npm start -- --help" lists the options.` : error);
  process.exit(1);
});
