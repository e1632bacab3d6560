import type { Node } from "node-red";
import { isoTime, systemClock } from "../../lib/clock";
import { commandOf } from "../../lib/command";
import type { Desk, Settled } from "../../lib/decision/book";
import { leaseAlarmBook, type AlarmBookLease } from "../../lib/decision/books";
import { COMMANDS, isAlarmCommand, parseCommand, parseList } from "../../lib/decision/commands";
import { Decider } from "../../lib/decision/decider";
import { FORGETFUL_STORE, SqlAlarmStore } from "../../lib/decision/store";
import { EdgeError, errorCode } from "../../lib/errors";
import type { Command, EdgeMessage, LabelSpec } from "../../lib/messages";
import type { Counts, Queue, Report } from "../../lib/operation/part";
import { sendFrom, shorten, type Send } from "../common/adapter";
import type { ConfigReader } from "../common/config";
import type { DeviceService } from "../common/services";
import { inspect, partOf } from "../common/operation";
import { readQueue } from "../common/queue";
import { StatusLine } from "../common/status";
import { alarmSettings, deciderSettings } from "./settings";

/** Messages that may wait for the disk: for the open records at the start, for those that were raised. */
const QUEUE = 1000;

/** A decision node at work: what comes in is judged or obeyed, what happens is stored, then sent. */
export class DecisionRuntime implements Desk {
  readonly settings: Desk["settings"];
  readonly queue: Queue;
  private readonly lease: AlarmBookLease;
  private readonly decider: Decider;
  private readonly status: StatusLine;
  private readonly live: boolean;
  private readonly counts: Counts;
  private lossSaid = false;
  /** Cancels the look at the status that time alone changes. */
  private cancelLook: () => void = () => undefined;

  constructor(
    private readonly node: Node,
    config: ConfigReader,
    private readonly device: DeviceService,
    labels: () => readonly LabelSpec[] | undefined,
    private readonly clone: (message: EdgeMessage) => EdgeMessage,
  ) {
    this.settings = alarmSettings(config, device);
    const judging = deciderSettings(config, device);
    this.queue = readQueue(config, QUEUE);
    this.live = device.mode === "live";
    const store = () => (this.live ? new SqlAlarmStore(() => device.database()) : FORGETFUL_STORE);
    this.lease = leaseAlarmBook(`${device.dataDir}|${device.mode}`, store, systemClock);
    this.lease.book.attach(this);
    this.decider = new Decider(judging, this.lease.book, this, labels);
    this.status = new StatusLine(node);
    this.counts = partOf(node).counts;
    inspect(node, (report) => this.tell(report));
    void this.lease.book.loaded.then(() => this.show());
  }

  /** What time brought about: an alarm cleared, a shelf ended. */
  announce(settled: Settled): void {
    this.raise({}, settled, (outputs) => sendFrom(this.node, outputs as EdgeMessage[][]));
    this.show();
  }

  input(message: EdgeMessage, send: Send): void | Promise<void> {
    if (this.lease.book.ready) return this.handle(message, send);
    return this.lease.book.loaded.then(() => this.handle(message, send));
  }

  private handle(message: EdgeMessage, send: Send): void | Promise<void> {
    const command = commandOf(message, COMMANDS);
    if (command?.name === "list") return this.list(command, message, send);
    if (command && (isAlarmCommand(command.name) || !message.fusion)) return this.command(command, message, send);
    return this.judge(message, send);
  }

  private judge(message: EdgeMessage, send: Send): void | Promise<void> {
    const { unguarded } = this.decider.limits;
    const { version } = unguarded;
    const decided = this.decider.decide(message);
    if (!decided) return this.show();
    message.decision = message.payload = decided.decision;
    this.counts.count("decisions_total", decided.decision.outcome);
    const { settled, failure } = decided;
    const base = settled && this.clone(message);
    const review = decided.review && { ...message, review: decided.review, payload: decided.review };
    send([null, review ?? null, message]);
    if (settled && base) return this.finish(base, settled, send, failure);
    if (failure) throw failure;
    if (unguarded.version !== version) this.show();
  }

  private command(command: Command, message: EdgeMessage, send: Send): Promise<void> {
    return this.finish(message, this.lease.book.command(this, parseCommand(command)), send);
  }

  private async list(command: Command, message: EdgeMessage, send: Send): Promise<void> {
    const { closed, announced, limit } = parseList(command);
    const mers = closed ? await this.lease.book.closed(limit) : this.lease.book.open(announced);
    const event = { kind: "list", cause: closed ? "closed" : "open", at: isoTime(systemClock.now()) };
    send([{ ...message, event, payload: mers }, null, null]);
  }

  /** Sends what happened once it is stored. @throws EdgeError `alarm-not-durable` after it was sent all the same; `failure` */
  private async finish(base: EdgeMessage, pending: Promise<Settled>, send: Send, failure?: EdgeError): Promise<void> {
    const settled = await pending;
    this.raise(base, settled, send);
    this.show();
    if (failure) throw failure;
    if (!settled.failure) return;
    throw new EdgeError("alarm-not-durable", `sent, but not stored: ${settled.failure.message}`, {
      cause: settled.failure,
    });
  }

  private raise(base: EdgeMessage, { changes }: Settled, send: Send): void {
    for (const { event } of changes) this.counts.count("alarm_events_total", event);
    if (!this.live) return;
    const messages = changes
      .filter((change) => change.sent)
      .map(({ event, cause, mer }) => ({
        ...base,
        mer,
        event: { kind: event, cause, at: mer.updated_at },
        payload: mer,
      }));
    if (messages.length > 0) send([messages, null, null]);
  }

  private show(): void {
    const { book } = this.lease;
    this.sayLoss();
    const open = book.open();
    const active = open.filter((mer) => mer.active).length;
    const { duplicates } = this.decider.counts;
    const { unguarded } = this.decider.limits;
    const { limits, what } = unguarded.summary();
    this.cancelLook();
    const settlesInMs = unguarded.settlesInMs();
    if (settlesInMs !== undefined) this.cancelLook = systemClock.after(settlesInMs, () => this.show());
    const repeated = duplicates > 0 ? ` · ${duplicates} duplicates` : "";
    const also = (limits > 0 ? ` · ${limits} not guarded` : "") + repeated;
    const guardless = `${limits} ${limits === 1 ? "limit" : "limits"} not guarded: ${what.join(", ")}`;
    if (book.failure) this.status.set("red", "ring", shorten(`alarms not stored: ${errorCode(book.failure)}`));
    else if (!this.live)
      this.status.set("grey", "ring", `${this.device.mode}: nothing is raised · ${active} active${also}`);
    else if (active > 0) this.status.set("red", "dot", `${active} active · ${open.length} open${also}`);
    else if (open.length > 0) this.status.set("yellow", "dot", `none active · ${open.length} open${also}`);
    else if (limits > 0) this.status.set("yellow", "ring", shorten(guardless));
    else this.status.set("green", "dot", `no alarms${repeated}`);
  }

  /** Once: how many there are by now stands in health. */
  private sayLoss(): void {
    const { lost } = this.lease.book;
    if (lost === 0 || this.lossSaid) return;
    this.lossSaid = true;
    this.node.warn(describeLoss(lost));
  }

  private tell(report: Report): void {
    const { book } = this.lease;
    const open = book.open();
    report.gauge("mers_open", open.length);
    report.gauge("mers_active", open.filter((mer) => mer.active).length);
    if (book.failure) {
      const cause = `alarms are not stored: ${book.failure.message}`;
      report.reason({ severity: "down", code: errorCode(book.failure), cause });
    }
    report.gauge("alarm_transitions_lost_total", book.lost);
    if (book.lost > 0) {
      report.reason({ severity: "degraded", code: "alarm-transitions-lost", cause: describeLoss(book.lost) });
    }
    const { unguarded } = this.decider.limits;
    report.gauge("limits_unguarded", unguarded.summary().limits);
    for (const { asset, cause } of unguarded.causes()) {
      report.reason({ severity: "degraded", code: "limit-unguarded", asset, cause });
    }
  }

  async close(): Promise<void> {
    this.lease.book.detach(this);
    this.cancelLook();
    this.status.close();
    await this.lease.release();
  }
}

function describeLoss(lost: number): string {
  const what = lost === 1 ? "1 alarm transition" : `${lost} alarm transitions`;
  return `${what} will not be in the bucket: more than 10,000 waited to be stored or uploaded, the oldest had to go`;
}
