import { systemClock } from "../../../lib/clock";
import { channelSpec } from "../../../lib/fusion/channel";
import { ModbusDevices } from "../../../lib/fusion/modbus/devices";
import { FusedRig, MAX_AGE_MS } from "../../support/fused-rig";
import { CONSTANTS, modbusOptions } from "../../support/modbus";
import { beginFaults, endFaults, modbusPairs, TrialPlaces, type Place } from "../../support/modbus-trial";
import type { Trials } from "./run";

const TIMEOUT_MS = 150;
const SETTLING_MS = 2 * MAX_AGE_MS;
const WINDOW_MS = 4000;
const INTERVAL_MS = 40;
/** Where some answers are good the others are asked for as usual, and those that are lacking once more. */
const USUAL_PER_S = 1.2 * CONSTANTS.length * (1000 / INTERVAL_MS);

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Under both: what is usable is right, what is not says why, a device that gives nothing is asked twice a second. */
async function attempt(place: Place, faults: readonly string[]): Promise<string | undefined> {
  const { peer, transport } = place;
  const options = modbusOptions(transport, { intervalMs: INTERVAL_MS, gap: 0, timeoutMs: TIMEOUT_MS });
  const devices = new ModbusDevices(options, systemClock, Math.random);
  const channels = CONSTANTS.map(({ match, format }) =>
    channelSpec({ name: `at_${match}`, source: "modbus", match, register: format, maxAgeMs: MAX_AGE_MS }),
  );
  const wrong: string[] = [];
  let heard = 0;
  const fused = new FusedRig(
    "modbus",
    channels,
    ({ match, channel }, listener) => {
      if (!channel.register) return;
      devices.follow(match, channel.register, (reading) => {
        if (reading.quality === "good") heard++;
        listener(reading);
      });
    },
    (data) => {
      for (const { match, value } of CONSTANTS) {
        const held = data[`at_${match}`];
        if (held !== null && held !== value) wrong.push(`${match} held ${held}`);
      }
    },
  );
  const requests = async (): Promise<number> => (await peer.command("state"))["requests"] as number;
  try {
    await fused.good("before");
    fused.mute.length = 0;
    await beginFaults(place, faults);
    await wait(SETTLING_MS);
    const [asked, good] = [await requests(), heard];
    const begun = performance.now();
    await wait(WINDOW_MS);
    const seconds = (performance.now() - begun) / 1000;
    const more = (await requests()) - asked;
    if (more > (heard === good ? 2 * seconds + 1 : USUAL_PER_S * seconds))
      return `${more} requests in ${seconds.toFixed(1)} s (${fused.reason})`;
    await endFaults(place, faults);
    await fused.good("after");
    if (wrong.length > 0) return `took for values: ${wrong.slice(0, 3).join(", ")}`;
    const [silent] = fused.mute;
    return silent === undefined ? undefined : `"${silent}" does not say what is wrong with which channel`;
  } catch (error) {
    return String(error);
  } finally {
    fused.close();
    await devices.close();
    await endFaults(place, faults);
  }
}

export async function modbusTrials(places: number, say: (line: string) => void): Promise<Trials> {
  const trials = await TrialPlaces.start(
    places,
    (port) => ["--port", String(port)],
    (_peer, port) => ({ kind: "tcp", host: "127.0.0.1", port }),
  );
  const pairs = modbusPairs();
  let done = 0;
  try {
    const failed = await trials.share(pairs, async (place, pair) => {
      if (++done % 20 === 0) say(`Modbus: ${done} of ${pairs.length} pairs`);
      const wrong = await attempt(place, pair);
      if (wrong !== undefined) say(`${pair.join(" and ")}: ${wrong}`);
      return wrong;
    });
    return { pairs: pairs.length, failed };
  } finally {
    await trials.stop();
  }
}
