import type { Place, Ref, Sheet } from "./sheet";

/** What the simulated plant can be told to do, with the words on the button. */
const COMMANDS: readonly (readonly [key: string, label: string, command: Record<string, unknown>])[] = [
  ["bearing", "bearing wear now", { name: "inject", state: "bearing_wear" }],
  ["belt", "belt slippage now", { name: "inject", state: "belt_slippage" }],
  ["overload", "motor overload now", { name: "inject", state: "motor_overload" }],
  ["hot", "over-temperature now", { name: "inject", state: "over_temperature" }],
  ["other", "loose mount now", { name: "inject", state: "loose_mount" }],
  ["product", "new product now", { name: "new_product" }],
  ["drift", "drift from now on", { name: "drift" }],
  ["clear", "all is well now", { name: "clear" }],
];

/** One inject per command, in a column from `at` on. */
export function addFaults(sheet: Sheet, at: Place, form: "message" | "line"): Ref[] {
  return COMMANDS.map(([key, name, command], i) => {
    const text = JSON.stringify(command);
    const props =
      form === "message" ? { p: "command", v: text, vt: "json" } : { p: "payload", v: `${text}\n`, vt: "str" };
    return sheet.node(
      "inject",
      key,
      { col: at.col, row: at.row + i * 0.8 },
      { name, props: [props], repeat: "", crontab: "", once: false, onceDelay: 0.1, topic: "" },
    );
  });
}
