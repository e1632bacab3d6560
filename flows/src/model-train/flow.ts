import { source } from "../files";
import { globalConfig } from "../modules";
import { Sheet, type FlowNode } from "../sheet";

/** The node alone: start, stop and state by hand, and what comes of it in the debug sidebar. */
export function modelTrain(): FlowNode[] {
  const info = source("model-train", "info.md");
  const sheet = new Sheet("model-train", "Train a model", info);
  sheet.comment("about", { col: 0, row: 0 }, "Press start: the records become a candidate release", info);
  const device = sheet.config("context-edge-device", "device", { line: "line-1" });
  const objects = sheet.config("context-edge-objects", "objects", {});
  const model = sheet.config("context-edge-model", "model", {});
  const train = sheet.node("context-edge-model-train", "train", { col: 1.2, row: 2 }, { device, objects, model });
  ["start", "stop", "state"].forEach((name, i) => {
    const press = sheet.node(
      "inject",
      name,
      { col: 0, row: 1 + i },
      {
        name,
        props: [{ p: "command", v: JSON.stringify({ name, by: "editor" }), vt: "json" }],
        repeat: "",
        crontab: "",
        once: false,
        onceDelay: 0.1,
        topic: "",
      },
    );
    sheet.wire(press, 0, train);
  });
  ["progress", "candidate"].forEach((name, output) => {
    const seen = sheet.node(
      "debug",
      name,
      { col: 2.3, row: 1.5 + output },
      {
        name,
        active: true,
        tosidebar: true,
        console: false,
        tostatus: false,
        complete: "payload",
        targetType: "msg",
        statusVal: "",
        statusType: "auto",
      },
    );
    sheet.wire(train, output, seen);
  });
  return [...sheet.json(), globalConfig({}, {})];
}
