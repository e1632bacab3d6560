import { channels } from "../channels";
import { source } from "../files";
import { addLoop } from "../loop";
import { globalConfig } from "../modules";
import { addPages } from "../pages";
import { Sheet, type FlowNode } from "../sheet";

/** Where the simulated plant's process listens unless it was told otherwise. `npm start` puts its own values here. */
export const PLANT_ENV = {
  PLANT_HOST: "127.0.0.1",
  PLANT_OPCUA: "opc.tcp://127.0.0.1:4840/plant",
  PLANT_MODBUS_PORT: "5020",
  PLANT_SCANNER_PORT: "9101",
  PLANT_CONTROL_PORT: "9100",
  PLANT_CONTEXTS: "contexts.json",
  CONTEXT_EDGE_DATA: "context-edge/edge-loop",
  CONTEXT_EDGE_OBJECTS: "objects",
} as const;

/** The loop as it stands on a line: scanner over TCP, vibration over OPC UA, temperature and current over Modbus. */
export function edgeLoop(): FlowNode[] {
  const sheet = new Sheet("edge-loop", "Edge loop", source("edge-loop", "info.md"));
  sheet.comment(
    "start",
    { col: 0, row: 0 },
    "Scanner over TCP, vibration over OPC UA, temperature and current over Modbus",
    source("edge-loop", "info.md"),
  );
  const loop = addLoop(
    sheet,
    {
      channels: channels({
        vibration_x: { source: "opcua", match: "ns=1;s={asset}.vibration_x" },
        vibration_y: { source: "opcua", match: "ns=1;s={asset}.vibration_y" },
        temperature: { source: "modbus", match: "input:4", type: "float32", order: "ABCD" },
        current: { source: "modbus", match: "input:6", type: "float32", order: "ABCD" },
      }),
      sources: (device) => ({
        // Its certificates lie in the device's data folder.
        opcua: sheet.config("context-edge-opcua", "opcua", { name: "PLC", device, endpoint: "${PLANT_OPCUA}" }),
        modbus: sheet.config("context-edge-modbus", "modbus", {
          name: "drive",
          host: "${PLANT_HOST}",
          port: "${PLANT_MODBUS_PORT}",
        }),
      }),
      device: {
        name: "this device",
        line: "line-1",
        site: "demo",
        data_dir: "${CONTEXT_EDGE_DATA}",
        assets: [{ id: "motor-1", line: "line-1", station: "test-1", readers: "reader-1" }],
      },
      store: { name: "contexts" },
      objects: { name: "folder", folder: "${CONTEXT_EDGE_OBJECTS}" },
      model: { name: "bundled model" },
      sealAfterS: "10",
    },
    { col: 2.6, row: 3.2 },
  );
  const scanner = sheet.node(
    "tcp in",
    "scanner",
    { col: 0, row: 2.2 },
    {
      name: "scanner",
      server: "client",
      host: "${PLANT_HOST}",
      port: "${PLANT_SCANNER_PORT}",
      datamode: "stream",
      datatype: "utf8",
      newline: "\\n",
      topic: "",
      trim: true,
      base64: false,
      tls: "",
    },
  );
  const reader = sheet.node(
    "change",
    "reader",
    { col: 0.72, row: 2.2 },
    { name: "reader-1", ...setting("reader", "reader-1", "str") },
  );
  // What the run's scan says of itself, its readings and its record say too.
  const simulated = sheet.node(
    "change",
    "simulated",
    { col: 1.5, row: 2.2 },
    { name: "it is simulated", ...setting("simulated", "true", "bool") },
  );
  sheet.wire(scanner, 0, reader);
  sheet.wire(reader, 0, simulated);
  sheet.wire(simulated, 0, loop.scan);
  sheet.group("scanner", 'Scanner (on a real line: delete "it is simulated")', [scanner, reader, simulated]);

  const load = sheet.node(
    "inject",
    "load",
    { col: 0, row: 4.4 },
    {
      name: "contexts at start",
      props: [
        { p: "command", v: '{"name":"import"}', vt: "json" },
        { p: "filename", v: "PLANT_CONTEXTS", vt: "env" },
      ],
      repeat: "",
      crontab: "",
      once: true,
      onceDelay: 0.1,
      topic: "",
    },
  );
  const read = sheet.node(
    "file in",
    "contexts",
    { col: 1, row: 4.4 },
    {
      name: "file of contexts",
      filename: "filename",
      filenameType: "msg",
      format: "utf8",
      chunk: false,
      sendError: false,
      encoding: "none",
      allProps: false,
    },
  );
  sheet.wire(load, 0, read);
  sheet.wire(read, 0, loop.scan);
  sheet.group("contexts", "What the MES knows: code → product, recipe, what is normal", [load, read]);
  addPages(sheet, loop, { col: 0, row: 8.6 });
  return [...sheet.json(), globalConfig(PLANT_ENV)];
}

/** Properties of a change node that sets one property of the message. */
function setting(property: string, value: string, type: "str" | "bool"): Record<string, unknown> {
  const rules = [{ t: "set", p: property, pt: "msg", to: value, tot: type }];
  return { rules, action: "", property: "", from: "", to: "", reg: false };
}
