import { LASTING, MORE_LASTING, MORE_PASSING, PASSING, underBoth, type Fault } from "../../support/opcua-faults";
import { OpcuaRig, PUBLISHING_MS } from "../../support/opcua-rig";
import { shareOut } from "../../support/share-out";
import type { Trials } from "./run";

const WINDOW_MS = 6000;
/** What coming back once asks for, five of it questions that wait for what will be reported. */
const ATTEMPT = 18;
/** Answers to be reported with, where there is something to report, and the watchdog's readings. */
const USUAL_PER_S = 1.5 * (1000 / PUBLISHING_MS);

/** Each with each other, but two positions of one switch: the second takes the place of the first. */
export function opcuaPairs(): [Fault, Fault][] {
  const all = [...LASTING, ...MORE_LASTING, ...PASSING, ...MORE_PASSING];
  return all.flatMap((one, i) =>
    all
      .slice(i + 1)
      .filter((other) => other.of !== one.of)
      .map((other) => [one, other] as [Fault, Fault]),
  );
}

/** @throws Error where more is asked than a server in this state should be asked */
async function count(rig: OpcuaRig, pair: readonly Fault[], what: string): Promise<void> {
  // A process that stands still counts nothing.
  if (pair.some(({ of }) => of === "process")) return;
  const before = await rig.requests();
  const begun = performance.now();
  await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
  const seconds = (performance.now() - begun) / 1000;
  const asked = (await rig.requests()) - before;
  const most = pair.some(({ still }) => still) ? 2 * seconds + ATTEMPT : USUAL_PER_S * seconds;
  if (asked > most) throw new Error(`${what}: ${asked} requests in ${seconds.toFixed(1)} s`);
}

export async function opcuaTrials(places: number, say: (line: string) => void): Promise<Trials> {
  const rigs = await Promise.all(Array.from({ length: places }, () => OpcuaRig.start()));
  const pairs = opcuaPairs();
  let done = 0;
  try {
    const failed = await shareOut(rigs, pairs, async (rig, [one, other]) => {
      if (++done % 20 === 0) say(`OPC UA: ${done} of ${pairs.length} pairs`);
      const wrong = await underBoth(rig, one, other, (what) => count(rig, [one, other], what)).then(
        () => undefined,
        String,
      );
      if (wrong !== undefined) say(wrong);
      return wrong;
    });
    return { pairs: pairs.length, failed };
  } finally {
    await Promise.all(rigs.map((rig) => rig.stop()));
  }
}
