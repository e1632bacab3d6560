/** Appends records to a spool for as long as it lives, and writes each id into a file once it is acknowledged. */
import { openSync, writeSync } from "node:fs";
import { systemClock } from "../../lib/clock";
import { S3Store, type S3Options } from "../../lib/storage/s3-store";
import { openSpool } from "../../lib/storage/spool";

const [dataDir, run, s3, ackFile] = process.argv.slice(2) as [string, string, string, string];
// A file outlives SIGKILL and never says EAGAIN, as a pipe does when its reader is slow.
const acks = openSync(ackFile, "a");
const store = new S3Store(JSON.parse(s3) as S3Options, systemClock);

async function main(): Promise<void> {
  const spool = await openSpool({
    dataDir,
    name: "ldo",
    keyPrefix: "ldo/v1/dev=kill",
    binding: "board",
    store,
    clock: systemClock,
    random: () => 0.05,
    limits: { rows: 50 },
    ages: { maxAgeMs: 200 },
  });
  console.log("open");
  for (let batch = 0; ; batch++) {
    const ids = Array.from({ length: 10 }, (_, n) => `${run}-${batch}-${n}`);
    // Every record is given twice: once per id is what must arrive.
    await Promise.all(
      ids.map(async (id) => {
        const line = JSON.stringify({ id, padding: "x".repeat(700) });
        await Promise.all([spool.append(id, line), spool.append(id, line)]);
        // Synchronous: what was acknowledged must not die in a buffer.
        writeSync(acks, `${id}\n`);
      }),
    );
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
