import assert from "node:assert/strict";
import { systemClock } from "../../lib/clock";
import { ModbusDevices } from "../../lib/fusion/modbus/devices";
import type { ModbusOptions } from "../../lib/fusion/modbus/devices";
import type { Reading } from "../../lib/fusion/reading";
import { modbusOptions } from "../support/modbus";
import { answerTo, exceptionTo, RawDevice, type Manners } from "../support/modbus-device";
import { freePort } from "../support/ports";
import { until } from "../support/process";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Heard {
  value: number;
  reason: string;
  silent: boolean;
  /** Times at which a value came. */
  at: number[];
}

const values = (heard: Record<string, Heard>): number[] => Object.values(heard).map(({ value }) => value);
const perSecond = ({ at }: Heard, from: number, to: number): number =>
  (at.filter((time) => time >= from && time < to).length * 1000) / (to - from);

/** Against a device made of bytes alone, which does what no library does. Register n of unit u holds 1000 · u + n. */
describe("a Modbus device or gateway with manners of its own", function () {
  this.timeout(20_000);
  let device: RawDevice;
  let devices: ModbusDevices | undefined;

  beforeEach(async () => {
    device = await RawDevice.start(await freePort());
  });
  afterEach(async () => {
    await devices?.close();
    devices = undefined;
    await until("no connection is left", () => device.openConnections === 0);
    await device.stop();
  });

  function follow(matches: readonly string[], more: Partial<ModbusOptions> = {}): Record<string, Heard> {
    devices = new ModbusDevices(modbusOptions(device.port, { gap: 0, ...more }), systemClock, Math.random);
    const heard: Record<string, Heard> = {};
    for (const match of matches) {
      const one: Heard = { value: NaN, reason: "", silent: false, at: [] };
      heard[match] = one;
      devices.follow(match, { type: "uint16", order: "ABCD" }, (reading: Reading) => {
        one.reason = reading.reason;
        one.silent = reading.silent ?? false;
        if (reading.quality !== "good") return;
        one.value = reading.value;
        one.at.push(performance.now());
      });
    }
    return heard;
  }
  it("may close the connection after each answer", async () => {
    device.manners = (_request, proper, socket) => (socket.end(proper), "handled");
    const heard = follow(["1", "20", "40"], { intervalMs: 100 });
    let trouble = "";
    devices?.watch((text) => (trouble = text));
    await until("all were read often", () => Object.values(heard).every(({ at }) => at.length > 5));
    assert.deepEqual(values(heard), [1001, 1020, 1040]);
    assert.equal(trouble, "");
  });

  it("may close an idle connection: it is opened again for the next round, without a word", async () => {
    device.manners = (_request, proper, socket) => {
      socket.write(proper);
      setTimeout(() => socket.end(), 60);
      return "handled";
    };
    const heard = follow(["1"], { intervalMs: 150 });
    await until("it was read", () => heard["1"].at.length > 0);
    const troubles: string[] = [];
    devices?.watch((text) => troubles.push(text));
    await until("it was read often", () => heard["1"].at.length > 6);
    assert.deepEqual(troubles, [""]);
    assert.ok(device.connections <= heard["1"].at.length + 1);
  });

  it("may be polled once an hour: what polls it still ends at once", async () => {
    const heard = follow(["1"], { intervalMs: 3_600_000 });
    await until("it was read", () => heard["1"].at.length > 0);
    const begun = performance.now();
    await Promise.race([devices?.close(), pause(2000)]);
    assert.ok(performance.now() - begun < 1000, "waited for the next round");
  });

  it("may send an answer byte by byte, twice, or with one that nobody asked for", async () => {
    let turn = 0;
    device.manners = (request, proper, socket) => {
      turn++;
      if (turn % 3 === 0)
        for (const [i, byte] of proper.entries()) setTimeout(() => socket.write(Buffer.from([byte])), i);
      else if (turn % 3 === 1) socket.write(Buffer.concat([proper, proper]));
      else
        socket.write(Buffer.concat([answerTo({ ...request, transaction: request.transaction - 1, unit: 9 }), proper]));
      return "handled";
    };
    const heard = follow(["1", "20"], { intervalMs: 20 });
    await until("all were read often", () => Object.values(heard).every(({ at }) => at.length > 9));
    assert.deepEqual(values(heard), [1001, 1020]);
    assert.equal(device.connections, 1);
  });

  it("may answer so late that the next question stands: the answer goes to nobody", async () => {
    const heard = follow(["1", "20@2"], { timeoutMs: 100, intervalMs: 30 });
    const seen = new Set<number>();
    devices?.follow(
      "20@2",
      { type: "uint16", order: "ABCD" },
      ({ value, quality }) => quality === "good" && seen.add(value),
    );
    await until("it reads", () => heard["1"].at.length > 0);
    let register = 5000;
    device.manners = (request, _proper, socket) => {
      // Unit 1 answers each question late, and with another value each time.
      if (request.unit !== 1) return undefined;
      const late = answerTo({ ...request, address: register++ });
      setTimeout(() => socket.write(late), 160);
      return "handled";
    };
    await pause(800);
    assert.equal(heard["1"].value, 1001, "a late answer was taken");
    assert.deepEqual([...seen], [2020]);
    assert.match(heard["1"].reason, /unit 1: no answer within 100 ms/);
    device.manners = () => undefined;
    const before = heard["1"].at.length;
    await until("it reads again", () => heard["1"].at.length > before, 5000);
  });

  it("may refuse one register of many: the others come at their rate, and that one when it is there", async () => {
    const missing = 37;
    device.manners = (request, _proper, socket) => {
      if (request.address > missing || request.address + request.count <= missing) return undefined;
      socket.write(exceptionTo(request, 2));
      return "handled";
    };
    const heard = follow(Array.from({ length: 60 }, (_, n) => String(n)));
    await until("it found the one", () => heard[missing].reason !== "" && !heard[missing].silent);
    assert.match(heard[missing].reason, /holding 37 of unit 1: the device answers exception 2/);
    await pause(300);
    const from = performance.now();
    const asked = device.requests.length;
    await pause(1000);
    const to = performance.now();
    for (const [match, one] of Object.entries(heard))
      if (match !== String(missing)) assert.ok(perSecond(one, from, to) > 10, `${match}: ${perSecond(one, from, to)}`);
    const refused = device.requests
      .slice(asked)
      .filter(({ address, count }) => address <= missing && missing < address + count);
    assert.ok(refused.length <= 2, `the refused one was asked for ${refused.length} times in a second`);
    device.manners = () => undefined;
    await until("it is there", () => heard[missing].value === 1037, 5000);
    const joined = device.requests.length;
    await pause(300);
    assert.ok(
      device.requests.slice(joined).some(({ count }) => count === 60),
      "all are asked for together again",
    );
  });

  for (const [what, manners] of [
    ["silent", () => "handled"],
    ["reported dead by its gateway", (request, _proper, socket) => (socket.write(exceptionTo(request, 11)), "handled")],
  ] as readonly [string, Manners][]) {
    it(`may have a unit that is ${what}: the other units go on at their rate`, async () => {
      const heard = follow(["1@1", "1@2", "1@3"], { timeoutMs: 400, intervalMs: 50 });
      await until("all are read", () => Object.values(heard).every(({ at }) => at.length > 2));
      device.manners = (request, proper, socket) => (request.unit === 2 ? manners(request, proper, socket) : undefined);
      await until("it noticed", () => heard["1@2"].reason !== "");
      await pause(500);
      const from = performance.now();
      const asked = device.requests.length;
      await pause(2500);
      const to = performance.now();
      for (const unit of ["1@1", "1@3"])
        assert.ok(perSecond(heard[unit], from, to) > 14, `${unit}: ${perSecond(heard[unit], from, to)}`);
      const probes = device.requests.slice(asked).filter(({ unit }) => unit === 2).length;
      assert.ok(probes >= 1 && probes <= 3, `${probes} probes in 2.5 s`);
      assert.ok(heard["1@2"].silent && /unit 2/.test(heard["1@2"].reason), heard["1@2"].reason);
      device.manners = () => undefined;
      const back = performance.now();
      await until("it is back", () => (heard["1@2"].at.at(-1) ?? 0) > back, 5000);
      assert.equal(device.connections, 1, "for one dead unit no connection is given up");
    });
  }

  it("may do one thing after the other: a gateway that waits for its dead unit is not asked aside again", async () => {
    let busyUntil = 0;
    device.manners = (request, proper, socket) => {
      const begin = Math.max(performance.now(), busyUntil);
      busyUntil = begin + (request.unit === 2 ? 500 : 5);
      if (request.unit !== 2) setTimeout(() => socket.write(proper), busyUntil - performance.now());
      return "handled";
    };
    const heard = follow(["1@1", "1@2", "1@3"], { timeoutMs: 300, intervalMs: 50 });
    await until("it noticed", () => heard["1@2"].reason !== "");
    await pause(1000);
    const from = performance.now();
    await pause(2000);
    for (const unit of ["1@1", "1@3"]) assert.ok(perSecond(heard[unit], from, performance.now()) > 2);
  });

  it("may be two places of one connection: an asset's own host does not wait for the other's", async () => {
    const other = await RawDevice.start(await freePort());
    try {
      const assets = [
        { asset: "press-1", host: "", unit: 1, offset: 10 },
        { asset: "press-2", host: `127.0.0.1:${other.port}`, unit: 2, offset: 0 },
      ];
      const heard = follow(["40001@press-1", "40001@press-2", "40001@press-9"], { assets });
      await until(
        "both are read",
        () => heard["40001@press-1"].value === 1010 && heard["40001@press-2"].value === 2000,
      );
      assert.match(heard["40001@press-9"].reason, /asset table has no "press-9"/);
      await other.stop();
      const from = performance.now();
      await until("it noticed", () => heard["40001@press-2"].reason.includes("nothing listens there"));
      await pause(500);
      assert.ok(perSecond(heard["40001@press-1"], from, performance.now()) > 10);
    } finally {
      await other.stop();
    }
  });
});
