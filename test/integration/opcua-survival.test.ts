import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { systemClock } from "../../lib/clock";
import { OpcuaSource } from "../../lib/fusion/opcua/source";
import type { Reading } from "../../lib/fusion/reading";
import { scratch } from "../support/cache";
import { startOpcuaPeer, type Peer } from "../support/peers";
import { until } from "../support/process";

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const flows = (readings: Reading[], what: string): Promise<void> => {
  const from = readings.length;
  const good = (): number =>
    readings.slice(from).filter(({ quality, ageMs }) => quality === "good" && ageMs === undefined).length;
  return until(what, () => good() > 2, 5000);
};

/** What no event tells of: reporting that died, servers that are started before they are built, small servers. */
describe("OPC UA source at a server that does not do what it says", function () {
  this.timeout(60_000);
  let peer: Peer;
  let pkiDir: string;
  let source: OpcuaSource;
  let trouble = "";

  before(async function () {
    this.timeout(120_000);
    pkiDir = scratch("pki");
    peer = await startOpcuaPeer("--rate", "20", "--tags", "40");
  });
  after(async () => {
    await peer.stop();
    rmSync(pkiDir, { recursive: true, force: true });
  });
  beforeEach(() => open(1500));
  afterEach(() => source.close());

  function open(watchdogMs: number): void {
    const url = peer.info.url as string;
    source = new OpcuaSource({ url, user: undefined, pkiDir, intervalMs: 100, watchdogMs }, systemClock, Math.random);
    source.watch((text) => {
      trouble = text;
    });
  }
  function follow(name: string): Reading[] {
    const readings: Reading[] = [];
    source.follow(`nsu=urn:peer:sensors;s=${name}`, (reading) => readings.push(reading));
    return readings;
  }
  const requests = async (): Promise<number> => (await peer.command("state"))["requests"] as number;

  it("connects anew when variables are no longer reported but can be read", async () => {
    await source.close();
    open(500);
    const heard = follow("temperature");
    await flows(heard, "values");
    await peer.command("mute on");
    await until("it noticed", () => trouble.includes("newer values than it reports"));
    await peer.command("mute off");
    await flows(heard, "values again");
  });

  it("asks again for one variable that is no longer reported, and leaves the others alone", async () => {
    const steady = follow("current");
    const held = follow("vibration_x");
    await flows(held, "values");
    await peer.command("hold vibration_x on");
    await wait(3000);
    assert.equal(trouble, "", "a value that stays is no fault");
    await peer.command("hold vibration_x off");
    await flows(held, "values again");
    await flows(steady, "the others");
  });

  it("waits for an address space that comes after the port", async () => {
    const heard = follow("temperature");
    await flows(heard, "values");
    const restarted = peer.command("restart 0.2 3");
    await until(
      "it says what is missing",
      () => /has no namespace|BadNodeIdUnknown/.test(heard.at(-1)?.reason ?? ""),
      15_000,
    );
    await restarted;
    await flows(heard, "values of the new address space");
  });

  it("follows forty variables at a server that takes three in one request", async () => {
    await peer.command("limit 3");
    try {
      const all = Array.from({ length: 40 }, (_, i) => follow(`tag${String(i).padStart(4, "0")}`));
      await until("every one is heard", () =>
        all.every((readings) => readings.some(({ quality }) => quality === "good")),
      );
    } finally {
      await peer.command("limit off");
    }
  });

  it("makes a value stale whose stamp stands still, says so, and takes it up again", async () => {
    const heard = follow("temperature");
    await flows(heard, "values");
    await peer.command("freeze temperature on");
    await until("it says so", () => heard.at(-1)?.reason === "its source timestamp stands still");
    const aged = heard.findLast(({ ageMs }) => ageMs !== undefined);
    assert.ok((aged?.ageMs ?? NaN) > 1000, "it is as old as the stamp stands");
    assert.ok(
      heard.some(({ stamp, ageMs }) => ageMs === undefined && stamp === aged?.stamp),
      "the stamp is the server's",
    );
    await peer.command("freeze temperature off");
    await flows(heard, "values with stamps that go on");
  });

  it("asks a server that refuses at most twice a second, and says to each channel why nothing comes", async () => {
    const heard = follow("temperature");
    await flows(heard, "values");
    await peer.command("refuse on");
    await peer.command("drop");
    await wait(1000);
    const before = await requests();
    await wait(4000);
    assert.ok((await requests()) - before <= 8, `${(await requests()) - before} requests in 4 s`);
    assert.equal(heard.at(-1)?.silent, true);
    await peer.command("refuse off");
    await flows(heard, "values again");
  });

  it("does not flood a server that ends every session at once, and leaves none behind", async () => {
    const heard = follow("temperature");
    await flows(heard, "values");
    const stop = setInterval(() => void peer.command("kill-sessions"), 150);
    try {
      await wait(1500);
      const before = await requests();
      await wait(4000);
      const asked = (await requests()) - before;
      // Two attempts, of five requests at most and one that comes no further than the greeting; another may just begin.
      assert.ok(asked <= 10, `${asked} requests in 4 s`);
    } finally {
      clearInterval(stop);
    }
    await flows(heard, "values again");
    await source.close();
    await until("no connection is left", async () => (await peer.command("state"))["connections"] === 0);
  });
});
