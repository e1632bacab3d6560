import { realpathSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { AssetTable, type Asset } from "../../lib/assets";
import { systemClock } from "../../lib/clock";
import { describeJump, systemClockWatch } from "../../lib/clock-watch";
import { EdgeError, asError } from "../../lib/errors";
import { isSafeName } from "../../lib/ids";
import { openDatabase, type Database } from "../../lib/storage/database";
import { Homes } from "../../lib/storage/homes";
import { openDataDir } from "../../lib/storage/identity";
import { LastTime } from "../../lib/storage/last-time";
import { SharedFiles, type FileLease } from "../../lib/storage/shared-files";
import { onClose } from "../common/adapter";
import { ConfigReader, refuseService, type RawConfig } from "../common/config";
import { inspect } from "../common/operation";
import { serveOperation } from "../common/operation-routes";
import type { DeviceService } from "../common/services";

interface DeviceNode extends Node {
  service?: DeviceService;
}

/** Several device nodes may share a data directory (an example that was imported twice): it then is one device. */
const databases = new SharedFiles<Database>(systemClock, "data-dir-shared", "device");

/** Data folders of this process by device id. */
const homes = new Homes();
/** Modes in which nothing is raised: one that is forgotten must be seen. */
const TRIAL = { commissioning: { code: "mode-commissioning" }, "dry-run": { code: "mode-dry-run" } } as const;
const TOLD_APART =
  "Records of two installations with one device id are told apart by install_id; give each its own id.";

/** Who this device is, where it keeps what must survive, and which assets it watches. */
export = function (RED: NodeAPI): void {
  serveOperation(RED);

  function ContextEdgeDevice(this: DeviceNode, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    try {
      const open = new DeviceRuntime(
        new ConfigReader(config as unknown as RawConfig, "device"),
        RED.settings.userDir ?? process.cwd(),
        (text) => this.warn(text),
      );
      this.service = open;
      const { device, site, line, mode } = open;
      const { trouble } = open;
      if (trouble) this.error(trouble.message);
      const tried =
        mode === "live" ? "" : `the mode is ${mode}: nothing is raised — set it to live when the trial is over`;
      if (tried) this.warn(tried);
      inspect(this, (report) => {
        report.gauge("device_info", 1, { device, site, line, mode });
        report.gauge("device_mode", 1, { mode });
        if (mode !== "live") report.reason({ severity: "degraded", ...TRIAL[mode], cause: tried });
        if (trouble) report.reason({ severity: "down", code: trouble.code, cause: trouble.message });
      });
      onClose(this, () => open.close());
    } catch (error) {
      refuseService(this, error);
    }
  }
  RED.nodes.registerType("context-edge-device", ContextEdgeDevice);
};

class DeviceRuntime implements DeviceService {
  readonly device: string;
  readonly installId: string;
  readonly site: string;
  readonly line: string;
  readonly ring: string;
  readonly mode: DeviceService["mode"];
  readonly dataDir: string;
  readonly assets: readonly Asset[];
  readonly assetTable: AssetTable;
  readonly clock = systemClockWatch;
  /** Why nothing can be kept, as it was found at the start. */
  readonly trouble: EdgeError | undefined;
  private readonly lease: FileLease<Database>;
  private readonly lastTime: LastTime;
  private readonly unfollow: () => void;

  constructor(config: ConfigReader, userDir: string, warn: (text: string) => void) {
    const dir = config.text("data_dir", "context-edge");
    const path = isAbsolute(dir) ? dir : join(userDir, dir);
    const identity = openDataDir(path);
    this.dataDir = realpathSync(path);
    this.installId = identity.installId;
    this.trouble = identity.trouble;
    if (identity.moved)
      warn(
        `this data folder was on another board: from now on it is installation ${identity.installId}. ${TOLD_APART}`,
      );
    this.device = config.text("device_id", config.environment("CONTEXT_EDGE_DEVICE") || identity.device);
    this.site = config.text("site", "site");
    this.line = config.text("line", "line");
    this.ring = config.text("ring", "stable");
    for (const [what, name] of [
      ["device id", this.device],
      ["ring", this.ring],
    ] as const) {
      if (!isSafeName(name)) {
        throw new EdgeError(
          "config-name",
          `device: ${what} "${name}" must be 1 to 63 of a-z 0-9 . _ -, starting with a letter or digit`,
        );
      }
    }
    this.mode = config.choice("mode", ["commissioning", "dry-run", "live"], "live");
    this.assets = config.rows("assets").map((row) => ({
      id: row.text("id"),
      line: row.text("line", this.line),
      station: row.text("station", ""),
      readers: row
        .text("readers", "")
        .split(",")
        .map((reader) => reader.trim())
        .filter((reader) => reader !== ""),
    }));
    this.assetTable = new AssetTable(this.assets);
    const file = join(this.dataDir, "context-edge.db");
    this.lease = databases.lease(this.dataDir, { device_id: this.device }, () => openDatabase({ file }));
    const other = homes.enter(this.device, this.dataDir);
    if (other !== undefined)
      warn(`the device id ${this.device} is used by ${other} and by ${this.dataDir} here. ${TOLD_APART}`);
    this.lastTime = new LastTime(this.dataDir, systemClock, this.clock, (error) => {
      if (!this.trouble) warn(asError(error).message);
    });
    this.unfollow = this.clock.follow((jump) => warn(describeJump(jump)));
    const trouble = this.clock.trouble();
    if (trouble !== undefined) warn(`${trouble}: records are kept and wait`);
  }

  database(): Promise<Database> {
    return this.lease.opened();
  }

  async close(): Promise<void> {
    homes.leave(this.device, this.dataDir);
    this.unfollow();
    this.lastTime.close();
    await this.lease.release();
  }
}
