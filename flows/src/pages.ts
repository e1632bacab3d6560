/** The two pages, Line and Alerts, as part of a sheet. */
import { darkPages, dashboard, inject, template, type PagePlace } from "./dashboard";
import { functionFrom, page } from "./files";
import type { Place, Ref, Sheet } from "./sheet";

/** What the pages listen to: near ends of links beside the loop's nodes, and the nodes whose status and errors they show. */
export interface Loop {
  /** Both outputs of qr-context. */
  readonly scans: Ref;
  /** Both outputs of a sensor-fuse that nothing else listens to. */
  readonly live: Ref;
  /** Output 3 of decision. */
  readonly judged: Ref;
  /** Output 1 of decision. */
  readonly alarms: Ref;
  /** Output 1 of ldo-emit. */
  readonly records: Ref;
  /** Output 2 of ldo-emit. */
  readonly uploads: Ref;
  /** Far end of the link over which commands reach decision. */
  readonly commands: Ref;
  readonly decision: Ref;
  readonly emit: Ref;
}

export function addPages(sheet: Sheet, loop: Loop, at: Place): void {
  const place = (col: number, row: number): Place => ({ col: at.col + col, row: at.row + row });
  const pages = dashboard(sheet, ["Line", "Alerts"]);
  const [line, alerts] = pages as [PagePlace, PagePlace];
  addLine(sheet, loop, line, place);
  addAlerts(sheet, loop, alerts, place);
  darkPages(sheet, pages, (n) => place(3.3 + n, 7.8));
}

type At = (col: number, row: number) => Place;

function addLine(sheet: Sheet, loop: Loop, { group }: PagePlace, place: At): void {
  const records = sheet.linkIn("records-in", place(0, 3), "records stored", loop.records);
  const heard = [
    sheet.linkIn("scans-in", place(0, 0), "scans", loop.scans),
    sheet.linkIn("live-in", place(0, 1), "live values", loop.live),
    sheet.linkIn("judged-in", place(0, 2), "judged samples", loop.judged),
    records,
    sheet.linkIn("uploads-in", place(0, 4), "records uploaded", loop.uploads),
    sheet.linkIn("open-in", place(0, 5), "alarms", loop.alarms),
    sheet.node("status", "emit-status", place(0, 6), { name: "backlog", scope: [loop.emit.id] }),
    sheet.node("inject", "tick", place(0, 7), {
      ...inject("twice a second", [{ p: "topic", vt: "str" }], "0.5", "1"),
      topic: "show",
    }),
  ];
  const view = sheet.node("function", "line-view", place(1, 2), {
    name: "what Line shows",
    ...functionFrom(["pages", "line-view.js"]),
  });
  const shown = sheet.node("ui-template", "line-page", place(2, 2), template({ group }, "Line page", page("line")));
  const keep = sheet.node("function", "ldo-keep", place(1, 4), {
    name: "keep the last records",
    ...functionFrom(["pages", "ldo-keep.js"], 0),
  });
  for (const ref of heard) sheet.wire(ref, 0, view);
  sheet.wire(view, 0, shown);
  sheet.wire(records, 0, keep);
  sheet.group("line", "Line page: /dashboard/line", [...heard, view, shown, keep]);
}

function addAlerts(sheet: Sheet, loop: Loop, { group }: PagePlace, place: At): void {
  const heard = [
    sheet.linkIn("alarms-in", place(3.3, 0), "alarms", loop.alarms),
    sheet.linkIn("labels-in", place(3.3, 1), "labels of the model", loop.judged),
    sheet.node("catch", "refused", place(3.3, 2), {
      name: "command refused",
      scope: [loop.decision.id],
      uncaught: false,
    }),
  ];
  const view = sheet.node("function", "alerts-view", place(4.3, 1), {
    name: "what Alerts shows",
    ...functionFrom(["pages", "alerts-view.js"]),
  });
  const shown = sheet.node(
    "ui-template",
    "alerts-page",
    place(5.2, 1),
    template({ group }, "Alerts page", page("alerts")),
  );
  const list = (closed: boolean) => [{ p: "command", v: JSON.stringify({ name: "list", closed }), vt: "json" }];
  const lists = [
    sheet.node("inject", "list-closed", place(4.3, 2.2), inject("closed ones, at start", list(true), "", "1")),
    sheet.node("inject", "list-open", place(4.3, 3.2), inject("open ones, every 10 s", list(false), "10", "1.5")),
  ];
  const commands = sheet.linkOut("commands-out", place(6.2, 1), "commands", [shown, 0]);
  for (const ref of lists) sheet.wire(ref, 0, commands);
  for (const ref of heard) sheet.wire(ref, 0, view);
  sheet.wire(view, 0, shown);
  sheet.join(commands, loop.commands);
  sheet.group("alerts", "Alerts page: /dashboard/alerts", [...heard, view, shown, ...lists, commands]);

  const request = sheet.node("http in", "ldo-request", place(3.3, 5.6), {
    name: "GET a record by its id",
    url: "/context-edge/ldo/:id",
    method: "get",
    upload: false,
    skipBodyParsing: false,
    swaggerDoc: "",
  });
  const answer = sheet.node("function", "ldo-answer", place(4.3, 5.6), {
    name: "find the record",
    ...functionFrom(["pages", "ldo-answer.js"]),
  });
  const response = sheet.node("http response", "ldo-response", place(5.2, 5.6), {
    name: "answer",
    statusCode: "",
    headers: {},
  });
  sheet.wire(request, 0, answer);
  sheet.wire(answer, 0, response);
  sheet.group("record", "Records that the pages link to", [request, answer, response]);
}
