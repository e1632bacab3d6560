/** The fault switches of the OPC UA peer, alone and in twos. */
import type { OpcuaRig } from "./opcua-rig";
import type { Peer } from "./peers";

/** Something that goes wrong at the server; `off` undefined: it is over by itself. */
export interface Fault {
  readonly name: string;
  /** The peer's switch: two positions of one switch are no two faults. */
  readonly of: string;
  on(peer: Peer): Promise<unknown>;
  off?(peer: Peer): Promise<unknown>;
  /** While it lasts nothing moves that could be reported: the server is to be left alone. */
  readonly still?: true;
}

const command =
  (...lines: string[]) =>
  async (peer: Peer): Promise<void> => {
    for (const line of lines) {
      // In this order.
      // oxlint-disable-next-line no-await-in-loop
      const answer = await peer.command(line);
      if (answer["error"] !== undefined) throw new Error(`${line}: ${JSON.stringify(answer["error"])}`);
    }
  };
const switchOf = (line: string): string => line.split(" ", 1)[0];
const lasting = (name: string, on: string[], off: string[], more: { still?: true } = {}): Fault => ({
  name,
  of: switchOf(on[0]),
  on: command(...on),
  off: command(...off),
  ...more,
});
const passing = (name: string, line: string): Fault => ({ name, of: switchOf(line), on: command(line) });
const STILL = { still: true } as const;

/** Faults that last until they are lifted; each makes the channel unusable. */
export const LASTING: readonly Fault[] = [
  lasting("hang", ["hang on"], ["hang off"], STILL),
  lasting("refuse", ["refuse on", "drop"], ["refuse off"], STILL),
  lasting("hold", ["hold * on"], ["hold * off"], STILL),
  lasting("freeze", ["freeze * on"], ["freeze * off"]),
  lasting("mute", ["mute on"], ["mute off"], STILL),
  lasting("late", ["delay 2500"], ["delay 0"], STILL),
  lasting("bad status", ["status * BadSensorFailure"], ["status * Good"]),
  lasting("NaN", ["value * nan"], ["value * auto"]),
  lasting("null", ["type * Null"], ["type * Double"]),
  lasting("array", ["type * Array declare"], ["type * Double declare"]),
  lasting("text", ["type * StringComma"], ["type * Double"]),
  {
    name: "stopped process",
    of: "process",
    on: (peer) => Promise.resolve(process.kill(peer.info.pid, "SIGSTOP")),
    off: (peer) => Promise.resolve(process.kill(peer.info.pid, "SIGCONT")),
    still: true,
  },
];

/** Faults that are over at once; what matters is the way back. */
export const PASSING: readonly Fault[] = [
  passing("drop", "drop"),
  passing("kill-sessions", "kill-sessions"),
  passing("restart", "restart 0.3"),
  passing("stamps left out", "ts * none"),
  passing("stamps an hour back", "ts * -3600000"),
];

/** Further positions of the peer's switches, for whoever has the time. */
export const MORE_LASTING: readonly Fault[] = [
  lasting("boolean", ["type * Boolean declare"], ["type * Double declare"]),
  lasting("infinite", ["value * inf"], ["value * auto"]),
];
export const MORE_PASSING: readonly Fault[] = [
  passing("restart with a late address space", "restart 0.2 1"),
  passing("one item in a request", "limit 1"),
  passing("single precision", "type * Float"),
];

/** What the switches that passing faults leave behind are put back with. */
const CLEAR = ["ts * auto", "limit off", "type * Double"];

/** Both faults at a time, from the server to output 2 and back. @param meanwhile while they last, once they are told */
export async function underBoth(
  rig: OpcuaRig,
  one: Fault,
  other: Fault,
  meanwhile?: (what: string) => Promise<void>,
): Promise<void> {
  const what = `${one.name} and ${other.name}`;
  await rig.good(`before ${what}`);
  // A process that stands still takes no more commands: it comes last and goes first.
  const order = one.of === "process" ? [other, one] : [one, other];
  try {
    for (const fault of order) {
      // oxlint-disable-next-line no-await-in-loop
      await fault.on(rig.peer);
    }
    if (order.some((fault) => fault.off !== undefined)) {
      await rig.told(what);
      await meanwhile?.(what);
    }
  } finally {
    for (const fault of order.toReversed()) {
      // oxlint-disable-next-line no-await-in-loop
      await fault.off?.(rig.peer);
    }
    await command(...CLEAR)(rig.peer);
  }
  await rig.good(`after ${what}`);
}
