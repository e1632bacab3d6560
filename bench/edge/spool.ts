/** How many records a second become durable, and what that does to the event loop of the flow beside it. */
import { rmSync } from "node:fs";
import { systemClock } from "../../lib/clock";
import { uuidv7 } from "../../lib/ids";
import { FolderStore } from "../../lib/storage/folder-store";
import { openSpool, type Spool } from "../../lib/storage/spool";
import { scratch } from "../../test/support/cache";
import { figure, type Figure } from "../figures";
import { medianInterval, quantile } from "../statistics";

const BLOCKS = 20;
const RECORDS = 5_000;
const WAITING = 1_000;
/** Of the gap measurement: a busy line, not a flood. */
const PACE_PER_MS = 1;
const PACED_MS = 1_500;
const LINE = JSON.stringify({ padding: "x".repeat(780) });

export async function spoolFigures(): Promise<Figure[]> {
  const dir = scratch("bench-spool");
  const store = new FolderStore(`${dir}/objects`, systemClock);
  const spool = await openSpool({
    dataDir: dir,
    name: "bench",
    keyPrefix: "ldo/v1/dev=bench",
    binding: "bench",
    store,
    clock: systemClock,
    random: Math.random,
  });
  try {
    return [await rate(spool), await gap(spool)];
  } finally {
    await spool.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function rate(spool: Spool): Promise<Figure> {
  const perSecond: number[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const started = performance.now();
    let sent = 0;
    const writer = async (): Promise<void> => {
      while (sent < RECORDS) {
        sent++;
        await spool.append(uuidv7(Date.now()), LINE);
      }
    };
    await Promise.all(Array.from({ length: WAITING }, writer));
    perSecond.push((RECORDS / (performance.now() - started)) * 1000);
  }
  const { value, low, high } = medianInterval(perSecond);
  return figure("spool_ldo_per_s", value, "1/s", "≥ 10000", { low, high });
}

/** p99.9 of the event loop's gaps while records go to the spool, less the same with a sink that does nothing. */
async function gap(spool: Spool): Promise<Figure> {
  const sink = { append: (): Promise<string> => Promise.resolve("stored") };
  const added: number[] = [];
  const floors: number[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const floor = await gaps(sink);
    floors.push(floor);
    added.push((await gaps(spool)) - floor);
  }
  const { value, low, high } = medianInterval(added);
  return figure("spool_gap_added_ms", value, "ms", "≤ 1", { floor: quantile(floors, 0.5), low, high });
}

function gaps(sink: { append(id: string, line: string): Promise<string> }): Promise<number> {
  const seen: number[] = [];
  const end = performance.now() + PACED_MS;
  let last = performance.now();
  let due = last;
  return new Promise((resolve) => {
    const turn = (): void => {
      const now = performance.now();
      seen.push(now - last);
      last = now;
      for (; due < now; due += 1 / PACE_PER_MS) void sink.append(uuidv7(Date.now()), LINE);
      if (now < end) setImmediate(turn);
      else resolve(quantile(seen, 0.999));
    };
    setImmediate(turn);
  });
}
