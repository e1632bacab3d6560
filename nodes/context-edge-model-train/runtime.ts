import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Node, NodeMessage } from "node-red";
import { isoTime, systemClock } from "../../lib/clock";
import { commandOf } from "../../lib/command";
import { asError, EdgeError, errorCode } from "../../lib/errors";
import type { Command, EdgeMessage } from "../../lib/messages";
import type { Queue, Report } from "../../lib/operation/part";
import { isRecord } from "../../lib/path";
import { OPEN_AGAIN_MS, SharedFiles, type FileLease } from "../../lib/storage/shared-files";
import { assertCause, dueMonth } from "../../lib/training/cause";
import { Foreman, type News } from "../../lib/training/foreman";
import { SqlLedger } from "../../lib/training/ledger";
import { promoteCandidate } from "../../lib/training/promotion";
import { hasEnded, type TrainingRun } from "../../lib/training/run";
import { sendFrom, type Send } from "../common/adapter";
import type { ConfigReader } from "../common/config";
import { inspect } from "../common/operation";
import type { DeviceService, ObjectsService } from "../common/services";
import { StatusLine } from "../common/status";
import type { TrainSecrets } from "./github";
import type { Recipe } from "./recipe";
import { openPlace, readSettings, type TrainSettings } from "./settings";
import { describeRun, shownRun } from "./shown";

interface Means {
  readonly device: DeviceService;
  readonly objects: ObjectsService;
  readonly recipe: Recipe;
}

/** One foreman per model and data folder, however many nodes and deploys there are. */
const foremen = new SharedFiles<Foreman>(systemClock, "training-settings", "context-edge-model-train");

const COMMANDS = "start, stop, state, report, promote";
/** Commands that may wait for the disk. */
const QUEUE = 100;
const TELL_EVERY_MS = 1_000;
const CALENDAR_EVERY_MS = 600_000;
const SHOWN_RUNS = 20;
const LARGEST_REPORT = 32 << 20;

/** A model-train node at work. */
export class TrainRuntime {
  readonly queue: Queue = { limit: QUEUE, policy: "refuse" };
  private readonly settings: TrainSettings;
  private readonly lease: FileLease<Foreman>;
  private readonly ledger: SqlLedger;
  private readonly status: StatusLine;
  private foreman: Foreman | undefined;
  private unfollow: () => void = () => undefined;
  private failure: Error | undefined;
  private latest: TrainingRun | undefined;
  private closed = false;
  private nextTell: (() => void) | undefined;
  private cancelLook: () => void = () => undefined;
  private cancelOpen: () => void = () => undefined;

  constructor(
    private readonly node: Node,
    config: ConfigReader,
    private readonly means: Means,
    secrets: TrainSecrets,
  ) {
    const { device, objects } = means;
    this.settings = readSettings(config, device.ring);
    this.status = new StatusLine(node);
    this.ledger = new SqlLedger(() => device.database());
    const { model, deadlineMs } = this.settings;
    const workplace = openPlace(config, secrets, this.settings, device, objects);
    this.lease = foremen.lease(`${device.dataDir}|${model}`, { ...this.settings, site: workplace.site }, async () => {
      const foreman = new Foreman({
        model,
        device: device.device,
        ledger: this.ledger,
        store: objects.store,
        workplace,
        clock: systemClock,
        random: Math.random,
        deadlineMs,
      });
      await this.ledger.latest(model, 1);
      foreman.begin();
      return foreman;
    });
    inspect(node, (report) => this.tell(report));
    this.status.set("grey", "ring", "opening");
    this.openUntilOpen();
  }

  async input(message: EdgeMessage, send: Send): Promise<void> {
    const command = commandOf(message, COMMANDS) ?? dueOf(message);
    if (!command) {
      throw new EdgeError(
        "command",
        `the message has no command (${COMMANDS}) and says of no retraining that it is due`,
      );
    }
    const foreman = await this.open();
    switch (command.name) {
      case "start":
        return this.start(foreman, command, message, send);
      case "stop":
        await foreman.stop(personOf(command));
        return;
      case "state":
        return send([await this.state(message), null]);
      case "report":
        return send([await this.report(command, message), null]);
      case "promote":
        return send([await this.promote(command, message), null]);
      default:
        throw new EdgeError("command-unknown", `no command ${command.name}: use ${COMMANDS}`);
    }
  }

  private async start(foreman: Foreman, command: Command, message: EdgeMessage, send: Send): Promise<void> {
    const { cause } = command;
    const { run, fresh } = await foreman.start({
      cause: cause as string | undefined,
      by: personOf(command),
      config: this.means.recipe.toml(),
    });
    // News of a run come from the foreman; that there is no second one is only told here.
    if (!fresh) send([{ ...message, ...this.event("already", run) }, null]);
  }

  private async state(message: EdgeMessage): Promise<EdgeMessage> {
    const runs = await this.ledger.latest(this.settings.model, SHOWN_RUNS);
    const at = isoTime(systemClock.now());
    const { current, trouble } = this.foreman ?? {};
    // Epochs are not written down.
    const shown = runs.map((run) => shownRun(run.id === current?.id && !hasEnded(run) ? current : run));
    const event = {
      kind: "state",
      cause: "asked",
      at,
      model: this.settings.model,
      place: this.settings.place,
      ring: this.settings.ring,
      runs: shown,
      ...(trouble && { trouble: { code: trouble.code, text: trouble.message } }),
    };
    return { ...message, event, payload: event };
  }

  /** The report of a run as a page of its own: the latest that has one, unless the command names another. */
  private async report(command: Command, message: EdgeMessage): Promise<EdgeMessage> {
    const runs = await this.ledger.latest(this.settings.model, SHOWN_RUNS);
    const wanted = typeof command["id"] === "string" && command["id"] !== "" ? command["id"] : undefined;
    const run = runs.find((each) => each.candidate && (wanted === undefined || each.id === wanted));
    const file = run?.candidate && join(run.candidate.folder, "report.html");
    const html = file === undefined ? undefined : await readFile(file, "utf8").catch(() => undefined);
    if (!run || html === undefined || html.length > LARGEST_REPORT) {
      throw new EdgeError("training-report", wanted ? `run ${wanted} has no report here` : "no run has a report yet");
    }
    const event = { kind: "report", cause: "asked", at: isoTime(systemClock.now()), id: run.id };
    return { ...message, event, payload: html };
  }

  /** Puts a published release into service for a ring; the one who asks answers for it. */
  private async promote(command: Command, message: EdgeMessage): Promise<EdgeMessage> {
    const text = (name: string, fallback: string): string => {
      const value = command[name];
      return typeof value === "string" && value.trim() !== "" ? value.trim().slice(0, 200) : fallback;
    };
    const { model, keys } = this.settings;
    const by = personOf(command);
    const version = text("version", "");
    const ring = text("ring", this.settings.ring);
    if (by === "unnamed" || version === "") {
      throw new EdgeError("command-field", "a promotion needs the version, and by: who answers for it");
    }
    const expect = command["expect"];
    if (expect !== undefined && !(Number.isSafeInteger(expect) && Number(expect) >= 0)) {
      throw new EdgeError("command-field", "expect must be the number of a pointer, 0 for none");
    }
    const runs = await this.ledger.latest(model, SHOWN_RUNS);
    const made = runs.find(({ candidate }) => candidate?.version === version)?.candidate?.release_sha256 ?? "";
    const releaseSha256 = text("release_sha256", made);
    const wish = {
      model,
      version,
      ring,
      by,
      reason: text("reason", ""),
      ...(releaseSha256 !== "" && { releaseSha256 }),
      ...(expect !== undefined && { expect: Number(expect) }),
    };
    const lines = await promoteCandidate(this.means.objects.store, wish, keys, systemClock);
    const event = {
      kind: "promoted",
      cause: "command",
      at: isoTime(systemClock.now()),
      model,
      version,
      ring,
      by,
      lines,
    };
    return { ...message, event, payload: event };
  }

  private openUntilOpen(said = ""): void {
    this.open().catch((error: unknown) => {
      const { message } = asError(error);
      if (this.closed) return;
      if (message !== said) this.node.error(message);
      this.status.set("red", "ring", `cannot open its runs (${errorCode(error)})`);
      this.cancelOpen = systemClock.after(OPEN_AGAIN_MS, () => this.openUntilOpen(message));
    });
  }

  private async open(): Promise<Foreman> {
    try {
      const foreman = await this.lease.opened();
      this.failure = undefined;
      if (foreman !== this.foreman && !this.closed) await this.attach(foreman);
      return foreman;
    } catch (error) {
      this.failure = asError(error);
      throw error;
    }
  }

  private async attach(foreman: Foreman): Promise<void> {
    this.foreman = foreman;
    this.unfollow();
    this.unfollow = foreman.follow((run, news) => this.hear(run, news));
    [this.latest] = await this.ledger.latest(this.settings.model, 1);
    this.show();
    this.lookAtCalendar();
  }

  private hear(run: TrainingRun, news: News): void {
    if (news !== "waiting") this.latest = run;
    this.show();
    if (news === "progress") return this.tellSoon();
    this.nextTell?.();
    this.nextTell = undefined;
    if (news === "watching" || news === "dispatching") return;
    const told = this.event(news === "taken" ? "already" : news, run);
    sendFrom(this.node, [told, news === "done" && run.candidate ? this.candidate(run) : null]);
    if (news === "failed" && run.failure) this.node.error(`${run.cause}: ${run.failure.text}`, told as NodeMessage);
  }

  /** Epochs of a small model come faster than a page can show them. */
  private tellSoon(): void {
    this.nextTell ??= systemClock.after(TELL_EVERY_MS, () => {
      this.nextTell = undefined;
      if (this.latest && !this.closed) sendFrom(this.node, [this.event("progress", this.latest), null]);
    });
  }

  private event(kind: string, run: TrainingRun): EdgeMessage {
    const event = { kind, cause: run.cause, at: isoTime(systemClock.now()), run: shownRun(run) };
    return { topic: run.model, event, payload: event };
  }

  private candidate(run: TrainingRun): EdgeMessage {
    const { candidate } = shownRun(run);
    const event = { kind: "candidate", cause: run.cause, at: isoTime(systemClock.now()), run_id: run.id };
    return { topic: run.model, event, candidate, payload: candidate };
  }

  /**
   * Due by the calendar: looked at again and again, because a gateway may be off for months; while it is off too, so that
   * nothing is caught up with when it is turned on.
   */
  private lookAtCalendar(): void {
    const { monthly, model } = this.settings;
    if (this.closed) return;
    const look = async (): Promise<void> => {
      if (this.means.device.clock.trouble() !== undefined) return;
      const now = systemClock.now();
      const lookedAt = await this.ledger.lookedAt(model);
      const cause = lookedAt === undefined || !monthly ? undefined : dueMonth(monthly, lookedAt, now);
      if (cause !== undefined && this.foreman) {
        await this.foreman.start({ cause, by: "schedule", config: this.means.recipe.toml() });
      }
      await this.ledger.look(model, now);
    };
    look().catch((error: unknown) => {
      if (!this.closed) this.node.error(`the monthly training: ${asError(error).message}`);
    });
    this.cancelLook = systemClock.after(CALENDAR_EVERY_MS, () => this.lookAtCalendar());
  }

  private show(): void {
    this.status.set(...describeRun(this.latest, this.foreman?.trouble));
  }

  private tell(report: Report): void {
    if (this.failure) {
      report.reason({ severity: "down", code: errorCode(this.failure), cause: this.failure.message });
    }
    const trouble = this.foreman?.trouble;
    if (trouble) report.reason({ severity: "degraded", code: trouble.code, cause: trouble.message });
    const { failure, phase } = this.latest ?? {};
    if (phase === "failed" && failure) {
      report.reason({ severity: "degraded", code: failure.code, cause: `the last training failed: ${failure.text}` });
    }
  }

  /** A run goes on without this node, and is found again; one whose node is deleted is ended. */
  async close(removed: boolean): Promise<void> {
    this.closed = true;
    this.nextTell?.();
    this.cancelLook();
    this.cancelOpen();
    this.unfollow();
    this.status.close();
    if (removed) await this.foreman?.abandon().catch((error: unknown) => this.node.warn(asError(error).message));
    await this.lease.release();
  }
}

/** "Retrain due", as a queue tells it. @throws EdgeError `training-cause` */
function dueOf({ event }: EdgeMessage): Command | undefined {
  if (!isRecord(event) || event["kind"] !== "retrain_due") return undefined;
  const { cause } = event;
  // Without one it would be a start by hand, another one each time that it is told.
  assertCause(cause);
  return { name: "start", cause, by: "queue" };
}

function personOf({ by }: Command): string {
  return typeof by === "string" && by.trim() !== "" ? by.trim().slice(0, 80) : "unnamed";
}
