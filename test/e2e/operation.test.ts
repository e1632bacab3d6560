import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { Health } from "../../lib/operation/health";
import { BUNDLED_VERSION, linkedPalette, removeUserDir, startNodeRed, type NodeRed } from "../support/nodered";
import { until } from "../support/process";

const bcrypt = createRequire(require.resolve("node-red"))("bcryptjs") as {
  hashSync(text: string, rounds: number): string;
};
const DEVICE = {
  id: "d100000000000001",
  type: "context-edge-device",
  device_id: "edge-1",
  site: "plant",
  mode: "live",
};
const SHEET = { id: "f100000000000001", type: "tab", label: "Line" };
const at = { z: SHEET.id, x: 100, y: 100 };
const FUSE = {
  ...at,
  id: "a100000000000001",
  type: "sensor-fuse",
  name: "Fuse",
  device: DEVICE.id,
  channels: [{ name: "temperature", source: "wire", unit: "°C", max_age_ms: "600000", required: "true" }],
  wires: [[], []],
};
const INJECT = {
  ...at,
  id: "a100000000000002",
  type: "inject",
  props: [{ p: "payload" }, { p: "topic", vt: "str" }],
  topic: "temperature",
  payload: "70",
  payloadType: "num",
  wires: [[FUSE.id]],
};

/** What stands under each node in the editor, by its id. */
async function statusesOf(url: string) {
  const socket = new WebSocket(`${url.replace("http", "ws")}/comms`);
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const shown = new Map<string, Record<string, unknown>>();
  socket.addEventListener("message", ({ data }) => {
    for (const { topic, data: what } of JSON.parse(String(data)) as { topic?: string; data: Record<string, unknown> }[])
      if (topic?.startsWith("status/")) shown.set(topic.slice("status/".length), what);
  });
  socket.send(JSON.stringify({ subscribe: "status/#" }));
  return { get: (id: string) => shown.get(id), close: () => socket.close() };
}

const status = async (url: string, path: string) => (await fetch(`${url}${path}`)).status;

describe("health and metrics of a headless Node-RED", function () {
  let userDir: string;
  let red: NodeRed | undefined;
  const start = async (settings: object, flow: readonly object[]): Promise<NodeRed> =>
    (red = await startNodeRed({ version: BUNDLED_VERSION, userDir, settings, flow }));
  beforeEach(() => (userDir = linkedPalette()));
  afterEach(async () => {
    await red?.stop();
    removeUserDir(userDir);
  });

  it("name the node and the cause until it works, and count what passes", async () => {
    const { url, process } = await start({}, [SHEET, DEVICE, FUSE, INJECT]);
    const health = async () => {
      const answer = await fetch(`${url}/context-edge/health`);
      return { status: answer.status, ...((await answer.json()) as Health) };
    };
    const before = await health();
    assert.equal(before.status, 503);
    assert.deepEqual(
      before.reasons.map(({ type, name, id, severity, code, cause }) => ({ type, name, id, severity, code, cause })),
      [
        {
          type: "sensor-fuse",
          name: "Fuse",
          id: FUSE.id,
          severity: "down",
          code: "channel-missing",
          cause: "temperature is missing: no reading has come yet",
        },
      ],
    );
    const alive = await fetch(`${url}/context-edge/health?live`);
    assert.deepEqual([alive.status, await alive.json()], [200, { live: true }]);
    const sent = await fetch(`${url}/inject/${INJECT.id}`, { method: "POST" });
    assert.equal(sent.status, 200, process.output);
    await until("it is ready", async () => (await health()).ready);
    const after = await health();
    assert.deepEqual([after.status, after.nodes], [200, 2]);
    const answer = await fetch(`${url}/context-edge/metrics`);
    const text = await answer.text();
    assert.match(answer.headers.get("content-type") ?? "", /^text\/plain.*version=0\.0\.4/);
    const node = `type="sensor-fuse",node="${FUSE.id}",name="Fuse"`;
    assert.ok(text.includes(`context_edge_messages_received_total{${node}} 1\n`), text);
    assert.ok(text.includes("\ncontext_edge_ready 1\n"));
    assert.match(text, /\ncontext_edge_device_info\{.*device="edge-1",site="plant",line="line",mode="live"\} 1\n/);
  });

  it("say which node type is missing, and no node that is stopped for it stays green", async () => {
    const running = [SHEET, DEVICE, { ...FUSE, channels: [{ ...FUSE.channels[0], required: "false" }] }];
    const headless = await start({}, running);
    const { url } = headless;
    const health = () => fetch(`${url}/context-edge/health`).then(async (answer) => (await answer.json()) as Health);
    const statuses = await statusesOf(url);
    const shown = (): unknown => statuses.get(FUSE.id)?.text;
    await until("it shows how it is", () => shown() !== undefined && shown() !== "stopped");
    await headless.deploy([...running, { ...at, id: "a100000000000009", type: "not-installed", wires: [[]] }]);
    await until("the node is stopped", () => shown() === "stopped");
    assert.deepEqual(statuses.get(FUSE.id), { fill: "grey", shape: "ring", text: "stopped" });
    const stopped = await health();
    assert.deepEqual(
      [stopped.ready, stopped.nodes, stopped.reasons.filter(({ severity }) => severity === "down")],
      [
        false,
        0,
        [
          {
            id: "",
            type: "node-red",
            name: "",
            severity: "down",
            cause: "the flows are not started: no node is installed for not-installed",
          },
        ],
      ],
    );
    await headless.deploy(running);
    await until("it runs again", async () => shown() !== "stopped" && (await health()).ready);
    statuses.close();
  });

  it("stand behind a permission, and below the editor's root", async () => {
    const users = [
      { username: "anna", password: bcrypt.hashSync("secret", 4), permissions: "context-edge.read" },
      { username: "ben", password: bcrypt.hashSync("secret", 4), permissions: "inject.write" },
    ];
    const { url } = await start({ httpAdminRoot: "/admin", adminAuth: { type: "credentials", users } }, [
      SHEET,
      DEVICE,
    ]);
    const token = async ({ username, permissions: scope }: (typeof users)[number]): Promise<string> => {
      const body = { client_id: "node-red-admin", grant_type: "password", scope, username, password: "secret" };
      const answer = await fetch(`${url}/admin/auth/token`, { method: "POST", body: new URLSearchParams(body) });
      return ((await answer.json()) as { access_token: string }).access_token;
    };
    const ask = async (path: string, bearer?: string): Promise<number> => {
      const headers: HeadersInit = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
      return (await fetch(`${url}${path}`, { headers })).status;
    };
    const [anna, ben] = await Promise.all(users.map(token));
    for (const path of ["/admin/context-edge/health", "/admin/context-edge/metrics"]) {
      assert.deepEqual([await ask(path), await ask(path, anna), await ask(path, ben)], [401, 200, 401], path);
    }
    assert.equal(await ask("/admin/context-edge/health?live"), 200);
    assert.equal(await ask("/context-edge/health"), 404);
  });

  it("can be opened, each by itself, with the admin API locked or off", async () => {
    const users = [{ username: "anna", password: bcrypt.hashSync("secret", 4), permissions: "*" }];
    const locked = await start({ adminAuth: { type: "credentials", users }, contextEdge: { healthPublic: true } }, [
      SHEET,
      DEVICE,
    ]);
    assert.deepEqual(
      [await status(locked.url, "/context-edge/health"), await status(locked.url, "/context-edge/metrics")],
      [200, 401],
    );
    await locked.stop();
    const off = await start({ httpAdminRoot: false, httpNodeRoot: "/flows", contextEdge: { metricsPublic: true } }, [
      SHEET,
      DEVICE,
    ]);
    assert.deepEqual(
      [
        await status(off.url, "/flows/context-edge/health"),
        await status(off.url, "/flows/context-edge/health?live"),
        await status(off.url, "/flows/context-edge/metrics"),
      ],
      [404, 200, 200],
    );
  });
});
