/**
 * `node --import=tsx opcua-child.ts ours|bare URL NAMESPACE COUNT SECONDS`: follows COUNT tags and prints one line
 * {cpu_pct, values}: CPU time of this process, and what was heard, over SECONDS once every tag was heard.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AttributeIds,
  ClientMonitoredItemGroup,
  OPCUAClient,
  TimestampsToReturn,
  type ReadValueIdOptions,
} from "node-opcua-client";
import { systemClock } from "../../lib/clock";
import { OpcuaSource } from "../../lib/fusion/opcua/source";

const INTERVAL_MS = 1000;

type Follow = (url: string, names: readonly string[], heard: (index: number) => void) => Promise<() => Promise<void>>;

const ours: Follow = (url, names, heard) => {
  const pkiDir = mkdtempSync(join(tmpdir(), "context-edge-bench-"));
  const source = new OpcuaSource(
    { url, user: undefined, pkiDir, intervalMs: INTERVAL_MS, watchdogMs: 10_000 },
    systemClock,
    Math.random,
  );
  for (const [index, name] of names.entries())
    source.follow(name, (reading) => {
      if (reading.quality === "good") heard(index);
    });
  return Promise.resolve(async () => {
    await source.close();
    rmSync(pkiDir, { recursive: true, force: true });
  });
};

/** The floor: the library alone, with nothing done to the values. */
const bare: Follow = async (url, names, heard) => {
  const client = OPCUAClient.create({ endpointMustExist: false });
  await client.connect(url);
  const session = await client.createSession();
  const subscription = await session.createSubscription2({
    requestedPublishingInterval: INTERVAL_MS,
    publishingEnabled: true,
  });
  const items: ReadValueIdOptions[] = names.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value }));
  const group = ClientMonitoredItemGroup.create(
    subscription,
    items,
    { samplingInterval: INTERVAL_MS, queueSize: 1, discardOldest: true },
    TimestampsToReturn.Both,
  );
  group.on("changed", (_item, _value, index) => heard(index));
  return async () => {
    await session.close();
    await client.disconnect();
  };
};

async function main([kind, url, namespace, count, seconds]: string[]): Promise<void> {
  const names = Array.from({ length: Number(count) }, (_, i) => `ns=${namespace};s=tag${String(i).padStart(4, "0")}`);
  const missing = new Set(names.keys());
  let values = 0;
  const stop = await (kind === "bare" ? bare : ours)(url ?? "", names, (index) => {
    missing.delete(index);
    values++;
  });
  while (missing.size > 0) await wait(100);
  await wait(2000);
  values = 0;
  const begun = performance.now();
  const before = process.cpuUsage();
  await wait(Number(seconds) * 1000);
  const { user, system } = process.cpuUsage(before);
  const cpu_pct = ((user + system) / 1000 / (performance.now() - begun)) * 100;
  console.log(JSON.stringify({ cpu_pct, values }));
  await stop();
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
