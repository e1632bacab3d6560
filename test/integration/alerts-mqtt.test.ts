import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { alertsMqtt } from "../../flows/src/alerts/mqtt";
import type { Mer } from "../../lib/messages";
import { press, withEnv } from "../support/alarms";
import { mosquitto, type Heard, type Subscriber, type TestBroker } from "../support/mqtt";
import { linkedPalette, removeUserDir, startNodeRed, type NodeRed } from "../support/nodered";
import { until } from "../support/process";

const ASSET = "demo/line-1/motor-1/mer";
const WEAR = `${ASSET}/bearing_wear`;
const HOT = `${ASSET}/limit:temperature`;
const ONLINE = "demo/line-1/gateway/online";

describe("alerts to MQTT", function () {
  this.timeout(120_000);
  let broker: TestBroker;
  let userDir: string;
  let red: NodeRed;
  let flow: ReturnType<typeof alertsMqtt>;
  const open: Subscriber[] = [];

  const start = async (): Promise<void> => {
    // mqtt out tries again every 15 s unless told otherwise.
    const settings = { mqttReconnectTime: 500 };
    red = await startNodeRed({ version: "5.0.7", userDir, flow, settings });
  };
  const button = (name: string): Promise<void> => press(red, flow, name);
  const listen = async (topic = "#"): Promise<readonly Heard[]> => {
    const subscriber = await broker.subscribe(topic);
    open.push(subscriber);
    return subscriber.heard;
  };
  /** What somebody sees who subscribes now. */
  const retained = async (): Promise<Record<string, Mer | string>> => {
    const subscriber = await broker.subscribe("#");
    await until("the retained messages", () => subscriber.heard.some(({ topic }) => topic === ONLINE));
    await subscriber.stop();
    const kept = subscriber.heard.filter((message) => message.retained);
    return Object.fromEntries(kept.map(({ topic, payload }) => [topic, JSON.parse(payload) as Mer]));
  };
  const seen = async (what: string, expected: Readonly<Record<string, string>>): Promise<void> => {
    let last = {};
    await until(`a late subscriber sees ${what}`, async () => {
      last = Object.fromEntries(Object.entries(await retained()).map(([topic, mer]) => [topic, stateOf(mer)]));
      return isDeepStrictEqual(last, expected);
    }).catch((error: unknown) => assert.deepEqual(last, expected, String(error)));
  };

  before(async function () {
    this.timeout(300_000);
    broker = await mosquitto();
    userDir = linkedPalette();
    flow = withEnv(alertsMqtt(), { MQTT_HOST: "127.0.0.1", MQTT_PORT: String(broker.port), MQTT_STATUS_TOPIC: ONLINE });
  });
  after(async () => {
    for (const subscriber of open) await subscriber.stop();
    await red?.stop();
    await broker?.stop();
    removeUserDir(userDir);
  });

  it("publishes what was raised while the broker was not there, once it is", async () => {
    await start();
    await button("bearing wear");
    await broker.start();
    await seen("the open record", { [ONLINE]: "true", [ASSET]: "bearing_wear raised", [WEAR]: "bearing_wear raised" });
  });

  it("publishes each event as mer/1, and leaves on the asset's topic what needs attention most", async () => {
    const heard = await listen(ASSET);
    await button("97 °C");
    await until("the critical limit", () => heard.some(({ payload }) => payload.includes("limit:temperature")));
    await button("acknowledge bearing wear");
    await until("the acknowledgement", () => heard.some(({ payload }) => payload.includes('"acknowledged","cause"')));
    await seen("both, the critical one first", {
      [ONLINE]: "true",
      [ASSET]: "limit:temperature raised",
      [WEAR]: "bearing_wear acknowledged",
      [HOT]: "limit:temperature raised",
    });
    const mers = heard.map(({ payload }) => JSON.parse(payload) as Mer);
    assert.ok(mers.every(({ schema, durable }) => schema === "mer/1" && durable));
  });

  it("takes a closed record away, and falls back to the next one", async () => {
    await button("close: fan cleaned");
    await seen("the other one", {
      [ONLINE]: "true",
      [ASSET]: "bearing_wear acknowledged",
      [WEAR]: "bearing_wear acknowledged",
    });
  });

  it("publishes all again after the broker was killed and has forgotten everything, what was closed meanwhile too", async () => {
    await button("97 °C");
    await seen("two open ones", {
      [ONLINE]: "true",
      [ASSET]: "limit:temperature raised",
      [WEAR]: "bearing_wear acknowledged",
      [HOT]: "limit:temperature raised",
    });
    await broker.kill();
    await button("close: bearing replaced");
    await broker.start();
    await seen("the one that is open", {
      [ONLINE]: "true",
      [ASSET]: "limit:temperature raised",
      [HOT]: "limit:temperature raised",
    });
  });

  it("says that the gateway is gone when it is killed, and puts right at its start what it could not say", async () => {
    const heard = await listen(ONLINE);
    await red.process.stop("SIGKILL");
    await until("the last will", () => heard.at(-1)?.payload === "false");
    await start();
    await until("it is back", () => heard.at(-1)?.payload === "true");
    await button("close: fan cleaned");
    await seen("that nothing is open", { [ONLINE]: "true", [ASSET]: "limit:temperature closed" });
    assert.doesNotMatch(red.process.output, /Uncaught|unhandled|TypeError/i);
  });
});

/** "bearing_wear raised", or what is no record as it stands. */
function stateOf(mer: Mer | string): string {
  return typeof mer === "object" && mer !== null ? `${mer.label} ${mer.transition?.event}` : JSON.stringify(mer);
}
