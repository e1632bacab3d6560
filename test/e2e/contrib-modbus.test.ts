import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached } from "../support/cache";
import { BUNDLED_VERSION, linkedPalette, removeUserDir, startNodeRed, type NodeRed } from "../support/nodered";
import { startPeer, type Peer } from "../support/peers";
import { freePort } from "../support/ports";
import { until } from "../support/process";

const VERSION = "5.60.2";
const EXAMPLE = join(__dirname, "..", "..", "examples", "Readings from node-red-contrib-modbus.json");
/** Its own serial library is to be had from a code host alone; this is the one it was made from. */
const PACKAGE = {
  name: "peer",
  private: true,
  overrides: { "@openp4nr/modbus-serial": "npm:modbus-serial@8.0.25" },
};

type Node = Record<string, unknown> & { id: string; type: string };
interface Said {
  out: number;
  sensor_data?: Record<string, number | null>;
  unusable?: { code: string; channel: string; reason: string };
  event?: { kind: string; channel: string };
}

async function contribModbus(): Promise<string> {
  const dir = await cached("contrib-modbus", JSON.stringify([VERSION, PACKAGE]), (target) => {
    writeFileSync(join(target, "package.json"), JSON.stringify(PACKAGE));
    const quiet = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    execFileSync("npm", ["install", `node-red-contrib-modbus@${VERSION}`, ...quiet], { cwd: target, stdio: "pipe" });
  });
  return join(dir, "node_modules", "node-red-contrib-modbus");
}

/** A node that prints what sensor-fuse sends, as one line each. */
function printer(id: string, z: unknown, out: number): Node {
  const func = `const {sensor_data, unusable, event} = msg; node.warn("SAID " + JSON.stringify({out: ${out}, sensor_data, unusable, event}));`;
  return { id, type: "function", z, name: "", func, outputs: 0, x: 900, y: 60 * out, wires: [] };
}

const good = (one: Said): boolean =>
  one.out === 1 && Object.values(one.sensor_data ?? {}).every((value) => typeof value === "number");

describe("node-red-contrib-modbus in a headless Node-RED", function () {
  this.timeout(120_000);
  let peer: Peer;
  let userDir: string;
  let red: NodeRed;
  let port: number;

  before(async () => {
    port = await freePort();
    peer = await startPeer("pymodbus_server.py", ["--port", String(port)]);
    userDir = linkedPalette({ "node-red-contrib-modbus": await contribModbus() });
    red = await startNodeRed({ version: BUNDLED_VERSION, userDir, flow: [] });
  });
  after(async () => {
    await red.stop();
    removeUserDir(userDir);
    await peer.stop();
  });

  function said(from = 0): Said[] {
    return red.process.output
      .slice(from)
      .split("\n")
      .filter((line) => line.includes("SAID "))
      .map((line) => JSON.parse(line.slice(line.indexOf("SAID ") + 5)) as Said);
  }

  /** The example as it is imported, at this peer, with what sensor-fuse sends printed. */
  async function deploy(change: (node: Node) => Node, more: readonly Node[] = []): Promise<void> {
    await peer.command("clear");
    const nodes = JSON.parse(readFileSync(EXAMPLE, "utf8")) as Node[];
    const fuse = nodes.find(({ type }) => type === "sensor-fuse") as Node;
    const flow = nodes.map((node) => {
      if (node.type === "modbus-client")
        return { ...node, tcpPort: String(port), clientTimeout: "500", reconnectTimeout: "1000" };
      if (node.type !== "sensor-fuse") return change(node);
      return change({ ...node, period_ms: "200", wires: [["0000000000000001"], ["0000000000000002"]] });
    });
    const z = fuse["z"];
    await red.deploy([...flow, printer("0000000000000001", z, 1), printer("0000000000000002", z, 2), ...more]);
  }

  it("delivers the readings of the example; failures, silence and the return are told on output 2", async () => {
    await deploy((node) => node);
    await until("samples come", () => said().some(good), 20_000);
    const { live } = await peer.command("state");
    const data = said().findLast(good)?.sensor_data ?? {};
    for (const [i, name] of ["vibration_x", "vibration_y", "temperature", "current"].entries())
      assert.ok(Math.abs((data[name] ?? NaN) - (live as number[])[i]) < 3, `${name}: ${data[name]} at ${String(live)}`);

    let from = red.process.output.length;
    await peer.command("exc 4");
    await until("the failure is told", () =>
      said(from).some(({ unusable }) => unusable?.reason.includes("the read failed: Modbus exception 4") === true),
    );
    await peer.command("clear");
    from = red.process.output.length;
    await until("it is back", () => said(from).some(good));

    from = red.process.output.length;
    await peer.command("refuse on");
    await until(
      "it is not usable",
      () => said(from).some(({ out, unusable }) => out === 2 && unusable !== undefined),
      5000,
    );
    await until(
      "it is stale by our own timer",
      () => said(from).some(({ unusable }) => unusable?.code === "channel-stale"),
      8000,
    );
    await peer.command("refuse off");
    from = red.process.output.length;
    await until("it is back", () => said(from).some(good), 15_000);
  });

  it("under one topic for all, a failed read leaves the values of the others standing", async () => {
    const sent = (node: Node): Node => (node.type === "modbus-read" ? { ...node, topic: "", name: "" } : node);
    // The peer has 200 registers: it refuses this read, every time.
    const broken = (nodes: Node[]): Node => ({
      ...(nodes.find(({ type }) => type === "modbus-read") as Node),
      id: "0000000000000003",
      adr: "198",
      topic: "",
      name: "",
    });
    const example = JSON.parse(readFileSync(EXAMPLE, "utf8")) as Node[];
    await deploy(sent, [broken(example)]);
    const from = red.process.output.length;
    await until("samples come", () => said(from).filter(good).length > 3, 20_000);
    const mark = red.process.output.length;
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const after = said(mark);
    const bad = after.filter((one) => !good(one));
    assert.ok(after.length > 10 && bad.length === 0, JSON.stringify(bad[0]));
  });

  it("delivers what Modbus-Getter and Modbus-Flex-Getter read when they are asked", async () => {
    const example = JSON.parse(readFileSync(EXAMPLE, "utf8")) as Node[];
    const client = example.find(({ type }) => type === "modbus-client") as Node;
    const fuse = example.find(({ type }) => type === "sensor-fuse") as Node;
    const at = { z: fuse["z"], x: 300, y: 600 };
    const options = {
      server: client.id,
      emptyMsgOnFail: true,
      keepMsgProperties: false,
      useIOFile: false,
      useIOForPayload: false,
      showErrors: false,
    };
    const tick = (id: string, payload: string, to: string): Node => ({
      ...at,
      id,
      type: "inject",
      props: [{ p: "payload" }],
      payload,
      payloadType: "json",
      repeat: "0.3",
      once: true,
      onceDelay: 0.5,
      wires: [[to]],
    });
    const wires = [[fuse.id], []];
    const unwired = (node: Node): Node => (node.type === "modbus-read" ? { ...node, wires: [[], []] } : node);
    await deploy(unwired, [
      tick("0000000000000011", "1", "0000000000000012"),
      {
        ...at,
        ...options,
        id: "0000000000000012",
        type: "modbus-getter",
        name: "get",
        unitid: "1",
        dataType: "HoldingRegister",
        adr: "40",
        quantity: "4",
        wires,
      },
      tick("0000000000000013", '{"value":0,"fc":3,"unitid":1,"address":44,"quantity":4}', "0000000000000014"),
      { ...at, ...options, id: "0000000000000014", type: "modbus-flex-getter", name: "flex", wires },
    ]);
    const from = red.process.output.length;
    await until("samples come", () => said(from).some(good), 20_000);
  });
});
