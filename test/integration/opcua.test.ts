import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { systemClock } from "../../lib/clock";
import { OpcuaConnection } from "../../lib/fusion/opcua/connection";
import { OpcuaSource, type OpcuaOptions } from "../../lib/fusion/opcua/source";
import type { Reading } from "../../lib/fusion/reading";
import { scratch } from "../support/cache";
import { startOpcuaPeer, type Peer } from "../support/peers";
import { until } from "../support/process";

const RECOVERY_MS = 5000;

interface Heard {
  readings: Reading[];
  readonly last: Reading | undefined;
}

const flowing = (heard: Heard, what = "values come"): Promise<void> => {
  const counted = heard.readings.length;
  return until(what, () => heard.readings.length > counted + 2 && heard.last?.quality === "good", RECOVERY_MS);
};

/** Against an OPC UA server of another language and library, with faults on demand. */
describe("OPC UA source", function () {
  this.timeout(60_000);
  let peer: Peer;
  let pkiDir: string;
  let source: OpcuaSource;
  let trouble = "";

  before(async function () {
    this.timeout(120_000);
    pkiDir = scratch("pki");
    peer = await startOpcuaPeer("--rate", "20");
  });
  after(async () => {
    await peer.stop();
    rmSync(pkiDir, { recursive: true, force: true });
  });
  afterEach(() => source.close());

  const options = (more: Partial<OpcuaOptions> = {}): OpcuaOptions => ({
    url: peer.info.url as string,
    user: undefined,
    pkiDir,
    intervalMs: 100,
    watchdogMs: 3000,
    ...more,
  });

  function open(more: Partial<OpcuaOptions> = {}): void {
    source = new OpcuaSource(options(more), systemClock, Math.random);
    source.watch((text) => {
      trouble = text;
    });
  }

  const node = (name: string): string => `ns=${peer.info.ns_index};s=${name}`;

  function follow(nodeId: string): Heard {
    const readings: Reading[] = [];
    source.follow(nodeId, (reading) => {
      if (!reading.silent) readings.push(reading);
    });
    return {
      readings,
      get last() {
        return readings.at(-1);
      },
    };
  }

  it("follows variables by node id or by the namespace's URI, through one connection", async () => {
    open();
    const heard = [
      follow(node("temperature")),
      follow(node("current")),
      follow("nsu=urn:peer:sensors;s=vibration_x"),
      follow(node("temperature")),
    ];
    await Promise.all(heard.map((one) => flowing(one)));
    const value = heard[0]?.last?.value ?? NaN;
    assert.ok(value > 10 && value < 120, String(value));
    assert.equal((await peer.command("state"))["connections"], 1);
    assert.equal(trouble, "");
  });

  it("makes a bad status bad, though the number is plausible, and good again", async () => {
    open();
    const heard = follow(node("temperature"));
    await flowing(heard);
    await peer.command("status temperature BadSensorFailure");
    await until("it is bad", () => heard.last?.quality === "bad");
    assert.equal(heard.last?.reason, "BadSensorFailure");
    assert.ok(Number.isNaN(heard.last?.value));
    await peer.command("status temperature UncertainLastUsableValue");
    await until("it is uncertain", () => heard.last?.quality === "uncertain");
    await peer.command("status temperature Good");
    await flowing(heard, "it is good");
  });

  it("takes no text with a comma, null, array or NaN for a number", async () => {
    open();
    const heard = follow(node("current"));
    await flowing(heard);
    for (const [type, reason] of [
      ["StringComma", /"\d+,\d+" is not a number/],
      ["Null", /null is not a value/],
      ["Array", /a Float64Array of 3 values is not one number/],
    ] as const) {
      await peer.command(`type current ${type}`);
      await until(type, () => reason.test(heard.last?.reason ?? ""));
      assert.equal(heard.last?.quality, "bad");
    }
    await peer.command("type current Double");
    await peer.command("value current nan");
    await until("NaN", () => heard.last?.reason === "NaN is not a finite number");
    await peer.command("value current auto");
    await peer.command("type current Int16");
    await flowing(heard, "an integer is a number");
    await peer.command("type current Double");
  });

  it("hears of a value that is measured again and stays the same", async () => {
    open();
    const heard = follow(node("vibration_y"));
    await flowing(heard);
    await peer.command("value vibration_y 5");
    await until("it is 5", () => heard.last?.value === 5);
    await flowing(heard, "the same value keeps coming");
    await peer.command("value vibration_y auto");
  });

  it("says which variable the server does not know, and follows the others", async () => {
    open();
    const lost = [follow("ns=9;s=nope"), follow("nsu=urn:elsewhere;s=x"), follow("what is this")];
    const fine = follow(node("temperature"));
    await flowing(fine);
    assert.deepEqual(
      lost.map(({ last }) => last?.reason),
      [
        "ns=9;s=nope: the server answers BadNodeIdUnknown",
        "nsu=urn:elsewhere;s=x: the server has no namespace urn:elsewhere",
        '"what is this" is not a node id: write for example ns=2;s=temperature',
      ],
    );
  });

  it("connects anew when the server answers and delivers no value, and does not take the old value for a new one", async () => {
    open({ watchdogMs: 1500 });
    const heard = follow(node("temperature"));
    await flowing(heard);
    // With stamps it would show that there is nothing newer.
    await peer.command("ts * none");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await peer.command("hold * on");
    await new Promise((resolve) => setTimeout(resolve, 500));
    const counted = heard.readings.length;
    await until("the watchdog bit", () => trouble.startsWith("no value for"), 10_000);
    await until("it connected anew", () => trouble === "", RECOVERY_MS);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(heard.readings.length, counted, "the value of before says nothing about now");
    await peer.command("hold * off");
    await peer.command("ts * auto");
    await flowing(heard, "values after the silence");
  });

  it("leaves a server alone that shows that nothing has moved", async () => {
    open({ watchdogMs: 1500 });
    const heard = follow(node("temperature"));
    await flowing(heard);
    await peer.command("hold * on");
    const before = (await peer.command("state"))["requests"] as number;
    await new Promise((resolve) => setTimeout(resolve, 5000));
    const asked = ((await peer.command("state"))["requests"] as number) - before;
    assert.ok(asked <= 10, `${asked} requests in 5 s`);
    assert.equal(trouble, "");
    await peer.command("hold * off");
    await flowing(heard, "values again");
  });

  it("gives a second follower a value that stands still, and does not take it for a new one for the first", async () => {
    open();
    const first = follow(node("temperature"));
    await flowing(first);
    await peer.command("hold temperature on");
    await new Promise((resolve) => setTimeout(resolve, 500));
    const counted = first.readings.length;
    const second = follow(node("temperature"));
    await until("the second hears it", () => second.readings.length > 0, RECOVERY_MS);
    assert.equal(second.last?.value, first.last?.value);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(first.readings.length, counted, "the first has heard it already");
    await peer.command("hold temperature off");
    await Promise.all([flowing(first), flowing(second)]);
  });

  it("leaves no connection behind", async () => {
    open();
    await flowing(follow(node("temperature")));
    await source.close();
    await until("the server sees no connection", async () => (await peer.command("state"))["connections"] === 0);
  });

  it("closes with its last user and opens again with the next", async () => {
    open();
    const stop = source.follow(node("temperature"), () => undefined);
    await until("it connected", () => trouble === "");
    stop();
    await until("it closed", async () => (await peer.command("state"))["connections"] === 0);
    await flowing(follow(node("temperature")));
  });
});

describe("OPC UA user and password", function () {
  this.timeout(60_000);
  let peer: Peer;
  let pkiDir: string;

  before(async function () {
    this.timeout(120_000);
    pkiDir = scratch("pki");
    peer = await startOpcuaPeer("--user", "op:secret", "--no-anonymous");
  });
  after(async () => {
    await peer.stop();
    rmSync(pkiDir, { recursive: true, force: true });
  });

  const connect = (user: OpcuaOptions["user"]): Promise<OpcuaConnection> =>
    OpcuaConnection.open({ url: peer.info.url as string, user, pkiDir }, systemClock, new AbortController().signal);

  it("open a session; without them, or with wrong ones, the refusal says whose", async () => {
    const connection = await connect({ name: "op", password: "secret" });
    await connection.close();
    await assert.rejects(connect({ name: "op", password: "wrong" }), /refuses the user op/);
    await assert.rejects(connect(undefined), /refuses anonymous users/);
  });
});
