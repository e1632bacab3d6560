/** A spool in a process of its own: appends what it is told, one id a line, and answers with what became of it. */
import { createInterface } from "node:readline";
import { systemClock } from "../../lib/clock";
import { FolderStore } from "../../lib/storage/folder-store";
import { openSpool } from "../../lib/storage/spool";

const [dataDir, bucket] = process.argv.slice(2) as [string, string];

async function main(): Promise<void> {
  const store = new FolderStore(bucket, systemClock);
  const common = { dataDir, name: "ldo", keyPrefix: "ldo/v1/dev=a", binding: "b", quotaBytes: 64 << 20 };
  const spool = await openSpool({ ...common, store, clock: systemClock, random: Math.random });
  spool.onState(({ health, error }) => console.log(`health ${health} ${error?.code ?? ""}`));
  console.log("open");
  for await (const id of createInterface({ input: process.stdin })) {
    const line = JSON.stringify({ id, fill: "x".repeat(20_000) });
    await spool.append(id, line).then(
      (outcome) => console.log(`${id} ${outcome}`),
      (error: { code: string }) => console.log(`${id} ${error.code}`),
    );
  }
}

void main();
