/** What an OPC UA source costs while all is well, how soon it is back, and what it asks of a server that is down. */
import { join } from "node:path";
import { LASTING, OpcuaRig, PASSING, type Fault } from "../../test/support/opcua-rig";
import { startPeer } from "../../test/support/peers";
import { freePort } from "../../test/support/ports";
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
/**
 * While these last the server delivers nothing in time, and can count what it is asked. Not here: a process that stands still
 * counts nothing; a server with values that stand still, or are bad, is up, and is asked as usual.
 */
const DOWN = ["hang", "refuse", "mute", "late"];

export async function opcuaFigures(): Promise<Figure[]> {
  return [await cpu(), ...(await recoveries()), ...(await whileDown())];
}

/** Both by turns against one server, so that the machine is as busy for the one as for the other. */
async function cpu(): Promise<Figure> {
  const server = await startPeer("asyncua_server.py", ["--port", String(await freePort()), "--tags", String(TAGS)]);
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
    for (const name of DOWN) {
      const fault = named(name);
      await rig.good(name);
      const before = await requests(rig);
      await fault.on(rig.peer);
      await wait(LONG_DOWN_MS);
      const asked = (await requests(rig)) - before;
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

async function requests(rig: OpcuaRig): Promise<number> {
  return (await rig.peer.command("state"))["requests"] as number;
}

function named(name: string): Fault {
  const found = [...LASTING, ...PASSING].find((fault) => fault.name === name);
  if (!found) throw new Error(`no fault ${name}`);
  return found;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
