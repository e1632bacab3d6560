import { exampleDevice, MQTT_ENV, mqttBroker, mqttOut } from "../common";
import { functionFrom, source } from "../files";
import { globalConfig } from "../modules";
import { Sheet, type FlowNode, type Ref } from "../sheet";

/** Contexts by CSV upload, over HTTP and from the MES over MQTT; the count of runs. */
export function contextAdmin(): FlowNode[] {
  const info = source("context-admin", "info.md");
  const sheet = new Sheet("context-admin", "Context admin", info);
  sheet.comment("start", { col: 0, row: 0 }, "Deploy, then open /context-admin: contexts by CSV, HTTP and MQTT", info);
  const device = exampleDevice(sheet, "context admin example");
  const store = sheet.config("context-edge-store", "store", { name: "context admin example", device });
  const admin = sheet.node("qr-context", "admin", { col: 2.4, row: 3.5 }, { name: "contexts", device, store });
  const request = sheet.node(
    "function",
    "request",
    { col: 1.2, row: 3.5 },
    { name: "as a command, or refused", ...functionFrom(["context-admin", "request.js"], 2) },
  );
  const answer = sheet.node(
    "function",
    "answer",
    { col: 3.5, row: 3 },
    { name: "what was done", ...functionFrom(["context-admin", "answer.js"]) },
  );
  const caught = sheet.node(
    "catch",
    "caught",
    { col: 2.4, row: 5 },
    { name: "what was not done", scope: [admin.id], uncaught: false },
  );
  const refusal = sheet.node(
    "function",
    "refusal",
    { col: 3.5, row: 5 },
    { name: "why not", ...functionFrom(["context-admin", "refusal.js"], 2) },
  );
  const response = sheet.node("http response", "response", { col: 4.6, row: 3.5 }, httpResponse());
  const requests = [
    ["get", "/contexts/:code"],
    ["put", "/contexts/:code"],
    ["patch", "/contexts/:code"],
    ["delete", "/contexts/:code"],
    ["post", "/contexts"],
    ["get", "/cycles/:asset"],
  ].map(([method = "", url = ""], i) => httpIn(sheet, method, url, 1.5 + i));
  for (const one of requests) sheet.wire(one, 0, request);
  sheet.wire(request, 0, admin);
  sheet.wire(request, 1, response);
  sheet.wire(admin, 0, answer);
  sheet.wire(answer, 0, response);
  sheet.wire(caught, 0, refusal);
  sheet.wire(refusal, 0, response);
  const [mes, meant, refused] = addMes(sheet);
  sheet.wire(mes, 0, meant);
  sheet.wire(meant, 0, admin);
  sheet.wire(meant, 1, refused);
  sheet.wire(refusal, 1, refused);
  sheet.group("http", "Contexts over HTTP, and from the MES over MQTT", [
    ...requests,
    ...[request, admin, answer, caught, refusal, response, mes, meant, refused],
  ]);
  addPage(sheet);
  addCount(sheet, { device, store });
  return [...sheet.json(), globalConfig(MQTT_ENV, {})];
}

function addMes(sheet: Sheet): [Ref, Ref, Ref] {
  const broker = mqttBroker(sheet);
  const mes = sheet.node(
    "mqtt in",
    "mes",
    { col: 0, row: 8 },
    {
      name: "mes/contexts/<code>",
      topic: "mes/contexts/+",
      qos: "1",
      datatype: "buffer",
      broker,
      nl: false,
      rap: true,
      rh: 0,
      inputs: 0,
    },
  );
  const meant = sheet.node(
    "function",
    "mes-command",
    { col: 1.2, row: 8 },
    { name: "put or delete", ...functionFrom(["context-admin", "mes.js"], 2) },
  );
  const refused = sheet.node("mqtt out", "mes-refused", { col: 4.6, row: 6 }, mqttOut("mes/refused/…", broker, false));
  return [mes, meant, refused];
}

function addPage(sheet: Sheet): void {
  const asked = httpIn(sheet, "get", "/context-admin", 10.6);
  const page = sheet.node(
    "template",
    "page",
    { col: 1.2, row: 10.6 },
    {
      name: "page",
      field: "payload",
      fieldType: "msg",
      format: "html",
      syntax: "plain",
      template: source("context-admin", "page.html"),
      output: "str",
    },
  );
  const shown = sheet.node("http response", "page-response", { col: 2.4, row: 10.6 }, httpResponse());
  sheet.wire(asked, 0, page);
  sheet.wire(page, 0, shown);
  sheet.group("page", "The page for a CSV", [asked, page, shown]);
}

function addCount(sheet: Sheet, configs: { device: Ref; store: Ref }): void {
  const scan = sheet.node(
    "inject",
    "scan",
    { col: 0, row: 13.2 },
    {
      name: "scan A100 at motor-1",
      props: [{ p: "payload" }, { p: "reader", v: "reader-1", vt: "str" }],
      repeat: "",
      crontab: "",
      once: false,
      onceDelay: 0.1,
      topic: "",
      payload: "A100",
      payloadType: "str",
    },
  );
  const counted = sheet.node(
    "qr-context",
    "counted",
    { col: 1.2, row: 13.2 },
    { name: "scan, counted", ...configs, count_cycles: true },
  );
  const shown = sheet.node(
    "debug",
    "shown",
    { col: 2.4, row: 13.2 },
    {
      name: "cycle_count",
      active: true,
      tosidebar: true,
      console: false,
      tostatus: true,
      complete: "context.cycle_count",
      targetType: "msg",
      statusVal: "context.cycle_count",
      statusType: "msg",
    },
  );
  sheet.wire(scan, 0, counted);
  sheet.wire(counted, 0, shown);
  sheet.group("count", "Each scan is a run of its asset, and is counted", [scan, counted, shown]);
}

function httpIn(sheet: Sheet, method: string, url: string, row: number): Ref {
  return sheet.node(
    "http in",
    `${method} ${url}`,
    { col: 0, row },
    // Node-RED answers broken JSON with 500 by itself, unless it leaves the body alone; where a path has a parameter it never does.
    { name: "", url, method, upload: false, skipBodyParsing: method === "post", swaggerDoc: "" },
  );
}

function httpResponse(): Record<string, unknown> {
  return { name: "", statusCode: "", headers: {} };
}
