import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EMAIL_PACKAGE, alertsEmail } from "../../flows/src/alerts/email";
import { press, withEnv } from "../support/alarms";
import { cached } from "../support/cache";
import { linkedPalette, removeUserDir, startNodeRed, type NodeRed } from "../support/nodered";
import { freePort } from "../support/ports";
import { until } from "../support/process";
import { MailSink } from "../support/smtp";

/** Where the e-mail node is, installed once. */
async function emailNode(): Promise<string> {
  const { name, version } = EMAIL_PACKAGE;
  const dir = await cached(name, version, (target) => {
    console.log(`      installing ${name}@${version} into ${target}`);
    writeFileSync(join(target, "package.json"), JSON.stringify({ name: "peer", private: true }));
    const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
    execFileSync("npm", ["install", `${name}@${version}`, ...quiet], { cwd: target, stdio: "pipe" });
  });
  return join(dir, "node_modules", name);
}

describe("alerts by e-mail", function () {
  this.timeout(60_000);
  let sink: MailSink;
  let userDir: string;
  let red: NodeRed;
  let flow: ReturnType<typeof alertsEmail>;

  const button = (name: string): Promise<void> => press(red, flow, name);
  const start = async (): Promise<void> => {
    red = await startNodeRed({ version: "5.0.7", userDir, flow });
  };

  before(async function () {
    this.timeout(300_000);
    sink = new MailSink(await freePort());
    await sink.start();
    userDir = linkedPalette({ [EMAIL_PACKAGE.name]: await emailNode() });
    flow = withEnv(alertsEmail(), {
      SMTP_HOST: "127.0.0.1",
      SMTP_PORT: String(sink.port),
      MAIL_FROM: "gateway@plant.example",
      MAIL_TO: "maintenance@plant.example",
      RETRY_AFTER_S: "0.1",
    });
    await start();
  });
  after(async () => {
    await red?.stop();
    await sink?.stop();
    removeUserDir(userDir);
  });

  it("mails what was raised, once the server is there and takes it, with what to do and why", async () => {
    sink.cuts = true;
    sink.refuse = 1;
    await button("97 °C");
    await until("it was tried", () => sink.connections > 1);
    sink.cuts = false;
    await until("a mail", () => sink.mails.length > 0);
    const [mail] = sink.mails as [string];
    assert.match(mail, /^To: maintenance@plant\.example$/m);
    assert.match(mail, /^From: gateway@plant\.example$/m);
    assert.match(mail, /^Subject: \[critical\] motor-1: limit:temperature$/m);
    assert.match(mail, /^X-Alarm-Transition: MER-[0-9a-f-]{36}\/1$/m);
    assert.match(mail, /^Stop the asset safely and check for overheating\.$/m);
    assert.match(mail, /^measured {6}temperature 97, limit 95$/m);
  });

  it("mails neither what people did nor what goes on", async () => {
    await button("97 °C");
    await button("close: fan cleaned");
    await button("bearing wear");
    await until("the next alarm's mail", () => sink.mails.length === 2);
    assert.match(sink.mails[1] ?? "", /^Subject: \[high\] motor-1: bearing_wear$/m);
  });

  it("tells after a restart what is active and not acknowledged, in one mail", async () => {
    sink.cuts = true;
    const before = sink.connections;
    await button("97 °C");
    await until("it was tried", () => sink.connections > before);
    await red.process.stop("SIGKILL");
    sink.cuts = false;
    await start();
    await until("a mail", () => sink.mails.length === 3);
    assert.match(sink.mails[2] ?? "", /^Subject: After a start: 2 alarms are active$/m);
    assert.doesNotMatch(red.process.output, /Uncaught|unhandled|TypeError/i);
  });
});
