import { LASTING, OpcuaRig, PASSING, type Fault } from "../support/opcua-rig";

const SERVERS = 4;

/** Neighbours and next-but-ones of the list, and each with one that passes: every fault meets at least three others. */
function pairs(): [Fault, Fault][] {
  const chosen: [Fault, Fault][] = [];
  for (const [i, fault] of LASTING.entries()) {
    chosen.push([fault, LASTING[(i + 1) % LASTING.length]]);
    chosen.push([fault, PASSING[i % PASSING.length]]);
  }
  return chosen;
}

const process = { name: "stopped process" };

async function both(rig: OpcuaRig, [one, other]: [Fault, Fault]): Promise<void> {
  const what = `${one.name} and ${other.name}`;
  await rig.good(`before ${what}`);
  // A process that stands still takes no more commands: it comes last and goes first.
  const order = one.name === process.name ? [other, one] : [one, other];
  for (const fault of order) {
    // oxlint-disable-next-line no-await-in-loop
    await fault.on(rig.peer);
  }
  await rig.told(what);
  for (const fault of order.toReversed()) {
    // oxlint-disable-next-line no-await-in-loop
    await fault.off?.(rig.peer);
  }
  await rig.peer.command("ts * auto");
  await rig.good(`after ${what}`);
}

/** From the server to output 2 and back, for each fault alone and in twos. */
describe("sensor-fuse at an OPC UA server with faults", function () {
  this.timeout(120_000);
  let rigs: OpcuaRig[] = [];

  before(async () => {
    rigs = await Promise.all(Array.from({ length: SERVERS }, () => OpcuaRig.start()));
  });
  after(() => Promise.all(rigs.map((rig) => rig.stop())));

  it("tells each pair of faults within the maximum age, and is back within five seconds of its end", async () => {
    const waiting = pairs();
    const failed: string[] = [];
    await Promise.all(
      rigs.map(async (rig) => {
        for (let pair = waiting.shift(); pair; pair = waiting.shift()) {
          // oxlint-disable-next-line no-await-in-loop
          await both(rig, pair).catch((error: unknown) => failed.push(String(error)));
        }
      }),
    );
    if (failed.length > 0) throw new Error(failed.join("\n"));
  });
});
