import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Waits until the address answers; any status will do, a page behind a password answers 401. */
export async function firstAnswer(url: string): Promise<void> {
  for (;;) {
    const status = await fetch(url, { redirect: "manual" }).then(
      (answer) => answer.status,
      () => undefined,
    );
    // 404 comes from a Node-RED whose flows are not started yet.
    if (status !== undefined && status !== 404) return;
    await sleep(250);
  }
}

/** The first object that appears below `folder`, or undefined after two minutes. */
export async function firstSegment(folder: string): Promise<string | undefined> {
  const deadline = performance.now() + 120_000;
  while (performance.now() < deadline) {
    const found = segmentIn(folder);
    if (found !== undefined) return found;
    await sleep(1000);
  }
  return undefined;
}

function segmentIn(folder: string): string | undefined {
  try {
    const name = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((path) => path.endsWith(".ndjson.gz"));
    return name === undefined ? undefined : join(folder, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
