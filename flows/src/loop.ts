/** The loop itself, from a scan to a labeled data object, with the ends that the pages listen to. */
import type { Loop } from "./pages";
import type { Place, Ref, Sheet } from "./sheet";

export interface LoopConfig {
  /** Channel rows of sensor-fuse, beyond its defaults. */
  readonly channels: readonly Record<string, unknown>[];
  /** Config nodes that own-source channels need. */
  readonly sources?: (device: Ref) => Readonly<Record<string, Ref>>;
  readonly device: Record<string, unknown>;
  readonly store: Record<string, unknown>;
  readonly objects: Record<string, unknown>;
  readonly model: Record<string, unknown>;
  /** Seconds until a segment is sealed and uploaded: hours on a line, seconds where somebody watches. */
  readonly sealAfterS: string;
}

export interface PlacedLoop extends Loop {
  readonly scan: Ref;
  readonly fuse: Ref;
  readonly device: Ref;
  /** The fuse for display; readings on wires go to it as well. */
  readonly display: Ref;
}

/** @param at where qr-context stands */
export function addLoop(sheet: Sheet, config: LoopConfig, at: Place): PlacedLoop {
  const place = (col: number, row: number): Place => ({ col: at.col + col, row: at.row + row });
  const device = sheet.config("context-edge-device", "device", config.device);
  const store = sheet.config("context-edge-store", "store", { device, ...config.store });
  const objects = sheet.config("context-edge-objects", "objects", config.objects);
  const model = sheet.config("context-edge-model", "model", config.model);

  const scan = sheet.node("qr-context", "scan", place(0, 0), { name: "scan → context", device, store });
  const fusing = { device, ...config.sources?.(device), channels: config.channels };
  const fuse = sheet.node("sensor-fuse", "fuse", place(1, 1), { name: "sensors at scan", ...fusing, trigger: "scan" });
  const infer = sheet.node("tensorrt-infer", "infer", place(2, 0.6), { name: "predict", model });
  const decision = sheet.node("decision", "decision", place(3, 1), { name: "decide", device, model });
  const emit = sheet.node("ldo-emit", "emit", place(4, 1), {
    name: "keep as LDO",
    device,
    objects,
    seal_after_s: config.sealAfterS,
  });
  const display = sheet.node("sensor-fuse", "display", place(1, 3), {
    name: "sensors, live",
    ...fusing,
    trigger: "periodic",
    period_ms: "500",
  });

  sheet.wire(scan, 0, fuse, display);
  // A scan without context leaves a record too.
  sheet.wire(scan, 1, fuse, display);
  sheet.wire(fuse, 0, infer);
  // A sample that cannot be used is judged by the limits alone, and recorded.
  sheet.wire(fuse, 1, decision);
  sheet.wire(infer, 0, decision);
  sheet.wire(decision, 2, emit);

  const scans = sheet.linkOut("scans-out", place(0.9, -1), "scans", [scan, 0], [scan, 1]);
  const live = sheet.linkOut("live-out", place(2, 3), "live values", [display, 0], [display, 1]);
  const alarms = sheet.linkOut("alarms-out", place(3.9, -0.2), "alarms", [decision, 0]);
  const judged = sheet.linkOut("judged-out", place(3.9, 2.2), "judged samples", [decision, 2]);
  const records = sheet.linkOut("records-out", place(4.9, 0.5), "records stored", [emit, 0]);
  const uploads = sheet.linkOut("uploads-out", place(4.9, 1.5), "records uploaded", [emit, 1]);
  const commands = sheet.linkIn("commands-in", place(2, 1.9), "commands");
  sheet.wire(commands, 0, decision);
  sheet.group("loop", "The loop: what is on the line, how it runs, what is about to fail, what is kept", [
    ...[scan, fuse, infer, decision, emit, display],
    ...[scans, live, alarms, judged, records, uploads, commands],
  ]);
  return { scans, live, judged, alarms, records, uploads, commands, decision, emit, scan, fuse, display, device };
}
