import { exampleDevice, shown } from "../common";
import { source } from "../files";
import { globalConfig } from "../modules";
import { Sheet, type FlowNode, type Ref } from "../sheet";

/** The version whose messages the tests have seen. */
const CONTRIB_MODBUS = "5.60.2";

/** What node-red-contrib-modbus logs and shows: nothing, as sensor-fuse tells it. */
const QUIET = { showStatusActivities: false, logIOActivities: false, showErrors: false, showWarnings: false };
const NO_FILE = { useIOFile: false, ioFile: "", useIOForPayload: false };

/** Registers polled by node-red-contrib-modbus, fused by ours. */
export function contribModbus(): FlowNode[] {
  const sheet = new Sheet(
    "contrib-modbus",
    "Readings from node-red-contrib-modbus",
    source("contrib-modbus", "info.md"),
  );
  sheet.comment(
    "start",
    { col: 0, row: 0 },
    "Set host and port in the client; needs node-red-contrib-modbus",
    source("contrib-modbus", "info.md"),
  );
  const device = exampleDevice(sheet, "this device");
  const client = sheet.config("modbus-client", "client", {
    name: "PLC",
    clienttype: "tcp",
    bufferCommands: true,
    stateLogEnabled: false,
    queueLogEnabled: false,
    failureLogEnabled: false,
    tcpHost: "127.0.0.1",
    tcpPort: "502",
    tcpType: "DEFAULT",
    serialPort: "/dev/ttyUSB",
    serialType: "RTU-BUFFERD",
    serialBaudrate: "9600",
    serialDatabits: "8",
    serialStopbits: "1",
    serialParity: "none",
    serialConnectionDelay: "100",
    serialAsciiResponseStartDelimiter: "0x3A",
    unit_id: "1",
    commandDelay: "1",
    clientTimeout: "1000",
    reconnectOnTimeout: true,
    reconnectTimeout: "2000",
    parallelUnitIdsAllowed: true,
    showErrors: false,
    showWarnings: false,
    showLogs: false,
  });
  const vibration = sheet.node("modbus-read", "vibration", { col: 0, row: 1 }, read(client, "vibration", "40", "4"));
  const motor = sheet.node("modbus-read", "motor", { col: 0, row: 2.2 }, read(client, "motor", "44", "4"));
  const fuse = sheet.node(
    "sensor-fuse",
    "fuse",
    { col: 1.5, row: 1.6 },
    {
      name: "fuse",
      device,
      trigger: "periodic",
      period_ms: "1000",
      channels: [
        channel("vibration_x", "holding:40", "mm/s", "0", "50"),
        channel("vibration_y", "holding:42", "mm/s", "0", "50"),
        channel("temperature", "holding:44", "°C", "-20", "200"),
        channel("current", "holding:46", "A", "0", "100"),
      ],
    },
  );
  const samples = sheet.node("debug", "samples", { col: 2.6, row: 1.2 }, shown("samples", "sensor_data"));
  const unusable = sheet.node("debug", "unusable", { col: 2.6, row: 2 }, shown("not usable", "unusable"));
  sheet.wire(vibration, 0, fuse);
  sheet.wire(motor, 0, fuse);
  sheet.wire(fuse, 0, samples);
  sheet.wire(fuse, 1, unusable);
  return [...sheet.json(), globalConfig({}, { "node-red-contrib-modbus": CONTRIB_MODBUS })];
}

function read(client: Ref, name: string, adr: string, quantity: string): Record<string, unknown> {
  const when = { rate: "500", rateUnit: "ms", delayOnStart: false, startDelayTime: "" };
  const what = { unitid: "1", dataType: "HoldingRegister", adr, quantity, server: client };
  // A failed read tells its topic alone.
  return {
    name,
    topic: name,
    ...what,
    ...when,
    ...QUIET,
    ...NO_FILE,
    emptyMsgOnFail: true,
    enableDeformedMessages: false,
  };
}

function channel(name: string, match: string, unit: string, min: string, max: string): Record<string, string> {
  return { name, source: "wire", match, unit, min, max, type: "float32", order: "ABCD" };
}
