import { darkPages, dashboard, inject, template, type PagePlace } from "../dashboard";
import { PLANT_ENV } from "../edge-loop/flow";
import { functionFrom, page, source } from "../files";
import { globalConfig } from "../modules";
import { Sheet, type FlowNode, type Ref } from "../sheet";

/** Where the records lie that another sheet keeps: training goes on beside it, as the same device. */
interface Beside {
  readonly device: Record<string, unknown>;
  readonly objects: Record<string, unknown>;
  readonly env: Readonly<Record<string, string>>;
}

/** Beside the edge loop. */
export const BESIDE_EDGE_LOOP: Beside = {
  device: { data_dir: "${CONTEXT_EDGE_DATA}" },
  objects: { folder: "${CONTEXT_EDGE_OBJECTS}" },
  env: PLANT_ENV,
};

/** Training with its page: progress, report and gates; Start, Stop and Promote. */
export function retrain(beside: Beside = { device: {}, objects: {}, env: {} }): FlowNode[] {
  const info = source("retrain", "info.md");
  const sheet = new Sheet("retrain", "Training", info);
  sheet.comment("about", { col: 0, row: 0 }, "Open /dashboard/training and press Start", info);
  const train = addTrainer(sheet, beside);
  const [training] = dashboard(sheet, ["Training"]) as [PagePlace];
  addPage(sheet, train, training);
  addReport(sheet, train);
  darkPages(sheet, [training], () => ({ col: 4.4, row: 7 }));
  return [...sheet.json(), globalConfig(beside.env)];
}

function addTrainer(sheet: Sheet, beside: Beside): Ref {
  const own = { name: "this device", line: "line-1", site: "demo", ...beside.device };
  const device = sheet.config("context-edge-device", "device", own);
  const objects = sheet.config("context-edge-objects", "objects", { name: "folder", ...beside.objects });
  const model = sheet.config("context-edge-model", "model", { name: "bundled model" });
  const options = { device, objects, model, model_name: "motor-faults", simulated: true };
  return sheet.node("context-edge-model-train", "train", { col: 1.2, row: 2.5 }, { name: "train", ...options });
}

function addPage(sheet: Sheet, train: Ref, { group }: PagePlace): void {
  const state = [{ p: "command", v: JSON.stringify({ name: "state" }), vt: "json" }];
  const ask = sheet.node("inject", "state", { col: 0, row: 2 }, inject("how it stands", state, "5", "1"));
  const wrong = sheet.node(
    "catch",
    "wrong",
    { col: 1.2, row: 4 },
    { name: "what is refused", scope: [train.id], uncaught: false },
  );
  const view = sheet.node(
    "function",
    "view",
    { col: 2.2, row: 2.5 },
    { name: "what Training shows", ...functionFrom(["pages", "training-view.js"]) },
  );
  const shown = sheet.node(
    "ui-template",
    "page",
    { col: 3.3, row: 2.5 },
    template({ group }, "Training page", page("training")),
  );
  const candidate = sheet.node(
    "debug",
    "candidate",
    { col: 2.2, row: 4 },
    {
      name: "candidate",
      active: true,
      tosidebar: true,
      console: false,
      tostatus: false,
      complete: "candidate",
      targetType: "msg",
      statusVal: "",
      statusType: "auto",
    },
  );
  const presses = sheet.linkOut("presses", { col: 4.4, row: 2.5 }, "Start, Stop, Promote", [shown, 0]);
  const pressed = sheet.linkIn("pressed", { col: 0, row: 3 }, "Start, Stop, Promote", presses);
  sheet.wire(ask, 0, train);
  sheet.wire(pressed, 0, train);
  sheet.wire(train, 0, view);
  sheet.wire(train, 1, candidate);
  sheet.wire(wrong, 0, view);
  sheet.wire(view, 0, shown);
  sheet.group("training", "Training page: /dashboard/training", [
    ...[ask, pressed, train, wrong, view, candidate, shown, presses],
  ]);
}

/** The report is asked for over HTTP, and answered by the node that has it. */
function addReport(sheet: Sheet, train: Ref): void {
  const request = sheet.node(
    "http in",
    "report-request",
    { col: 0, row: 7 },
    {
      name: "GET the report of a run",
      url: "/context-edge/training/report",
      method: "get",
      upload: false,
      skipBodyParsing: false,
      swaggerDoc: "",
    },
  );
  const wanted = sheet.node(
    "function",
    "report-wanted",
    { col: 1.2, row: 7 },
    { name: "ask for it", ...functionFrom(["pages", "report-wanted.js"]) },
  );
  const asked = sheet.linkOut("report-asked", { col: 2.2, row: 6.5 }, "ask for the report", [wanted, 0]);
  const ask = sheet.linkIn("report-ask", { col: 0, row: 4 }, "ask for the report", asked);
  const told = sheet.linkOut("report-told", { col: 2.2, row: 1.3 }, "reports", [train, 0]);
  const refused = sheet.node(
    "catch",
    "report-refused",
    { col: 1.2, row: 8.3 },
    { name: "no such report", scope: [train.id], uncaught: false },
  );
  const answer = sheet.node(
    "function",
    "report-answer",
    { col: 2.2, row: 7.5 },
    { name: "as a page that can do nothing", ...functionFrom(["pages", "report-answer.js"]) },
  );
  const report = sheet.linkIn("report-in", { col: 1.2, row: 7.6 }, "reports", told);
  const response = sheet.node(
    "http response",
    "report-response",
    { col: 3.4, row: 7.5 },
    { name: "answer", statusCode: "", headers: {} },
  );
  sheet.wire(request, 0, wanted);
  sheet.wire(ask, 0, train);
  for (const ref of [report, refused]) sheet.wire(ref, 0, answer);
  sheet.wire(answer, 0, response);
  sheet.group("report", "The report, for the page", [request, wanted, asked, report, refused, answer, response]);
}
