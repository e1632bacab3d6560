import { exampleDevice } from "../common";
/** Something that raises alarms, for the examples that send them on: buttons, a judged sample, a decision node. */
import { functionFrom } from "../files";
import type { Place, Ref, Sheet } from "../sheet";

const SAMPLES: readonly (readonly [key: string, name: string, payload: object])[] = [
  ["wear", "bearing wear", { label: "bearing_wear", confidence: 0.93, temperature: 79 }],
  ["hot", "97 °C", { label: "normal", confidence: 0.97, temperature: 97 }],
  ["normal", "normal", { label: "normal", confidence: 0.97, temperature: 75 }],
];

const COMMANDS: readonly (readonly [key: string, name: string, command: object])[] = [
  ["ack", "acknowledge bearing wear", { name: "ack", label: "bearing_wear" }],
  ["close-wear", "close: bearing replaced", { name: "close", label: "bearing_wear", cause: "bearing replaced" }],
  ["close-hot", "close: fan cleaned", { name: "close", label: "limit:temperature", cause: "fan cleaned" }],
];

/** @returns decision: output 1 is what the examples send on, its input takes their commands */
export function addAlarmSource(sheet: Sheet): Ref {
  const place = (col: number, row: number): Place => ({ col, row: 2 + row });
  const device = exampleDevice(sheet, "example", { data_dir: "context-edge/alerts-example" });
  const judged = sheet.node("function", "judged", place(1, 1), {
    name: "a judged sample",
    ...functionFrom(["alerts", "sample.js"]),
  });
  const decision = sheet.node("decision", "decision", place(2, 3), {
    name: "decide",
    device,
    on_n: "1",
    on_m: "1",
    off_delay_s: "5",
  });
  sheet.wire(judged, 0, decision);
  const samples = SAMPLES.map(([key, name, payload], i) => {
    const button = sheet.node("inject", key, place(0, i), press(name, [json("payload", payload)]));
    sheet.wire(button, 0, judged);
    return button;
  });
  const commands = COMMANDS.map(([key, name, fields], i) => {
    const command = { ...fields, asset: "motor-1", by: "example" };
    const button = sheet.node("inject", key, place(0, 3 + i), press(name, [json("command", command)]));
    sheet.wire(button, 0, decision);
    return button;
  });
  sheet.group("source", "Alarms to try it with (in your flow: the decision node you have)", [
    ...samples,
    ...commands,
    judged,
    decision,
  ]);
  return decision;
}

function json(property: string, value: object): object {
  return { p: property, v: JSON.stringify(value), vt: "json" };
}

function press(name: string, props: object[]): Record<string, unknown> {
  return { name, props, repeat: "", crontab: "", once: false, onceDelay: 0.1, topic: "" };
}

export interface Asking {
  /** Seconds; "" for at the start only. */
  readonly repeatS?: string;
  /** Only what was announced: not what a flood holds back. */
  readonly announced?: boolean;
  /** For what was closed lately, too. */
  readonly closed?: boolean;
}

/** Buttons that ask decision for what is open, and for what was closed lately: by themselves at the start. */
export function addAsking(sheet: Sheet, decision: Ref, at: Place, asking: Asking = {}): Ref[] {
  const { repeatS = "60", announced = false, closed = true } = asking;
  const often = repeatS === "" ? "at start" : `at start and every ${repeatS} s`;
  const open = [
    "ask-open",
    `open, ${often}`,
    { name: "list", ...(announced && { announced }) },
    repeatS,
    "1.5",
  ] as const;
  const late = ["ask-closed", "closed lately, at start", { name: "list", closed: true, limit: 100 }, "", "1"] as const;
  return [...(closed ? [late] : []), open].map(([key, name, command, repeat, onceDelay], i) => {
    const place = { col: at.col, row: at.row + i };
    const props = [json("command", command)];
    const ask = sheet.node("inject", key, place, { ...press(name, props), repeat, once: true, onceDelay });
    sheet.wire(ask, 0, decision);
    return ask;
  });
}
