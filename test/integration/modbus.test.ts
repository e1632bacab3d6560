import assert from "node:assert/strict";
import { systemClock } from "../../lib/clock";
import { ModbusDevices } from "../../lib/fusion/modbus/devices";
import { WORD_ORDERS, type RegisterFormat } from "../../lib/fusion/modbus/registers";
import type { Reading } from "../../lib/fusion/reading";
import { modbusOptions } from "../support/modbus";
import { startPeer, type Peer } from "../support/peers";
import { freePort } from "../support/ports";
import { until } from "../support/process";

const RECOVERY_MS = 5000;

/** Against a Modbus server of another language and library, with faults on demand. */
describe("Modbus source", () => {
  let peer: Peer;
  let port: number;
  let source: ModbusDevices;
  let trouble = "";

  before(async function () {
    this.timeout(120_000);
    port = await freePort();
    peer = await startPeer("pymodbus_server.py", ["--port", String(port)]);
  });
  after(() => peer.stop());

  beforeEach(async () => {
    await peer.command("clear");
    source = new ModbusDevices(modbusOptions(port, { timeoutMs: 300, intervalMs: 50 }), systemClock, Math.random);
    source.watch((text) => {
      trouble = text;
    });
  });
  afterEach(() => source.close());

  /** Follows an address; what came last, how often, and why nothing did. */
  function follow(
    address: string,
    format: RegisterFormat = { type: "float32", order: "ABCD" },
  ): { last: Reading | undefined; count: number; value(): number; reason(): string } {
    const heard = {
      last: undefined as Reading | undefined,
      count: 0,
      value: () => heard.last?.value ?? NaN,
      reason: () => heard.last?.reason ?? "",
    };
    source.follow(address, format, (reading) => {
      heard.last = reading;
      heard.count++;
    });
    return heard;
  }

  it("reads floats in all four byte orders, scaled integers, doubles and coils", async () => {
    const floats = WORD_ORDERS.map((order, i) => follow(String(i * 2), { type: "float32", order }));
    const int16 = follow("10", { type: "int16", order: "ABCD" });
    const negative = follow("11", { type: "int16", order: "ABCD" });
    const uint32 = follow("22", { type: "uint32", order: "CDAB" });
    const int32 = follow("24", { type: "int32", order: "ABCD" });
    const float64 = follow("30", { type: "float64", order: "ABCD" });
    const reference = follow("30001");
    const coil = follow("coil:2", { type: "coil", order: "ABCD" });
    const discrete = follow("10003", { type: "coil", order: "ABCD" });
    const nan = follow("8");
    await until("all were read", () => discrete.count > 0 && nan.count > 0 && reference.count > 0 && coil.count > 0);
    for (const [i, float] of floats.entries()) assert.equal(float.value(), Math.fround(123.456), WORD_ORDERS[i]);
    assert.equal(int16.value(), 550);
    assert.equal(negative.value(), -1234);
    assert.equal(uint32.value(), 3_000_000_000);
    assert.equal(int32.value(), -2);
    assert.equal(float64.value(), -1234.5678);
    assert.equal(reference.value(), Math.fround(-273.15), "30001 is the first input register");
    assert.equal(coil.value(), 1);
    assert.equal(discrete.value(), 0);
    assert.equal(nan.reason(), "its registers hold NaN");
  });

  it("reads neighbours with one request, one request at a time", async () => {
    const live = ["40", "42", "44", "46"].map((address) => follow(address));
    await until("some rounds passed", () => live.every(({ count }) => count > 5));
    const before = (await peer.command("state"))["requests"] as number;
    const counted = live[0]?.count ?? 0;
    await until("ten more", () => (live[0]?.count ?? 0) >= counted + 10);
    const requests = ((await peer.command("state"))["requests"] as number) - before;
    assert.ok(requests <= 13, `${requests} requests for ten rounds of four channels`);
    assert.equal((await peer.command("state"))["connections"], 1);
  });

  it("says which register a device refuses, and goes on reading the others", async () => {
    const fine = follow("198");
    const refused = follow("200");
    await until("the device refused", () => refused.count > 2 && fine.count > 2);
    assert.equal(refused.reason(), "holding 200 of unit 1: the device answers exception 2 (illegal data address)");
    assert.equal(fine.value(), 0);
    assert.equal(trouble, "");
  });

  for (const [what, command] of [
    ["half a frame and a closed connection", "cut 7 1"],
    ["half a frame and silence", "cutstay 5 1"],
    ["garbage", "garbage 40 1"],
    ["an answer of another unit", "wrongunit 1"],
    ["an answer of another function", "wrongfc 1"],
    ["too few registers", "short 1"],
    ["an answer of another transaction", "wrongtid 1"],
    ["an answer twice", "dup 1"],
    ["an answer that is late", "late 900 1"],
    ["a closed connection", "close"],
  ] as const) {
    it(`recovers from ${what}, and never takes it for a value`, async () => {
      const float = follow("0");
      const seen = new Set<unknown>();
      source.follow("0", { type: "float32", order: "ABCD" }, (reading) => reading.silent || seen.add(reading.value));
      await until("it reads", () => float.count > 2);
      await peer.command(command);
      const counted = float.count;
      await until("it reads again", () => float.count > counted + 3 && float.value() > 0, RECOVERY_MS);
      assert.equal(float.value(), Math.fround(123.456));
      assert.equal(seen.size, 1, [...seen].join(" "));
    });
  }

  it("recovers from a device that hangs, restarts or refuses connections", async () => {
    const float = follow("0");
    await until("it reads", () => float.count > 2);
    await peer.command("hang on");
    await until("it noticed", () => trouble !== "");
    await peer.command("hang off");
    let counted = float.count;
    await until("it reads again", () => float.count > counted + 2, RECOVERY_MS);
    await peer.command("restart 1");
    counted = float.count;
    await until("it reads after the restart", () => float.count > counted + 2, RECOVERY_MS);
    assert.equal(trouble, "");
  });

  it("does not flood a device that is away", async () => {
    const float = follow("0");
    await until("it reads", () => float.count > 0);
    await peer.command("hang on");
    const before = (await peer.command("state"))["requests"] as number;
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const requests = ((await peer.command("state"))["requests"] as number) - before;
    assert.ok(requests < 12, `${requests} requests within two seconds`);
  });

  it("leaves no connection behind", async () => {
    const float = follow("0");
    await until("it reads", () => float.count > 0);
    await source.close();
    await until("the device sees no connection", async () => (await peer.command("state"))["connections"] === 0);
  });
});
