import assert from "node:assert/strict";
import { systemClock } from "../../lib/clock";
import { ModbusDevices } from "../../lib/fusion/modbus/devices";
import type { Transport } from "../../lib/fusion/modbus/transport";
import { ConstantsWatch, modbusOptions } from "../support/modbus";
import { RECOVERY_MS, TrialPlaces, underFaults } from "../support/modbus-trial";
import type { Peer } from "../support/peers";
import { until } from "../support/process";

const FAULT_MS = 500;
const TIMEOUT_MS = 200;
const PLACES = 4;

/** Each goes wrong in a way of its own. */
const FAULTS = ["cutstay 6", "garbage 30", "late 300", "hang on"];
const MORE_FAULTS = ["cut 4", "wrongunit", "wrongfc", "short", "dup", "late 190", "exc 6"];

const LINES: {
  faults: readonly string[];
  name: string;
  args: (port: number) => string[];
  transport: (peer: Peer, port: number) => Transport;
}[] = [
  {
    name: "RTU over TCP",
    faults: [...FAULTS, ...MORE_FAULTS],
    args: (port) => ["--port", String(port), "--framer", "rtu"],
    transport: (_peer, port) => ({ kind: "rtu_tcp", host: "127.0.0.1", port }),
  },
  {
    name: "a serial port",
    faults: FAULTS,
    args: () => ["--pty"],
    transport: ({ info }) => ({
      kind: "serial",
      path: info.serial as string,
      baud: 19_200,
      parity: "none",
      stopBits: 1,
      dataBits: 8,
    }),
  },
];

/** On a serial line answers carry no number: only length, unit and function tell whose they are. */
for (const line of LINES) {
  describe(`Modbus over ${line.name}`, function () {
    this.timeout(30_000);
    let places: TrialPlaces;

    before(async function () {
      this.timeout(120_000);
      places = await TrialPlaces.start(PLACES, (port) => [...line.args(port), "--units", "1,2,3"], line.transport);
    });
    after(() => places.stop());

    it(`never takes anything for a value under ${line.faults.length} faults, and recovers from each`, async () => {
      const failed = await places.share(line.faults, (place, fault) =>
        underFaults(place, [fault], FAULT_MS, { timeoutMs: TIMEOUT_MS }),
      );
      assert.deepEqual(failed, []);
    });

    it("goes on reading the other units of the line while one is dead", async () => {
      const { peer, transport } = places.first;
      const options = modbusOptions(transport, { timeoutMs: TIMEOUT_MS, intervalMs: 40, gap: 0 });
      const devices = new ModbusDevices(options, systemClock, Math.random);
      try {
        const watch = new ConstantsWatch(devices);
        let second = 0;
        let third = 0;
        const why = new Set<string>();
        devices.follow("10@2", { type: "int16", order: "ABCD" }, ({ value }) => (second += value === 550 ? 1 : 0));
        devices.follow("10@3", { type: "int16", order: "ABCD" }, ({ value, reason }) => {
          third += value === 550 ? 1 : 0;
          if (reason !== "") why.add(reason);
        });
        await until("all are read", () => watch.allSince(0) && second > 0 && third > 0);
        await peer.command("dead 3");
        await until("it noticed", () => why.size > 0);
        const before = second;
        const begun = performance.now();
        await new Promise((resolve) => setTimeout(resolve, 2000));
        const rate = ((second - before) * 1000) / (performance.now() - begun);
        assert.ok(rate > 1000 / TIMEOUT_MS, `unit 2 was read ${rate.toFixed(1)} times a second: each round waited`);
        assert.match([...why][0], /unit 3: no answer within/);
        await peer.command("dead none");
        const counted = third;
        await until("unit 3 is back", () => third > counted, RECOVERY_MS);
        assert.deepEqual(watch.wrong, []);
      } finally {
        await devices.close();
        await peer.command("clear");
      }
    });
  });
}

describe("Modbus on a serial port that is not there", () => {
  it("says so in words", async () => {
    const transport: Transport = {
      kind: "serial",
      path: "/dev/there-is-none",
      baud: 9600,
      parity: "even",
      stopBits: 1,
      dataBits: 8,
    };
    const devices = new ModbusDevices(modbusOptions(transport), systemClock, Math.random);
    const heard: string[] = [];
    devices.follow("0", { type: "int16", order: "ABCD" }, ({ reason }) => heard.push(reason));
    await until("it was tried", () => heard.length > 0);
    await devices.close();
    assert.match(heard[0], /^\/dev\/there-is-none: there is no such serial port/);
  });
});
