import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import { exceptionTo, RawDevice } from "../support/modbus-device";
import { freePort } from "../support/ports";
import { until } from "../support/process";
import device = require("../../nodes/context-edge-device/context-edge-device");
import fuse = require("../../nodes/sensor-fuse/sensor-fuse");
import modbus = require("../../nodes/context-edge-modbus/context-edge-modbus");

interface Answer {
  ok: boolean;
  text: string;
  code?: string;
  value?: number | null;
  quality?: string;
  registers?: number[];
  bits?: boolean[];
  preview?: { type: string; order: string; value: number | null }[];
}

async function ask(action: "read" | "test", body: object): Promise<Answer> {
  const request = helper.request() as { post(path: string): { send(body: object): Promise<{ body: Answer }> } };
  return (await request.post(`/context-edge/context-edge-modbus/${action}`).send(body)).body;
}

/** What the log says of devices that come and go. */
function said(): string[] {
  return helper
    .log()
    .args.map(([{ msg }]) => String(msg))
    .filter((text) => /^Modbus .* is (?:away|back)/.test(text));
}

describe("the Modbus connection's dialog", function () {
  this.timeout(30_000);
  let folder: string;
  let peer: RawDevice;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "modbus-dialog-"));
    helper.init(require.resolve("node-red"), { userDir: folder });
    await new Promise<void>((resolve) => helper.startServer(resolve));
    peer = await RawDevice.start(await freePort());
    await helper.load([modbus], []);
  });
  after(async () => {
    await helper.unload();
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    await peer.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => (peer.manners = () => undefined));

  const settings = (more: object = {}): object => ({ transport: "tcp", host: "127.0.0.1", port: peer.port, ...more });

  it("reads one channel with its registers, in every type and byte order that they are enough for", async () => {
    const answer = await ask("read", settings({ match: "40011", type: "uint32" }));
    assert.equal(answer.ok, true, answer.text);
    assert.equal(answer.value, 1010 * 0x10000 + 1011);
    assert.match(answer.text, /holding 10 of unit 1: 66192371 \(uint32 ABCD\)$/);
    assert.equal(answer.quality, "good");
    assert.deepEqual(answer.registers, [1010, 1011, 1012, 1013]);
    const swapped = answer.preview?.find(({ type, order }) => type === "uint32" && order === "CDAB");
    assert.equal(swapped?.value, 1011 * 0x10000 + 1010);
    assert.equal(answer.preview?.filter(({ type }) => type === "float32").length, 4);
    assert.equal(answer.preview?.filter(({ type }) => type === "int16").length, 2);
  });

  it("reads as few registers as the type needs where the device has no more", async () => {
    peer.manners = (request, _proper, socket) => {
      if (request.count <= 1) return undefined;
      socket.write(exceptionTo(request, 2));
      return "handled";
    };
    const answer = await ask("read", settings({ match: "holding:9", type: "uint16" }));
    assert.deepEqual([answer.value, answer.registers], [1009, [1009]]);
    const float = await ask("read", settings({ match: "holding:9" }));
    assert.equal(float.ok, false);
    assert.equal(float.code, "modbus-exception");
    assert.match(float.text, /exception 2 \(illegal data address\)/);
  });

  it("reads coils, another unit, and where the table says that an asset is", async () => {
    const coil = await ask("read", settings({ match: "coil:3", type: "coil" }));
    assert.deepEqual([coil.value, coil.bits], [1, [true]]);
    const assets = [
      { asset: "press-1", host: "", unit: "2", offset: "100" },
      { asset: "press-2", host: "", unit: "", offset: "200" },
    ];
    const first = await ask("read", settings({ match: "40001@press-1", type: "uint16", assets }));
    assert.equal(first.value, 2100, first.text);
    const second = await ask("read", settings({ match: "40001@press-2", type: "uint16", assets }));
    assert.equal(second.value, 1200);
    const unknown = await ask("read", settings({ match: "40001@press-9", type: "uint16", assets }));
    assert.equal(unknown.code, "modbus-asset");
    assert.match(unknown.text, /no "press-9" \(it has press-1, press-2\)/);
  });

  it("says what is wrong with an address, a device that is away, a connection that is not deployed", async () => {
    assert.equal((await ask("read", settings({ match: "press/4" }))).code, "modbus-address");
    const away = await ask("read", settings({ match: "40001", port: await freePort() }));
    assert.equal(away.code, "modbus-connection");
    assert.match(away.text, /nothing listens there/);
    assert.equal((await ask("read", { id: "0123456789abcdef", match: "40001" })).code, "config-node");
  });

  it("goes over the connection that is open already: many devices take one only", async () => {
    const line = { id: "aaaaaaaaaaaaaaa1", type: "context-edge-modbus", ...settings({ interval_ms: "50" }) };
    const own = {
      id: "aaaaaaaaaaaaaaa2",
      type: "context-edge-device",
      device: "d",
      data_dir: join(folder, "d"),
      assets: [],
    };
    const channels = [{ name: "speed", source: "modbus", match: "40006", type: "uint16" }];
    const node = {
      id: "aaaaaaaaaaaaaaa3",
      type: "sensor-fuse",
      device: own.id,
      modbus: line.id,
      channels,
      wires: [[], []],
    };
    await helper.unload();
    await helper.load([device, modbus, fuse], [line, own, node] as never);
    await until("it polls", () => peer.openConnections === 1);
    const before = peer.connections;
    const answer = await ask("read", { id: line.id, match: "40006", type: "uint16" });
    assert.equal(answer.value, 1005);
    assert.match((await ask("test", { ...settings(), id: line.id })).text, /unit 1 answered in \d+ ms/);
    assert.equal(peer.connections, before, "no second connection was made");

    await peer.stop();
    await until("its loss is in the log", () => said().length === 1);
    await peer.listen();
    await until("its return, too", () => said().length === 2);
    const place = `Modbus 127.0.0.1:${peer.port}`;
    assert.ok(said()[0]?.startsWith(`${place} is away: `), said()[0]);
    assert.equal(said()[1], `${place} is back`);
  });
});
