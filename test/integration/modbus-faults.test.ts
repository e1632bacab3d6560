import assert from "node:assert/strict";
import { systemClock } from "../../lib/clock";
import { ModbusDevices } from "../../lib/fusion/modbus/devices";
import { ConstantsWatch, modbusOptions } from "../support/modbus";
import { modbusPairs, TrialPlaces, underFaults, type Place } from "../support/modbus-trial";
import { until } from "../support/process";

const FAULT_MS = 400;
const TIMEOUT_MS = 150;
/** So many at once: the pairs are many. */
const PLACES = 16;

/** Past the first few requests, which find out what is wrong. */
async function countRequests({ peer, transport }: Place, fault: string): Promise<string | undefined> {
  const options = modbusOptions(transport, { timeoutMs: TIMEOUT_MS, gap: 0 });
  const devices = new ModbusDevices(options, systemClock, Math.random);
  try {
    const watch = new ConstantsWatch(devices);
    await until("it reads", () => watch.allSince(0));
    await peer.command(fault);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const before = (await peer.command("state"))["requests"] as number;
    const begun = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const rate = (((await peer.command("state"))["requests"] as number) - before) / (performance.now() - begun);
    if (rate * 1000 > 2) return `${(rate * 1000).toFixed(1)} requests a second`;
    return watch.reasons.size > 0 && watch.wrong.length === 0 ? undefined : "no reason was given";
  } finally {
    await devices.close();
    await peer.command("clear");
  }
}

describe("Modbus under every two faults at a time", function () {
  this.timeout(120_000);
  let places: TrialPlaces;

  before(async () => {
    places = await TrialPlaces.start(
      PLACES,
      (port) => ["--port", String(port)],
      (_peer, port) => ({ kind: "tcp", host: "127.0.0.1", port }),
    );
  });
  after(() => places.stop());

  it("never takes anything for a value, and reads again within 5 s, over one connection", async () => {
    const failed = await places.share(modbusPairs(), (place, pair) =>
      underFaults(place, pair, FAULT_MS, { timeoutMs: TIMEOUT_MS }),
    );
    assert.deepEqual(failed, []);
  });

  it("asks at most twice a second while there is only one of them, and says why", async () => {
    const alone = ["hang on", "garbage 40", "cut 7", "wrongfc", "exc 6", "exc 11", "exc 2", "dead 1"];
    assert.deepEqual(await places.share(alone, countRequests), []);
  });
});
