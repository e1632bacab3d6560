import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { alertsWebhook } from "../../flows/src/alerts/webhook";
import type { Mer } from "../../lib/messages";
import { press, withEnv } from "../support/alarms";
import { linkedPalette, removeUserDir, startNodeRed, type NodeRed } from "../support/nodered";
import { freePort } from "../support/ports";
import { until } from "../support/process";

interface Tried {
  readonly key: string;
  readonly mer: Mer;
  readonly answered: string;
}

/** What a web service may do with a request: a status, a status with Retry-After, no answer at all, a cut connection. */
type Mood = number | "later" | "hangs" | "cuts";

/** A web service that works through its moods, then takes everything. */
class Service {
  readonly tried: Tried[] = [];
  moods: Mood[] = [];
  private server: Server | undefined;

  constructor(readonly port: number) {}

  start(): Promise<void> {
    this.server = createServer((request, response) => void this.serve(request, response));
    return new Promise((resolve) => this.server?.listen(this.port, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  taken(): string[] {
    return this.tried.filter(({ answered }) => answered === "200").map(({ mer }) => nameOf(mer));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const part of request) body += String(part);
    const mood = this.moods.shift() ?? 200;
    const key = String(request.headers["idempotency-key"]);
    this.tried.push({ key, mer: JSON.parse(body) as Mer, answered: String(mood) });
    if (mood === "cuts") request.socket.destroy();
    else if (mood === "later") response.writeHead(429, { "retry-after": "1" }).end();
    else if (mood !== "hangs") response.writeHead(mood).end("{}");
  }
}

function nameOf({ label, transition }: Mer): string {
  return `${label} ${transition?.event}`;
}

describe("alerts to a webhook", function () {
  this.timeout(60_000);
  let service: Service;
  let userDir: string;
  let red: NodeRed;
  let flow: ReturnType<typeof alertsWebhook>;

  const button = (name: string): Promise<void> => press(red, flow, name);
  const start = async (): Promise<void> => {
    red = await startNodeRed({ version: "5.0.7", userDir, flow });
  };

  before(async () => {
    service = new Service(await freePort());
    await service.start();
    userDir = linkedPalette();
    const url = `http://127.0.0.1:${service.port}/alarms`;
    flow = withEnv(alertsWebhook(), { WEBHOOK_URL: url, WEBHOOK_TIMEOUT_S: "0.5", RETRY_AFTER_S: "0.1" });
    await start();
  });
  after(async () => {
    await red?.stop();
    await service?.stop();
    removeUserDir(userDir);
  });

  it("sends an event again until it is taken: refused for now, late, hanging, cut off; the key stays the same", async () => {
    service.moods = [503, "hangs", "cuts", "later", 500];
    await button("bearing wear");
    await button("acknowledge bearing wear");
    await until("both are taken", () => service.taken().length === 2);
    assert.deepEqual(service.taken(), ["bearing_wear raised", "bearing_wear acknowledged"]);
    const [raised] = service.tried as [Tried];
    assert.equal(raised.key, `${raised.mer.mer_id}/1`);
    assert.deepEqual(
      service.tried.map(({ key, answered }) => [key, answered]),
      [
        ...["503", "hangs", "cuts", "later", "500", "200"].map((answered) => [raised.key, answered]),
        [`${raised.mer.mer_id}/2`, "200"],
      ],
    );
  });

  it("does not let an event that will never be taken keep back the next", async () => {
    service.moods = [400];
    await button("97 °C");
    await button("close: fan cleaned");
    await until("the next is taken", () => service.taken().includes("limit:temperature closed"));
    assert.ok(!service.taken().includes("limit:temperature raised"));
  });

  it("sends what could not be sent before Node-RED was killed, with the keys it would have had", async () => {
    await service.stop();
    await button("97 °C");
    await button("close: bearing replaced");
    await until("it was tried", () => red.process.output.includes("ECONNREFUSED"));
    await red.process.stop("SIGKILL");
    const before = service.tried.length;
    await service.start();
    await start();
    await until("both are taken", () =>
      ["limit:temperature raised", "bearing_wear closed"].every((name) => service.taken().includes(name)),
    );
    const again = service.tried.slice(before).map(({ key, mer }) => [key, `${mer.mer_id}/${mer.transition?.number}`]);
    for (const [key, transition] of again) assert.equal(key, transition);
    assert.doesNotMatch(red.process.output, /Uncaught|unhandled|TypeError/i);
  });
});
