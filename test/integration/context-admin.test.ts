import assert from "node:assert/strict";
import { contextAdmin } from "../../flows/src/context-admin/flow";
import { press, withEnv } from "../support/alarms";
import { mosquitto, type TestBroker } from "../support/mqtt";
import { linkedPalette, removeUserDir, startNodeRed, type NodeRed } from "../support/nodered";
import { until } from "../support/process";

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { reasons?: string[]; errors?: { line: number; reason: string }[] };
}

describe("the example that administers contexts", function () {
  this.timeout(120_000);
  let broker: TestBroker;
  let userDir: string;
  let red: NodeRed;
  let flow: ReturnType<typeof contextAdmin>;

  const ask = async (method: string, path: string, body?: unknown, type = "application/json"): Promise<Answer> => {
    const text = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
    const answer = await fetch(`${red.url}${path}`, { method, headers: { "content-type": type }, body: text });
    return { status: answer.status, body: (await answer.json()) as Answer["body"] };
  };

  before(async function () {
    this.timeout(300_000);
    broker = await mosquitto();
    await broker.start();
    userDir = linkedPalette();
    flow = withEnv(contextAdmin(), { MQTT_HOST: "127.0.0.1", MQTT_PORT: String(broker.port) });
    red = await startNodeRed({ version: "5.0.7", userDir, flow });
  });
  after(async () => {
    await red?.stop();
    await broker?.stop();
    removeUserDir(userDir);
  });

  it("stores, shows, changes and removes a context over HTTP", async () => {
    assert.equal((await ask("GET", "/contexts/A100")).status, 404);
    const context = { product: "Motor A", normal: { temperature: 75 } };
    assert.equal((await ask("PUT", "/contexts/A100", context)).status, 200);
    assert.deepEqual(await ask("GET", "/contexts/A100"), { status: 200, body: context });
    assert.equal((await ask("PATCH", "/contexts/A100", { hold: true })).status, 200);
    assert.deepEqual((await ask("GET", "/contexts/A100")).body, { ...context, hold: true });
    assert.equal((await ask("DELETE", "/contexts/A100")).status, 200);
    assert.equal((await ask("DELETE", "/contexts/A100")).status, 404);
  });

  it("refuses what breaks a rule, with every reason", async () => {
    const bad = await ask("PUT", "/contexts/A100", { product: "", normal: { temperature: "75" } });
    assert.deepEqual(bad, {
      status: 400,
      body: { ok: false, reasons: ["product must be a text", "normal.temperature must be a number"] },
    });
    assert.equal((await ask("PUT", "/contexts/A100", [1])).status, 400);
    const huge = await ask("PUT", "/contexts/A100", { product: "x".repeat(70_000) });
    assert.equal(huge.status, 400);
    assert.match(huge.body.reasons?.[0] ?? "", /70014 bytes, limit 65536/);
    assert.equal((await ask("GET", "/contexts/A100")).status, 404, "nothing of it was stored");
  });

  it("imports a CSV, names its broken lines, and checks one without writing", async () => {
    const csv = "code,product,article,normal.temperature\nC1,Motor A,007,75\nC2,Motor B,008,n.a.\nC3,Motor C,009,80\n";
    const checked = await ask("POST", "/contexts?check=true", csv, "text/csv");
    assert.deepEqual([checked.status, checked.body["count"], checked.body["rejected"]], [200, 2, 1]);
    assert.equal((await ask("GET", "/contexts/C1")).status, 404);
    const { status, body } = await ask("POST", "/contexts", csv, "text/csv");
    assert.equal(status, 200);
    assert.equal(body.errors?.[0]?.line, 3);
    assert.match(body.errors?.[0]?.reason ?? "", /normal\.temperature is "n\.a\."/);
    const stored = { product: "Motor C", article: "009", normal: { temperature: 80 } };
    assert.deepEqual((await ask("GET", "/contexts/C3")).body, stored);
    assert.equal((await ask("POST", "/contexts", "product\nMotor", "text/csv")).status, 400);
    assert.match(await (await fetch(`${red.url}/context-admin`)).text(), /<h1>Contexts<\/h1>/);
  });

  it("refuses a CSV that is not UTF-8, and lists the bad lines of JSON that comes as text", async () => {
    const latin = Buffer.from("code,product\nL1,Gerät\n", "latin1");
    const headers = { "content-type": "text/csv" };
    const answer = await fetch(`${red.url}/contexts`, { method: "POST", headers, body: latin });
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /line 2, not text in UTF-8 — save it as \\"CSV UTF-8\\"/);
    assert.equal((await ask("GET", "/contexts/L1")).status, 404);
    const lines = '{"code":"J1","value":{"product":}}\n{"code":"J2","value":{}}\n';
    const { status, body } = await ask("POST", "/contexts?check=true", lines, "text/plain");
    assert.deepEqual([status, body["count"], body.errors?.[0]?.line], [200, 1, 1]);
    assert.match(body.errors?.[0]?.reason ?? "", /is not valid JSON/);
    const none = await ask("POST", "/contexts?check=true", "code,product\n,Motor\n", "text/csv");
    assert.match(none.body.reasons?.[0] ?? "", /nothing can be imported\. line 2: has neither key nor code/);
  });

  it("answers broken JSON in words, with the place", async () => {
    const broken = '{"code":"J1",\n "value":{"product":}}';
    const listed = await ask("POST", "/contexts", broken);
    assert.equal(listed.status, 400);
    assert.match(listed.body.reasons?.[0] ?? "", /line 2: is not valid JSON: Unexpected token/);
    for (const method of ["PUT", "PATCH"]) {
      const { status, body } = await ask(method, "/contexts/J1", '{"product":}', "text/plain");
      assert.equal(status, 400);
      assert.match(body.reasons?.[0] ?? "", /^the body is no JSON: .*'}'.*/);
    }
    assert.equal((await ask("PUT", "/contexts/J1", '{"product":"Motor J"}', "text/plain")).status, 200);
    assert.deepEqual((await ask("GET", "/contexts/J1")).body, { product: "Motor J" });
    assert.equal((await ask("POST", "/contexts", "")).status, 400);
    const rows = [{ code: "J2", value: { product: "Motor K" } }];
    assert.deepEqual([(await ask("POST", "/contexts", rows)).status], [200]);
    assert.equal((await ask("GET", "/contexts/J2")).status, 200);
  });

  it("takes contexts from the MES, and sends back what it refuses", async () => {
    const subscriber = await broker.subscribe("mes/refused/#");
    const { heard } = subscriber;
    await broker.publish("mes/contexts/M1", '{"product":"Motor M"}');
    await until("stored", async () => (await ask("GET", "/contexts/M1")).status === 200);
    await broker.publish("mes/contexts/M2", '{"product":');
    await broker.publish("mes/contexts/M3", "[1]");
    await until("refused", () => heard.length === 2);
    assert.deepEqual(
      heard.map(({ topic }) => topic),
      ["mes/refused/contexts/M2", "mes/refused/contexts/M3"],
    );
    assert.match(heard[1]?.payload ?? "", /must be an object/);
    await broker.publish("mes/contexts/M1", "");
    await until("removed", async () => (await ask("GET", "/contexts/M1")).status === 404);
    await subscriber.stop();
  });

  it("counts each scan as a run, and goes on counting after a restart", async () => {
    assert.equal((await ask("GET", "/cycles/motor-1")).status, 404);
    const count = async (): Promise<unknown> => (await ask("GET", "/cycles/motor-1")).body["cycle_count"];
    await press(red, flow, "scan A100 at motor-1");
    await until("1", async () => (await count()) === 1);
    await red.stop();
    red = await startNodeRed({ version: "5.0.7", userDir, flow });
    await press(red, flow, "scan A100 at motor-1");
    await until("2", async () => (await count()) === 2);
  });
});
