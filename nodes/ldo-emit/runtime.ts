import type { Node } from "node-red";
import { isoTime, systemClock } from "../../lib/clock";
import { commandOf } from "../../lib/command";
import { asError, EdgeError, errorCode } from "../../lib/errors";
import { openDeviceSpool, type DeviceSpool } from "../../lib/ldo/device-spool";
import { LdoKeeper } from "../../lib/ldo/keeper";
import type { EdgeMessage, Ldo } from "../../lib/messages";
import type { Counts, Queue, Report } from "../../lib/operation/part";
import { boardSerial } from "../../lib/storage/board";
import type { ObjectStore } from "../../lib/storage/object-store";
import { OPEN_AGAIN_MS, SharedFiles, type FileLease } from "../../lib/storage/shared-files";
import type { SpoolHealth, SpoolStats } from "../../lib/storage/spool";
import { sendFrom, type Send } from "../common/adapter";
import type { ConfigReader } from "../common/config";
import type { DeviceService } from "../common/services";
import { inspect, partOf } from "../common/operation";
import { readQueue } from "../common/queue";
import { StatusLine } from "../common/status";
import { tell } from "./inspect";
import { describe, describeClosed, type Refused } from "./status";

const spools = new SharedFiles<DeviceSpool>(systemClock, "spool-settings", "ldo-emit");
/** Objects under way to the disk: memory is not a spool. */
const QUEUE = 10_000;
const SHOW_EVERY_MS = 500;
const URGENT_SEAL_S = 900;
/** What somebody must look at: said in the log too, because a status is seen by nobody at night. */
const LOGGED: readonly SpoolHealth[] = ["refused", "two-writers", "full", "failed", "clock"];

/** An ldo-emit node at work. */
export class EmitRuntime {
  readonly queue: Queue;
  private readonly lease: FileLease<DeviceSpool>;
  private readonly keeper: LdoKeeper;
  private readonly status: StatusLine;
  private opened: DeviceSpool | undefined;
  private unfollow: (() => void)[] = [];
  private nextShow: NodeJS.Timeout | undefined;
  private nextOpen: NodeJS.Timeout | undefined;
  private lastKept: Promise<unknown> = Promise.resolve();
  private closed = false;
  /** Samples that were kept before. */
  private duplicates = 0;
  private readonly counts: Counts;
  private failure: Error | undefined;
  private refused: Refused | undefined;

  constructor(
    private readonly node: Node,
    config: ConfigReader,
    private readonly device: DeviceService,
    store: ObjectStore,
  ) {
    const sealAfterS = config.number("seal_after_s", 6 * 3600, { min: 0.1 });
    const quotaMb = config.number("quota_mb", 1024, { min: 8 });
    const truthField = config.text("truth_field", "ground_truth_label");
    this.queue = readQueue(config, QUEUE);
    this.status = new StatusLine(node);
    this.counts = partOf(node).counts;
    inspect(node, (report) => this.tell(report));
    const settings = {
      device: device.device,
      objects: store.description,
      seal_after_s: sealAfterS,
      quota_mb: quotaMb,
    };
    const open = () =>
      openDeviceSpool({
        device: device.device,
        dataDir: device.dataDir,
        database: () => device.database(),
        binding: boardSerial() ?? device.installId,
        store,
        clock: systemClock,
        random: Math.random,
        clockTrouble: () => device.clock.trouble(),
        quotaBytes: quotaMb * 2 ** 20,
        ages: { maxAgeMs: sealAfterS * 1000, urgentAgeMs: Math.min(sealAfterS, URGENT_SEAL_S) * 1000 },
        warn: (error) => this.node.warn(`left behind in the data folder: ${error.message}`),
      });
    this.lease = spools.lease(device.dataDir, settings, open);
    const { device: name, installId, site, line, mode, assetTable: assets } = device;
    this.keeper = new LdoKeeper(
      { device: name, installId, site, line, assets, mode, truthField },
      async () => (await this.open()).spool,
      systemClock,
      device.clock,
      this.queue.limit,
    );
    this.openUntilOpen();
  }

  input(message: EdgeMessage, send: Send): void | Promise<void> {
    const name = commandOf(message, "flush, replay")?.name;
    if (name === "flush") return this.flush();
    if (name === "replay") return this.replay(message, send);
    if (message.fusion) return this.keep(message, send);
    if (name !== undefined) throw new EdgeError("command-unknown", `no command ${name}: use flush or replay`);
    if (!message.unusable)
      throw this.refuse(
        new EdgeError("ldo-invalid", "the message has no fused sample — wire decision's output 3 here"),
      );
    this.counts.count("ldos_total", "notice");
  }

  private async keep(message: EdgeMessage, send: Send): Promise<void> {
    try {
      const kept = this.keeper.keep(message);
      this.lastKept = kept;
      const { ldo, outcome } = await kept;
      this.refused = undefined;
      this.counts.count("ldos_total", outcome);
      if (outcome === "duplicate") this.duplicates++;
      else {
        this.measure(ldo);
        message.ldo = message.payload = ldo;
        send([message, null]);
      }
    } catch (error) {
      throw this.refuse(error);
    } finally {
      this.showSoon();
    }
  }

  /** A record that is refused for what it is: a spool in trouble shows itself. */
  private refuse(error: unknown): unknown {
    const code = errorCode(error);
    if (!code.startsWith("ldo-")) return error;
    this.refused = { code, count: (this.refused?.count ?? 0) + 1 };
    this.showSoon();
    return error;
  }

  private tell(report: Report): void {
    tell(report, this.opened?.spool.stats(), this.failure, this.refused);
    if (!this.opened?.alarmTrouble) return;
    const { code, message } = this.opened.alarmTrouble;
    report.reason({ severity: "down", code, cause: `alarm records wait: ${message}` });
  }

  private measure({ latency_ms: { fuse, total } }: Ldo): void {
    if (fuse !== null) this.counts.took("fuse", fuse);
    if (total !== null) this.counts.took("total", total);
  }

  /** Also what came just before it and is still on its way to the disk. */
  private async flush(): Promise<void> {
    await this.lastKept.catch(() => undefined);
    // A person who asks for it has looked at the clock.
    this.device.clock.trust();
    const { spool, mers } = await this.open();
    await Promise.all([spool.flush(), mers.flush()]);
  }

  private async replay(message: EdgeMessage, send: Send): Promise<void> {
    const { spool, mers } = await this.open();
    const segments = (await spool.replayDeadLetters()) + (await mers.replayDeadLetters());
    const event = { kind: "replayed", cause: "command", at: isoTime(systemClock.now()), segments };
    send([null, { ...message, event, payload: event }]);
  }

  /** What an earlier run left is uploaded from the start, not from the first message. */
  private openUntilOpen(said = ""): void {
    this.open().catch((error: unknown) => {
      const { message } = asError(error);
      if (this.closed) return;
      if (message !== said) this.node.error(message);
      this.nextOpen = setTimeout(() => this.openUntilOpen(message), OPEN_AGAIN_MS);
      this.nextOpen.unref();
    });
  }

  private async open(): Promise<DeviceSpool> {
    try {
      const open = await this.lease.opened();
      this.failure = undefined;
      if (open !== this.opened && !this.closed) this.follow(open);
      return open;
    } catch (error) {
      this.failure = asError(error);
      if (!this.closed) this.status.set(...describeClosed(asError(error)));
      throw error;
    }
  }

  private follow(opened: DeviceSpool): void {
    const { spool } = opened;
    this.opened = opened;
    for (const end of this.unfollow) end();
    this.unfollow = [
      this.device.clock.follow(() => this.showSoon()),
      spool.onState((stats) => {
        this.log(stats);
        this.showSoon();
      }),
      spool.onUploaded(({ key, rows, ids }) => {
        const event = { kind: "uploaded", cause: "sealed", at: isoTime(systemClock.now()), key, rows, ids };
        sendFrom(this.node, [null, { event, payload: event }]);
        this.showSoon();
      }),
      opened.onAlarmTrouble(() => {
        this.logAlarms(opened);
        this.showSoon();
      }),
    ];
    this.logAlarms(opened);
    this.show();
  }

  /** Alarms are safe in the device's database meanwhile; that they do not reach the bucket is said once. */
  private logAlarms({ alarmTrouble }: DeviceSpool): void {
    if (alarmTrouble) this.node.error(`alarm records wait on the device: ${alarmTrouble.message}`);
  }

  private log({ health, error }: SpoolStats): void {
    if (error && LOGGED.includes(health)) this.node.error(error.message);
  }

  /** Not with every record: counting thousands a second into a text costs more than it tells. */
  private showSoon(): void {
    if (this.nextShow || this.closed) return;
    this.nextShow = setTimeout(() => {
      this.nextShow = undefined;
      this.show();
    }, SHOW_EVERY_MS);
    this.nextShow.unref();
  }

  private show(): void {
    if (!this.opened) return;
    const { spool, alarmTrouble } = this.opened;
    const stats = spool.stats();
    if (alarmTrouble && stats.health === "ok")
      this.status.set("red", "ring", `alarm records wait (${alarmTrouble.code})`);
    else this.status.set(...describe(stats, this.duplicates, this.device, this.refused));
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.nextShow);
    clearTimeout(this.nextOpen);
    for (const end of this.unfollow) end();
    this.status.close();
    await this.lease.release();
  }
}
