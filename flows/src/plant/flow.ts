import { PLANT_ENV } from "../edge-loop/flow";
import { addFaults } from "../faults";
import { source } from "../files";
import { globalConfig } from "../modules";
import { Sheet, type FlowNode } from "../sheet";

/** The control line of the simulated plant's process: one button per fault. */
export function plant(): FlowNode[] {
  const sheet = new Sheet("plant", "Plant control", source("plant", "info.md"));
  sheet.comment(
    "start",
    { col: 0, row: 0 },
    "The simulated plant runs as a process; press a button to break something",
    source("plant", "info.md"),
  );
  const faults = addFaults(sheet, { col: 0, row: 2.2 }, "line");
  const control = sheet.node(
    "tcp request",
    "control",
    { col: 1.2, row: 4.8 },
    {
      name: "control line",
      server: "${PLANT_HOST}",
      port: "${PLANT_CONTROL_PORT}",
      out: "char",
      ret: "string",
      splitc: "\\n",
      newline: "",
      trim: false,
      tls: "",
    },
  );
  const answer = sheet.node(
    "debug",
    "answer",
    { col: 2.1, row: 4.8 },
    {
      name: "what the plant answers",
      active: true,
      tosidebar: true,
      console: false,
      tostatus: true,
      complete: "payload",
      targetType: "msg",
      statusVal: "payload",
      statusType: "auto",
    },
  );
  for (const fault of faults) sheet.wire(fault, 0, control);
  sheet.wire(control, 0, answer);
  sheet.group("control", "Control line of the plant's process", [...faults, control, answer]);
  return [...sheet.json(), globalConfig(PLANT_ENV)];
}
