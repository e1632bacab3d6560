/** What an OPC UA source costs while all is well, how soon it is back, and what it asks of a server that is down. */
import { join } from "node:path";
import { LASTING, PASSING, type Fault } from "../../test/support/opcua-faults";
import { OpcuaRig } from "../../test/support/opcua-rig";
import { startOpcuaPeer } from "../../test/support/peers";
import { TestProcess } from "../../test/support/process";
import { figure, type Figure } from "../figures";
import { median } from "../statistics";

const TAGS = 1000;
const SECONDS = 15;
const ROUNDS = 3;
/** Of each fault. With so few the 99th percentile is the longest. */
const REPEATS = 8;
const DOWN_MS = 2000;
const LONG_DOWN_MS = 15_000;

const RECOVERIES = ["hang", "refuse", "mute", "freeze", "late", "stopped process", "drop", "kill-sessions", "restart"];
const KILLING_MS = 150;
/**
 * While these last the server delivers nothing in time, and can count what it is asked. Not here: a process that stands still
 * counts nothing; a server whose stamps stand still, or whose values are bad, reports them, and is asked as usual.
 */
const DOWN: readonly Fault[] = [
  ...["hang", "refuse", "mute", "late", "hold"].map(named),
  again("kill-sessions", KILLING_MS),
];

export async function opcuaFigures(): Promise<Figure[]> {
  return [await cpu(), ...(await recoveries()), ...(await whileDown())];
}

/** Both by turns against one server, so that the machine is as busy for the one as for the other. */
async function cpu(): Promise<Figure> {
  const server = await startOpcuaPeer("--tags", String(TAGS));
  const ours: number[] = [];
  const bare: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const [kind, measured] of [
        ["ours", ours],
        ["bare", bare],
      ] as const) {
        const child = new TestProcess(process.execPath, [
          "--import=tsx",
          join(__dirname, "opcua-child.ts"),
          kind,
          server.info.url as string,
          String(server.info.ns_index),
          String(TAGS),
          String(SECONDS),
        ]);
        const { cpu_pct, values } = JSON.parse(await child.line(/^\{"cpu_pct"/, 120_000)) as {
          cpu_pct: number;
          values: number;
        };
        await child.stop();
        if (values < 0.8 * TAGS * SECONDS)
          throw new Error(`${kind}: ${values} values of ${TAGS} tags in ${SECONDS} s are too few to compare`);
        measured.push(cpu_pct);
      }
    }
  } finally {
    await server.stop();
  }
  return figure("subscribe_1000_tags_cpu_pct", median(ours), "%", "≤ 15", {
    floor: median(bare),
    low: Math.min(...ours),
    high: Math.max(...ours),
  });
}

/** From the end of the fault to the first usable sample. */
async function recoveries(): Promise<Figure[]> {
  const figures: Figure[] = [];
  const rig = await OpcuaRig.start();
  try {
    for (const name of RECOVERIES) {
      const fault = named(name);
      const took: number[] = [];
      for (let i = 0; i < REPEATS; i++) {
        await rig.good(name);
        await fault.on(rig.peer);
        if (fault.off) await wait(DOWN_MS);
        await fault.off?.(rig.peer);
        const begun = performance.now();
        await rig.good(name).catch(() => undefined);
        took.push((performance.now() - begun) / 1000);
      }
      figures.push(figure(`recover_p99_s.opcua.${name.replaceAll(" ", "_")}`, Math.max(...took), "s", "≤ 5"));
    }
  } finally {
    await rig.stop();
  }
  return figures;
}

/** Requests and connections that the server counts, from the moment of the fault on. */
async function whileDown(): Promise<Figure[]> {
  const figures: Figure[] = [];
  const rig = await OpcuaRig.start();
  try {
    for (const fault of DOWN) {
      const { name } = fault;
      await rig.good(name);
      const before = await rig.requests();
      await fault.on(rig.peer);
      await wait(LONG_DOWN_MS);
      const asked = (await rig.requests()) - before;
      await fault.off?.(rig.peer);
      figures.push(
        figure(`requests_per_s_while_down.opcua.${name}`, asked / (LONG_DOWN_MS / 1000), "requests/s", "≤ 2"),
      );
    }
  } finally {
    await rig.stop();
  }
  return figures;
}

/** A passing fault that comes again and again: no session lasts. */
function again(name: string, everyMs: number): Fault {
  const fault = named(name);
  let timer: NodeJS.Timeout | undefined;
  return {
    ...fault,
    on: (peer) => {
      // A server that is busy may not answer the last of them.
      timer = setInterval(() => void fault.on(peer).catch(() => undefined), everyMs);
      return Promise.resolve();
    },
    off: () => Promise.resolve(clearInterval(timer)),
  };
}

function named(name: string): Fault {
  const found = [...LASTING, ...PASSING].find((fault) => fault.name === name);
  if (!found) throw new Error(`no fault ${name}`);
  return found;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
