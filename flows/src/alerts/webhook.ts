import { shown } from "../common";
import { functionOf, source } from "../files";
import { globalConfig } from "../modules";
import { Sheet, type FlowNode } from "../sheet";
import { post } from "./http";
import { addAlarmSource, addAsking } from "./source";

const WEBHOOK_ENV = {
  WEBHOOK_URL: "http://127.0.0.1:8080/alarms",
  WEBHOOK_TIMEOUT_S: "10",
  RETRY_AFTER_S: "1",
} as const;

/** Alarms to a web service, again until they are taken. */
export function alertsWebhook(): FlowNode[] {
  const info = source("alerts", "webhook.md");
  const sheet = new Sheet("alerts-webhook", "Alerts to a webhook", info);
  sheet.comment(
    "start",
    { col: 0, row: 0 },
    "Each alarm event to a web service, again until it is taken, with a stable key",
    info,
  );
  const decision = addAlarmSource(sheet);
  const queue = sheet.node(
    "function",
    "queue",
    { col: 3.2, row: 4 },
    { name: "one at a time", ...functionOf([source("alerts", "outgoing.js"), source("alerts", "webhook.js")], 2) },
  );
  const request = sheet.node("http request", "request", { col: 4.1, row: 3.4 }, post("POST"));
  const refused = sheet.node("debug", "refused", { col: 4.1, row: 4.6 }, shown("refused", "true"));
  const asks = addAsking(sheet, decision, { col: 3.2, row: 6 }, { repeatS: "", announced: true });
  sheet.wire(decision, 0, queue);
  sheet.wire(queue, 0, request);
  sheet.wire(queue, 1, refused);
  sheet.wire(request, 0, queue);
  sheet.group("webhook", "To the web service (copy this to where your decision node is)", [
    queue,
    request,
    refused,
    ...asks,
  ]);
  return [...sheet.json(), globalConfig(WEBHOOK_ENV, {})];
}
