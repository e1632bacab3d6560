import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { boardSerial } from "../../../lib/storage/board";
import { TestProcess } from "../../support/process";

const ROOT = join(__dirname, "..", "..", "..");
const HERE = join(ROOT, "deploy", "jetson");
const read = (...path: string[]): string => readFileSync(join(...path), "utf8");

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly platform: string;
  readonly restart: string;
  readonly user: string;
  readonly read_only: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
}

const compose = parse(read(HERE, "compose.yaml"), { merge: true }) as {
  services: Record<"node-red" | "redis", Service>;
  volumes: Record<string, unknown>;
};
const dockerfile = read(HERE, "Dockerfile");
const { "node-red": nodeRed, redis } = compose.services;

/** Node-RED's own bcrypt, as its `admin hash-pw`. */
const { hashSync } = createRequire(require.resolve("node-red"))("bcryptjs") as {
  hashSync: (text: string, rounds: number) => string;
};

/** All that could name a path or a variable. */
function sources(): string {
  const files = (dir: string): string[] =>
    readdirSync(dir).flatMap((name) => {
      const path = join(dir, name);
      return statSync(path).isDirectory() ? files(path) : [path];
    });
  return [...files(join(ROOT, "lib")), ...files(join(ROOT, "nodes"))]
    .filter((path) => path.endsWith(".ts"))
    .map((path) => read(path))
    .join("\n");
}

/** Node-RED's settings as they are with these variables, printed; or why there are none. */
function settingsWith(env: NodeJS.ProcessEnv): { stdout: string; stderr: string } {
  const code = `JSON.stringify(require(${JSON.stringify(join(HERE, "settings.js"))}))`;
  return spawnSync(process.execPath, ["-p", code], { env, encoding: "utf8" });
}

describe("deploy/jetson", () => {
  it("runs on glibc, on arm64, as nobody special, on a root that is read-only, and comes back after a crash", () => {
    for (const service of [nodeRed, redis]) {
      assert.equal(service.platform, "linux/arm64");
      assert.equal(service.restart, "unless-stopped");
      assert.equal(service.read_only, true);
      assert.doesNotMatch(service.user, /^(0|root)/);
      assert.ok(service.healthcheck.test.length > 1);
    }
    assert.match(dockerfile, /^ARG NODE_IMAGE=node:24-bookworm-slim$/m);
    assert.match(redis.image, /-bookworm$/);
    assert.doesNotMatch(dockerfile, /^FROM .*alpine/im);
    const { devDependencies } = JSON.parse(read(ROOT, "package.json")) as { devDependencies: Record<string, string> };
    assert.ok(dockerfile.includes(`NODE_RED_VERSION=${devDependencies["node-red"]}`));
  });

  it("builds from files that are there", () => {
    const { context, dockerfile: file } = nodeRed.build as NonNullable<Service["build"]>;
    assert.equal(join(HERE, context), join(ROOT));
    assert.ok(existsSync(join(ROOT, file)));
    for (const [, list] of dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm))
      for (const path of list.split(" ")) assert.ok(existsSync(join(ROOT, path)), path);
    const asked = read(HERE, ".env.example").matchAll(/^([A-Z_]+)=/gm);
    const text = read(HERE, "compose.yaml");
    for (const [, name] of asked) assert.ok(text.includes(`\${${name}:`), name);
  });

  it("names no variable and no path that nobody reads", () => {
    const code = sources();
    const settings = read(HERE, "settings.js");
    for (const name of Object.keys(nodeRed.environment ?? {})) {
      if (name === "REDIS_URL")
        assert.match(read(ROOT, "nodes/context-edge-store/locales/en-US/context-edge-store.html"), /\$\{REDIS_URL\}/);
      else
        assert.ok(
          settings.includes(`"${name}"`) || settings.includes(`env.${name}`) || code.includes(`"${name}"`),
          name,
        );
    }
    const targets = nodeRed.volumes.map((volume) => volume.split(":")[1]);
    assert.ok(dockerfile.includes('"--userDir", "/data"') && targets[0] === "/data");
    for (const target of targets.slice(1)) assert.ok(code.includes(target), target);
    for (const volume of [...nodeRed.volumes, ...redis.volumes]) {
      const [source] = volume.split(":") as [string];
      assert.ok(source.startsWith("/") || source in compose.volumes, source);
    }
  });

  it("its settings open nothing without a login, and want their secrets", () => {
    const secrets = { NODE_RED_CREDENTIAL_SECRET: "s", NODE_RED_ADMIN_HASH: "$2b$08$x" };
    const settings = JSON.parse(settingsWith(secrets).stdout) as Record<string, unknown>;
    assert.equal(settings["contextEdge"], undefined);
    assert.ok(settings["adminAuth"]);
    assert.deepEqual(settings["httpNodeAuth"], { user: "admin", pass: "$2b$08$x" });
    for (const [, file] of read(HERE, "settings.js").matchAll(/require\("\.\/(.+?)"\)/g))
      assert.match(dockerfile, new RegExp(`^COPY .*deploy/jetson/${file} `, "m"));
    for (const name of Object.keys(secrets)) {
      assert.match(settingsWith({ ...secrets, [name]: "" }).stderr, new RegExp(`${name} is not set`));
      assert.match(settingsWith({ ...secrets, [name]: "change me: x" }).stderr, new RegExp(`${name} is not set`));
    }
  });

  it("its pages' socket asks for the name and password of the pages", () => {
    const hash = hashSync("line-1-secret", 4);
    const { socketGuard } = createRequire(__filename)(join(HERE, "socket-guard.cjs")) as {
      socketGuard: (user: string, hash: string) => (socket: object, next: (error?: Error) => void) => void;
    };
    const refusal = (login: string | undefined, url = "/socket.io/?transport=polling"): string | undefined => {
      const authorization = login === undefined ? undefined : `Basic ${Buffer.from(login).toString("base64")}`;
      let message: string | undefined = "not asked";
      const socket = { client: { conn: { request: { url } } }, handshake: { headers: { authorization } } };
      socketGuard("admin", hash)(socket, (error) => (message = error?.message));
      return message;
    };
    assert.equal(refusal("admin:line-1-secret"), undefined);
    for (const wrong of [undefined, "", "admin", "admin:", "admin:x", "other:line-1-secret"])
      assert.equal(refusal(wrong), "not authorized");
    assert.equal(refusal("admin:line-1-secret", "/socket.io/?transport=websocket"), "not authorized");
  });

  it("its README copies .env before the first command that reads compose.yaml", () => {
    assert.match(read(HERE, "compose.yaml"), /:\?/);
    const [start] = /(?<=^## Start$)[^]*?(?=^## )/m.exec(read(HERE, "README.md")) as RegExpExecArray;
    assert.ok(start.indexOf("cp .env.example .env") < start.indexOf("docker compose"));
  });

  it("its health check asks what is answered without a login: whether Node-RED is alive", async () => {
    const [, command, script] = nodeRed.healthcheck.test;
    assert.deepEqual([command, script], ["node", "/opt/node-red/health.cjs"]);
    assert.match(read(HERE, "health.cjs"), /127\.0\.0\.1:1880\/context-edge\/health\?live"/);
    assert.match(sources(), /"\/context-edge\/health"/);
    let status = 200;
    const server = createServer((_request, response) => response.writeHead(status).end(`{"live":${status === 200}}`));
    await once(server.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/context-edge/health`;
    const check = async (): Promise<[number | null, string]> => {
      const child = new TestProcess(process.execPath, [join(HERE, "health.cjs"), url]);
      const [code] = (await once(child.child, "close")) as [number | null];
      return [code, child.output];
    };
    assert.deepEqual(await check(), [0, '{"live":true}']);
    status = 503;
    assert.deepEqual(await check(), [1, '{"live":false}']);
    server.close();
    assert.match((await check()).join(" "), /^1 http.*(fetch failed|ECONNREFUSED)/);
  });

  it("a container is shown the board's serial where Docker hides the firmware's", () => {
    const dir = mkdtempSync(join(tmpdir(), "ce-board-"));
    try {
      const shown = join(dir, "serial");
      assert.equal(boardSerial([join(dir, "none"), dir, shown]), undefined);
      writeFileSync(shown, "1421823012345\0\n");
      assert.equal(boardSerial([join(dir, "none"), dir, shown]), "1421823012345");
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
