import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cached, scratch } from "./cache";
import { freePort } from "./ports";
import { TestProcess, until } from "./process";

const ROOT = join(__dirname, "..", "..");

export interface NodeRedOptions {
  /** The version of Node-RED, e.g. "4.1.8"; installed once into the cache. */
  readonly version: string;
  /** A user directory with the packed package installed (see `palette`). */
  readonly userDir: string;
  readonly flow?: readonly object[];
  readonly env?: NodeJS.ProcessEnv;
  /** Beside those of every test, in settings.js. */
  readonly settings?: object;
}

/** A real headless Node-RED in a process of its own. */
export interface NodeRed {
  readonly url: string;
  readonly process: TestProcess;
  /** GET below its root, as JSON. */
  get<T>(path: string): Promise<T>;
  /** Full deploy of these flows. */
  deploy(flow: readonly object[]): Promise<void>;
  stop(): Promise<void>;
}

function npm(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): void {
  execFileSync("npm", [...args, "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"], {
    cwd,
    env: { ...process.env, ...env },
    stdio: "pipe",
  });
}

/** The tarball that `npm pack` makes of the tree as it is built now. */
export function packTarball(into: string): string {
  mkdirSync(into, { recursive: true });
  npm(["pack", "--ignore-scripts", "--pack-destination", into], ROOT);
  const name = readdirSync(into).find((file) => file.endsWith(".tgz"));
  if (name === undefined) throw new Error(`npm pack left no tarball in ${into}`);
  return join(into, name);
}

/**
 * A user directory into which the palette manager's own command has installed the packed package.
 * @param extra further packages, e.g. the dashboard
 * @param env ONNXRUNTIME_NODE_INSTALL decides whether the runtime's download is skipped
 */
export function palette(tarball: string, extra: readonly string[], env: NodeJS.ProcessEnv): string {
  const userDir = scratch("userdir");
  writeFileSync(
    join(userDir, "package.json"),
    JSON.stringify({ name: "node-red-project", version: "0.0.1", private: true }),
  );
  npm(["install", "--save", "--save-prefix=~", "--omit=dev", "--engine-strict", tarball, ...extra], userDir, env);
  return userDir;
}

/**
 * A user directory with the tree as it is built now in its palette: nothing is packed or installed.
 * @param others further packages, by the folder that holds each
 */
export function linkedPalette(others: Readonly<Record<string, string>> = {}): string {
  if (!existsSync(join(ROOT, "dist", "nodes"))) throw new Error("dist/ is missing: npm run build");
  const userDir = scratch("userdir");
  const packages = { "@context-edge/node-red": ROOT, ...others };
  for (const [name, folder] of Object.entries(packages)) {
    const link = join(userDir, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(folder, link);
  }
  const dependencies = Object.fromEntries(Object.keys(packages).map((name) => [name, "*"]));
  writeFileSync(
    join(userDir, "package.json"),
    JSON.stringify({ name: "node-red-project", private: true, dependencies }),
  );
  return userDir;
}

/** The Node-RED that the tests bring. */
export const BUNDLED_VERSION = (
  JSON.parse(readFileSync(join(ROOT, "node_modules", "node-red", "package.json"), "utf8")) as { version: string }
).version;

async function nodeRed(version: string): Promise<string> {
  const bundled = join(ROOT, "node_modules", "node-red");
  const { version: present } = JSON.parse(readFileSync(join(bundled, "package.json"), "utf8")) as { version: string };
  if (present === version) return bundled;
  const dir = await cached("node-red", version, (target) => {
    writeFileSync(join(target, "package.json"), JSON.stringify({ name: "peer", private: true }));
    npm(["install", `node-red@${version}`], target);
  });
  return join(dir, "node_modules", "node-red");
}

export async function startNodeRed(options: NodeRedOptions): Promise<NodeRed> {
  const port = await freePort();
  const settings = join(options.userDir, "settings.js");
  writeFileSync(
    settings,
    `module.exports = ${JSON.stringify({
      uiPort: port,
      uiHost: "127.0.0.1",
      flowFile: "flows.json",
      credentialSecret: "test",
      telemetry: { enabled: false, updateNotification: false },
      editorTheme: { tours: false, palette: { catalogues: [] } },
      logging: { console: { level: "info", metrics: false, audit: false } },
      ...options.settings,
    })};`,
  );
  writeFileSync(join(options.userDir, "flows.json"), JSON.stringify(options.flow ?? []));
  const red = join(await nodeRed(options.version), "red.js");
  const server = new TestProcess(process.execPath, [red, "--settings", settings, "--userDir", options.userDir], {
    env: { ...process.env, ...options.env },
  });
  const url = `http://127.0.0.1:${port}`;
  await server.line(/Started flows|Waiting for missing types/, 60_000);
  await until("it listens", async () => (await fetch(url).catch(() => undefined)) !== undefined);
  return {
    url,
    process: server,
    get: async <T>(path: string) => {
      const answer = await fetch(`${url}${path}`, { headers: { accept: "application/json" } });
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return (await answer.json()) as T;
    },
    deploy: async (flow) => {
      const answer = await fetch(`${url}/flows`, {
        method: "POST",
        headers: { "content-type": "application/json", "Node-RED-Deployment-Type": "full" },
        body: JSON.stringify(flow),
      });
      if (!answer.ok) throw new Error(`deploy: ${answer.status} ${await answer.text()}`);
    },
    stop: () => server.stop(),
  };
}

/** Removes a user directory. */
export function removeUserDir(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
}
