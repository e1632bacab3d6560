import { functionOf, source } from "../files";
import { globalConfig } from "../modules";
import { Sheet, type FlowNode } from "../sheet";
import { addAlarmSource, addAsking } from "./source";

const MAIL_ENV = {
  SMTP_HOST: "127.0.0.1",
  SMTP_PORT: "25",
  MAIL_FROM: "gateway@plant.example",
  MAIL_TO: "maintenance@plant.example",
  RETRY_AFTER_S: "1",
} as const;

/** The package with the e-mail node, in the version that was tried. */
export const EMAIL_PACKAGE = { name: "node-red-node-email", version: "5.2.5" } as const;

/** Alarms by e-mail, again until the server takes them. */
export function alertsEmail(): FlowNode[] {
  const info = source("alerts", "email.md");
  const sheet = new Sheet("alerts-email", "Alerts by e-mail", info);
  sheet.comment("start", { col: 0, row: 0 }, "A mail when an alarm is raised (needs node-red-node-email)", info);
  const decision = addAlarmSource(sheet);
  const queue = sheet.node(
    "function",
    "queue",
    { col: 3.2, row: 4 },
    { name: "one at a time", ...functionOf([source("alerts", "outgoing.js"), source("alerts", "email.js")], 2) },
  );
  const mail = sheet.node(
    "e-mail",
    "mail",
    { col: 4.1, row: 4 },
    {
      name: "",
      server: "${SMTP_HOST}",
      port: "${SMTP_PORT}",
      authtype: "NONE",
      saslformat: true,
      token: "",
      secure: false,
      tls: true,
      dname: "mail",
    },
  );
  const taken = sheet.node(
    "complete",
    "taken",
    { col: 3.2, row: 2.4 },
    { name: "taken", scope: [mail.id], uncaught: false },
  );
  const failed = sheet.node(
    "catch",
    "failed",
    { col: 4.1, row: 2.4 },
    { name: "not taken", scope: [mail.id], uncaught: false },
  );
  const [ask] = addAsking(sheet, decision, { col: 3.2, row: 5.4 }, { repeatS: "", announced: true, closed: false });
  sheet.wire(decision, 0, queue);
  sheet.wire(queue, 0, mail);
  sheet.wire(taken, 0, queue);
  sheet.wire(failed, 0, queue);
  sheet.group("mail", "To the mail server (copy this to where your decision node is)", [
    queue,
    mail,
    taken,
    failed,
    ...(ask ? [ask] : []),
  ]);
  return [...sheet.json(), globalConfig(MAIL_ENV, { [EMAIL_PACKAGE.name]: EMAIL_PACKAGE.version })];
}
