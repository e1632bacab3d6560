import type { Node, NodeAPI, NodeDef } from "node-red";
import { isoTime, systemClock } from "../../lib/clock";
import { commandOf } from "../../lib/command";
import { CONTEXT_COMMANDS, ContextCommands, type CommandResult } from "../../lib/context/commands";
import { shownPlace } from "../../lib/context/import/row";
import { CycleCounter } from "../../lib/context/cycle-counter";
import { Deadlines } from "../../lib/context/deadlines";
import { KeyTemplate } from "../../lib/context/key-template";
import { ContextLookup, type Join } from "../../lib/context/lookup";
import { PictureReader } from "../../lib/context/picture";
import { NO_SCAN, NoRead } from "../../lib/context/scan";
import { ScanToContext } from "../../lib/context/scan-to-context";
import { EdgeError } from "../../lib/errors";
import type { Command, EdgeMessage } from "../../lib/messages";
import { onClose, onInput, refuseAll, type Send } from "../common/adapter";
import { ConfigReader, service, type RawConfig } from "../common/config";
import type { DeviceService, StoreService } from "../common/services";
import { inspect, partOf } from "../common/operation";
import { readQueue } from "../common/queue";
import type { ContextStore } from "../../lib/context/store";
import { ScanStatus } from "./status";

type QrContextDef = NodeDef & { device?: string; store?: string };

/** Scans and pictures in, context out; commands that change what is stored. */
export = function (RED: NodeAPI): void {
  function QrContext(this: Node, config: QrContextDef): void {
    RED.nodes.createNode(this, config);
    try {
      start(RED, this, config);
    } catch (error) {
      refuseAll(this, error);
    }
  }
  RED.nodes.registerType("qr-context", QrContext);
};

function start(RED: NodeAPI, node: Node, def: QrContextDef): void {
  const config = new ConfigReader(def as unknown as RawConfig, "qr-context");
  const { store } = service<StoreService>(RED, def.store, "context-edge-store", "qr-context");
  const { assetTable } = service<DeviceService>(RED, def.device, "context-edge-device", "qr-context");
  const key = new KeyTemplate(config.text("key", "context:{code}"));
  if (key.constant || key.contextPaths.length > 0) {
    throw new EdgeError(
      "config-template",
      `qr-context: the key ${key.text} must be made of the scan: {code}, {gs1.batch}, …`,
    );
  }
  const joins = readJoins(config);
  const onDeadline = config.choice("on_deadline", ["fail", "stale"], "fail");
  const staleMaxMs = 1000 * config.number("stale_max_s", 3600, { min: 1 });
  const noRead = new NoRead(config.text("no_read", "NOREAD, NO READ, ERROR").split(","));
  const deadlines = new Deadlines(config.number("deadline_ms", 10, { min: 1, max: 10_000 }), systemClock);
  const lookup = new ContextLookup(store, { key, joins, onDeadline, staleMaxMs }, deadlines, systemClock);
  const pictures = new PictureReader(systemClock);
  const queue = readQueue(config, 256, { mayDrop: true });
  const cycles = config.flag("count_cycles", false) ? cyclesOf(config, store, node) : undefined;
  const scans = new ScanToContext(
    lookup,
    pictures,
    assetTable,
    {
      noRead,
      cycles,
      debounceMs: config.number("debounce_ms", 300, { min: 0, max: 3_600_000 }),
      // Those that were dropped go on until their deadline.
      queue: queue.policy === "drop-oldest" ? Infinity : queue.limit,
    },
    systemClock,
  );
  const commands = new ContextCommands(store, key, noRead);

  const line = new ScanStatus(node, store.place);
  store.use(node, {
    prefixes: [key, ...joins.map((join) => join.key)].map(({ prefix }) => prefix),
    lastKnown: onDeadline === "stale",
  });
  const unwatch = store.watch((state) => line.store(state));
  const { counts } = partOf(node);
  inspect(node, (report) => line.tell(report, store));
  const input = (message: EdgeMessage, send: Send): Promise<void> => {
    const command = commandOf(message, CONTEXT_COMMANDS);
    if (command) return runCommand(node, line, commands, command, message, send);
    return scans
      .handle(message, (complete, result) => {
        const fault = result === "found" ? undefined : complete.unusable?.code;
        line.scan(fault, complete.lookup?.stale === true);
        counts.count("lookups_total", fault ?? result);
        if (complete.lookup) counts.took("lookup", complete.lookup.latency_ms);
        send(result === "found" ? [complete, null] : [null, complete]);
      })
      .then((result) => {
        if (result === "repeat") counts.count("lookups_total", result);
      });
  };
  onInput(node, input, queue);
  onClose(node, async () => {
    unwatch();
    line.close();
    deadlines.close();
    await pictures.close();
    const lost = (await cycles?.close()) ?? 0;
    if (lost > 0) node.warn(`${lost} runs could not be counted any more`);
    await store.release(node);
  });
}

/** @throws EdgeError `config-template`, `config-number` */
function cyclesOf(config: ConfigReader, store: ContextStore, node: Node): CycleCounter {
  const template = new KeyTemplate(config.text("cycles_key", "cycles:{asset}"));
  const keyOf = (asset: string): string =>
    template.render({ scan: NO_SCAN, reader: undefined, asset, context: undefined });
  if (keyOf("a") === keyOf("b"))
    throw new EdgeError("config-template", `qr-context: {asset} must stand in the key ${template.text} of the counts`);
  const deadlineMs = config.number("deadline_ms", 10, { min: 1, max: 10_000 });
  const trouble = (reason: string | undefined): void => {
    if (reason !== undefined) node.warn(`runs are not counted for now: ${reason}`);
  };
  return new CycleCounter(store, { keyOf, deadlineMs, trouble }, systemClock);
}

function readJoins(config: ConfigReader): Join[] {
  return config.rows("joins").map((row) => ({
    key: new KeyTemplate(row.text("key")),
    into: row.text("into"),
    required: row.flag("required", false),
  }));
}

async function runCommand(
  node: Node,
  line: ScanStatus,
  commands: ContextCommands,
  command: Command,
  message: EdgeMessage,
  send: Send,
): Promise<void> {
  const doing = command["check"] === true ? "checking" : "importing";
  const progress = (rows: number): void => line.importing(rows, doing);
  const result = await commands.run(command, message.payload, progress).finally(() => line.importing(undefined));
  const { command: cause, ...done } = result;
  if (result.rejected) node.warn(rejection(result, result.rejected));
  const kind = cause === "get" ? "context-read" : result.checked ? "contexts-checked" : "contexts-changed";
  message.event = { kind, cause, at: isoTime(systemClock.now()), ...done };
  message.payload = message.event;
  send([message, null]);
}

function rejection({ count, checked, errors }: CommandResult, rejected: number): string {
  const [first] = errors ?? [];
  const where = first === undefined ? "" : `, the first in ${shownPlace(first)}: ${first.reason}`;
  const done = checked ? `check: ${count} contexts can be imported` : `import: ${count} contexts imported`;
  return `${done}, ${rejected} rows refused${where}`;
}
