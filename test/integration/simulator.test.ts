import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import ModbusRTU from "modbus-serial";
import {
  AttributeIds,
  ClientSubscription,
  OPCUACertificateManager,
  OPCUAClient,
  TimestampsToReturn,
  type DataValue,
} from "node-opcua";
import { CHANNELS } from "../../lib/plant/catalogue";
import type { ContextEntry } from "../../lib/plant/station";
import { SCALES } from "../../simulator/modbus-image";
import { readLdos } from "../support/segments";
import { TestProcess, until } from "../support/process";

const MAIN = join(__dirname, "..", "..", "simulator", "main.ts");
const NODE = ["--import=tsx", MAIN];

interface Ready {
  assets: { asset: string; reader: string }[];
  opcua: { endpoint: string; nodes: Record<string, Record<string, string>> };
  modbus: { port: number };
  scanners: Record<string, number>;
  control: { port: number };
}
interface Recorded {
  at: string;
  asset: string;
  code: string;
  state: string;
  severity: number;
  readings: Record<string, number>;
}

const simulate = (...args: string[]) => promisify(execFile)(process.execPath, [...NODE, ...args]);

/** A request that the device must answer with this Modbus exception. */
function refused(request: Promise<unknown>, code: number): Promise<void> {
  return assert.rejects(request, (error: { modbusCode?: number }) => error.modbusCode === code);
}

describe("the plant as a process", function () {
  this.timeout(60_000);
  let folder: string;
  let plant: TestProcess;
  let ready: Ready;
  const sockets: Socket[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "simulator-"));
    const ports = ["--opcua-port", "0", "--modbus-port", "0", "--scanner-port", "0", "--control-port", "0"];
    const files = ["--record", join(folder, "record.ndjson"), "--contexts", join(folder, "contexts.json")];
    const how = ["--assets", "2", "--seed", "5", "--cycle", "0.5", "--rate", "20", "--fault-share", "0", "--first-fault", "0"]; // prettier-ignore
    plant = new TestProcess(process.execPath, [...NODE, "serve", ...ports, ...files, ...how]);
    ready = JSON.parse(await plant.line(/"ready":true/)) as Ready;
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await plant.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Lines that a server sends to a new connection. */
  function linesOf(port: number): { lines: string[]; write: (line: string) => void } {
    const socket = connect(port, "127.0.0.1");
    sockets.push(socket);
    const lines: string[] = [];
    createInterface({ input: socket }).on("line", (line) => lines.push(line));
    return { lines, write: (line) => socket.write(`${line}\n`) };
  }
  const recorded = (): Recorded[] =>
    readFileSync(join(folder, "record.ndjson"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as Recorded); // prettier-ignore

  it("shows four channels per asset over OPC UA, with unit, source time and changing values", async () => {
    const clientCertificateManager = new OPCUACertificateManager({ rootFolder: join(folder, "pki") });
    const client = OPCUAClient.create({ endpointMustExist: false, clientCertificateManager });
    await client.connect(ready.opcua.endpoint);
    const session = await client.createSession();
    try {
      const nodes = ready.opcua.nodes["motor-2"];
      assert.deepEqual(Object.keys(nodes), [...CHANNELS]);
      const browsed = await session.browse("ns=1;s=motor-2");
      const names = (browsed.references ?? []).map((reference) => reference.browseName.name);
      for (const channel of CHANNELS) assert.ok(names.includes(channel), `${channel} in ${names.join(", ")}`);
      const unit = await session.translateBrowsePath({ startingNode: nodes["temperature"], relativePath: { elements: [{ targetName: { name: "EngineeringUnits" } }] } } as never); // prettier-ignore
      const target = unit.targets?.[0]?.targetId;
      assert.ok(target);
      const information = (await session.read({ nodeId: target })).value.value as { displayName: { text: string } };
      assert.equal(information.displayName.text, "°C");

      const seen: DataValue[] = [];
      const subscription = ClientSubscription.create(session, { requestedPublishingInterval: 50, publishingEnabled: true }); // prettier-ignore
      const item = await subscription.monitor(
        { nodeId: nodes["temperature"], attributeId: AttributeIds.Value },
        { samplingInterval: 20, queueSize: 20 },
        TimestampsToReturn.Both,
      );
      item.on("changed", (value: DataValue) => seen.push(value));
      await until("the temperature changes", () => new Set(seen.map(({ value }) => value.value as number)).size > 5);
      const last = seen.at(-1) as DataValue;
      assert.ok(last.statusCode.isGood());
      assert.ok(Math.abs(Date.now() - Number(last.sourceTimestamp)) < 5_000);
      assert.ok(last.value.value > 30 && last.value.value < 120);
      await subscription.terminate();
    } finally {
      await session.close();
      await client.disconnect();
    }
  });

  it("shows the same numbers over Modbus in four byte orders and as scaled integers", async () => {
    const client = new ModbusRTU();
    await client.connectTCP("127.0.0.1", { port: ready.modbus.port });
    try {
      client.setID(1);
      for (const base of [0, 100]) {
        await until("a unit is on the rig", async () => (await client.readCoils(base / 100, 1)).data[0] ?? false);
        const { data, buffer } = await client.readInputRegisters(base, 52);
        CHANNELS.forEach((_, i) => {
          const abcd = buffer.readFloatBE(i * 4);
          const cdab = Buffer.from(buffer.subarray(40 + i * 4, 44 + i * 4))
            .swap32()
            .swap16();
          const badc = Buffer.from(buffer.subarray(60 + i * 4, 64 + i * 4)).swap16();
          assert.ok(abcd > 0);
          assert.equal(cdab.readFloatBE(), abcd);
          assert.equal(badc.readFloatBE(), abcd);
          assert.equal(buffer.readFloatLE(80 + i * 4), abcd);
          // The integer is rounded from the reading, abcd has float32's precision.
          assert.ok(Math.abs((data[10 + i] ?? NaN) - abcd * (SCALES[i] ?? NaN)) < 0.51);
        });
        assert.ok((data[50] ?? 0) * 65_536 + (data[51] ?? 0) > 0);
      }
      const held = await client.readHoldingRegisters(0, 8);
      assert.equal(held.data.length, 8);
    } finally {
      client.close(() => undefined);
    }
  });

  it("answers what it does not have with Modbus exceptions", async () => {
    const client = new ModbusRTU();
    await client.connectTCP("127.0.0.1", { port: ready.modbus.port });
    try {
      client.setID(1);
      await refused(client.readInputRegisters(199, 2), 2);
      await refused(client.writeRegister(0, 1), 1);
      await refused(client.readHoldingRegisters(0, 126), 3);
      assert.equal((await client.readInputRegisters(198, 2)).data.length, 2);
    } finally {
      client.close(() => undefined);
    }
  });

  it("hangs up on a peer that does not speak Modbus, and serves the others", async () => {
    const socket = connect(ready.modbus.port, "127.0.0.1");
    sockets.push(socket);
    let closed = false;
    socket.once("close", () => (closed = true));
    socket.write("GET / HTTP/1.1\r\n\r\n");
    await until("it hangs up", () => closed);
    const client = new ModbusRTU();
    await client.connectTCP("127.0.0.1", { port: ready.modbus.port });
    client.setID(1);
    assert.equal((await client.readInputRegisters(0, 2)).data.length, 2);
    client.close(() => undefined);
  });

  it("scans plain and GS1 codes, each with a context and a line in the record", async () => {
    const { lines } = linesOf(ready.scanners["motor-1"] ?? 0);
    await until("six units were scanned", () => lines.length >= 6);
    const contexts = JSON.parse(readFileSync(join(folder, "contexts.json"), "utf8")) as ContextEntry[];
    const byKey = new Map(contexts.map(({ key, value }) => [key, value]));
    const records = recorded();
    for (const line of lines) {
      const code = line.replace(/^\]d2/, "");
      assert.equal(byKey.get(`context:${encodeURIComponent(code)}`)?.asset_id, "motor-1", line);
      const record = records.find((one) => one.asset === "motor-1" && one.code === code);
      assert.deepEqual(Object.keys(record?.readings ?? {}), [...CHANNELS]);
    }
    assert.ok(lines.some((line) => line.startsWith("]d201")));
    assert.ok(lines.some((line) => line.startsWith("https://")));
    assert.ok(lines.some((line) => /^B[0-9A-F]{5}-1-\d{4}-\d{3}$/.test(line)));
  });

  it("goes on when who held the control line hangs up with a reset", async () => {
    const rude = connect(ready.control.port, "127.0.0.1");
    await new Promise((resolve) => rude.once("connect", resolve));
    rude.write('{"name":"status"}\n');
    await new Promise((resolve) => rude.once("data", resolve));
    rude.resetAndDestroy();
    const { lines, write } = linesOf(ready.control.port);
    write('{"name":"status"}');
    await until("an answer", () => lines.length === 1);
    assert.ok(plant.running, plant.output);
  });

  it("does what the control line says, and says what is wrong with a command", async () => {
    const { lines, write } = linesOf(ready.control.port);
    write('{"name":"inject","state":"motor_overload","asset":"motor-2","duration_s":600,"severity":1}');
    write('{"name":"inject","state":"sabotage"}');
    write("not json");
    await until("three answers", () => lines.length === 3);
    const answers = lines.map((line) => JSON.parse(line) as { ok: boolean; code?: string });
    assert.deepEqual(answers.map(({ ok, code }) => [ok, code]), [[true, undefined], [false, "plant-command"], [false, "plant-command"]]); // prettier-ignore
    await until("it is overloaded", () =>
      recorded().some(({ asset, state, severity }) => asset === "motor-2" && state === "motor_overload" && severity === 1),
    ); // prettier-ignore
    assert.ok(recorded().every(({ asset, state }) => asset === "motor-2" || state === "normal"));
  });

  it("says which port is taken", async () => {
    const run = simulate("serve", "--modbus-port", String(ready.modbus.port));
    await assert.rejects(run, (error: { code: number; stderr: string }) => {
      assert.equal(error.code, 1);
      assert.match(error.stderr, /--modbus-port \d+: listen EADDRINUSE/);
      return true;
    });
  });

  it("ends cleanly when it is told to", async () => {
    plant.child.kill("SIGTERM");
    await until("it ended", () => !plant.running);
    assert.deepEqual([plant.child.exitCode, plant.child.signalCode], [0, null]);
    const all = recorded();
    assert.ok(all.length > 0 && all.every(({ at }) => !Number.isNaN(Date.parse(at))));
  });
});

describe("the simulator's other commands", function () {
  this.timeout(60_000);

  it("writes segments for training", async () => {
    const folder = mkdtempSync(join(tmpdir(), "simulator-segments-"));
    try {
      const { stdout } = await simulate("segments", "--runs", "1500", "--out", folder, "--products", "all");
      const written = JSON.parse(stdout) as { segments: number; prefix: string };
      assert.equal(written.segments, 2);
      assert.ok(existsSync(join(folder, written.prefix, "0000000002.ndjson.gz")));
      assert.equal(readLdos(folder).length, 1500);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("computes the best possible accuracy", async () => {
    const { stdout } = await simulate("bayes", "--runs", "2000");
    const [known, product, blind] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { accuracy: number });
    assert.ok(known && product && blind && known.accuracy > product.accuracy && product.accuracy > blind.accuracy);
  });

  it("says how it is used when it is not understood", async () => {
    for (const args of [["explode"], ["segments"], ["segments", "--out", "x", "--runs", "many"], ["serve", "--x"]]) {
      await assert.rejects(simulate(...args), (error: { code: number; stderr: string }) => {
        assert.equal(error.code, 1);
        assert.match(error.stderr, /npm run simulate -- segments/);
        return true;
      });
    }
  });
});
