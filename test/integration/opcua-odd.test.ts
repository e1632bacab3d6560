import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  DataType,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  StatusCodes,
  VariantArrayType,
  coerceLocalizedText,
  makeEUInformation,
  standardUnits,
  type VariantOptions,
} from "node-opcua";
import { systemClock } from "../../lib/clock";
import { channelSpec, type ChannelSpec } from "../../lib/fusion/channel";
import { OpcuaSource } from "../../lib/fusion/opcua/source";
import type { Reading } from "../../lib/fusion/reading";
import { startOpcua, type OpcuaPlant } from "../../simulator/opcua-server";
import { scratch } from "../support/cache";
import { FusedRig } from "../support/fused-rig";
import { freePort } from "../support/ports";
import { until } from "../support/process";

const NAMESPACE = "urn:odd:plant";

/** What a variable holds, and what must come of it. */
const ODD: readonly (readonly [name: string, holds: VariantOptions, wanted: number | RegExp])[] = [
  ["double", { dataType: DataType.Double, value: 82.5 }, 82.5],
  ["int64", { dataType: DataType.Int64, value: [1, 5] }, 2 ** 32 + 5],
  ["negative", { dataType: DataType.Int64, value: [0xffffffff, 0xfffffffe] }, -2],
  ["uint64", { dataType: DataType.UInt64, value: [0, 7] }, 7],
  ["boolean", { dataType: DataType.Boolean, value: true }, 1],
  ["text", { dataType: DataType.String, value: "12,5" }, /"12,5" is not a number/],
  ["number in text", { dataType: DataType.String, value: "12.5" }, 12.5],
  ["localized", { dataType: DataType.LocalizedText, value: coerceLocalizedText("82") }, /is not a number/],
  ["structure", { dataType: DataType.ExtensionObject, value: makeEUInformation("CEL", "°C", "") }, /is not a number/],
  ["nothing", { dataType: DataType.Null }, /there is no value|null is not a value/],
  ["date", { dataType: DataType.DateTime, value: new Date() }, /a date is not a number/],
  ["nan", { dataType: DataType.Double, value: NaN }, /NaN is not a finite number/],
  [
    "array",
    { dataType: DataType.Double, arrayType: VariantArrayType.Array, value: new Float64Array([1, 2, 3]) },
    /a Float64Array of 3 values is not one number/,
  ],
  [
    "integers",
    {
      dataType: DataType.Int64,
      arrayType: VariantArrayType.Array,
      value: [
        [0, 5],
        [0, 6],
      ],
    },
    /is not a/,
  ],
  ["guid", { dataType: DataType.Guid, value: "72962b91-fa75-4ae6-8d28-b404dc7daf63" }, /is not a number/],
];

/** Variables that declare a unit; each holds 212. */
const MEASURED = [
  ["fahrenheit", standardUnits.degree_fahrenheit],
  ["bar", standardUnits.bar],
  ["local", makeEUInformation("", "Grad", "")],
] as const;

interface OddServer {
  readonly url: string;
  /** Requests that came, but for those that bring what is reported. */
  asked(): number;
  /** How many items its first subscription has; undefined before there is one. */
  monitored(): number | undefined;
  close(): Promise<void>;
}

function typeName(type: DataType): string {
  if (type === DataType.Null) return "Double";
  return type === DataType.ExtensionObject ? "EUInformation" : DataType[type];
}

async function startOdd(folder: string): Promise<OddServer> {
  const certificates = new OPCUACertificateManager({ rootFolder: join(folder, "server") });
  const server = new OPCUAServer({
    host: "127.0.0.1",
    hostname: "127.0.0.1",
    port: await freePort(),
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    securityModes: [MessageSecurityMode.None],
    securityPolicies: [SecurityPolicy.None],
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  assert.ok(space);
  // Another namespace goes before it: who counts on an index reads another plant.
  space.registerNamespace("urn:odd:before");
  const own = space.registerNamespace(NAMESPACE);
  for (const [name, holds] of ODD) {
    const variable = own.addVariable({
      organizedBy: space.rootFolder.objects,
      browseName: name,
      nodeId: `s=${name}`,
      dataType: typeName(holds.dataType as DataType),
      valueRank: holds.arrayType === VariantArrayType.Array ? 1 : -1,
      minimumSamplingInterval: 10,
    });
    variable.setValueFromSource({ arrayType: VariantArrayType.Scalar, ...holds }, StatusCodes.Good);
  }
  const measured = MEASURED.map(([name, engineeringUnits]) =>
    own.addAnalogDataItem({
      organizedBy: space.rootFolder.objects,
      browseName: name,
      nodeId: `s=${name}`,
      dataType: "Double",
      engineeringUnits,
      engineeringUnitsRange: { low: 0, high: 1000 },
      minimumSamplingInterval: 10,
    }),
  );
  const measure = (): void => {
    for (const variable of measured) variable.setValueFromSource({ dataType: DataType.Double, value: 212 });
  };
  measure();
  const measuring = setInterval(measure, 50);
  let asked = 0;
  server.on("request", (request: object) => (asked += request.constructor.name === "PublishRequest" ? 0 : 1));
  await server.start();
  return {
    url: server.getEndpointUrl(),
    asked: () => asked,
    monitored: () =>
      server.engine.getSessions().flatMap((session) => session.publishEngine.subscriptions)[0]?.monitoredItemCount,
    close: () => {
      clearInterval(measuring);
      return server.shutdown(0);
    },
  };
}

const at = (name: string, match: string, row: object): ChannelSpec =>
  channelSpec({ name, source: "opcua", match: `nsu=${NAMESPACE};s=${match}`, required: false, ...row });

describe("OPC UA source at servers of node-opcua", function () {
  this.timeout(60_000);
  let folder: string;
  let source: OpcuaSource | undefined;

  before(() => {
    folder = scratch("odd");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => source?.close());

  const open = (url: string): void => {
    const pkiDir = join(folder, "client");
    source = new OpcuaSource({ url, user: undefined, pkiDir, intervalMs: 50, watchdogMs: 0 }, systemClock, Math.random);
  };
  const follow = (nodeId: string): Reading[] => {
    const readings: Reading[] = [];
    source?.follow(nodeId, (reading) => readings.push(reading));
    return readings;
  };

  it("takes each kind of value for what it is, or says why it is no number", async () => {
    const server = await startOdd(folder);
    try {
      open(server.url);
      const heard = ODD.map(([name]) => follow(`nsu=${NAMESPACE};s=${name}`));
      await until("all are heard", () => heard.every((readings) => readings.length > 0));
      for (const [i, [name, , wanted]] of ODD.entries()) {
        const last = heard[i]?.at(-1);
        if (typeof wanted === "number") assert.equal(last?.value, wanted, name);
        else {
          assert.match(last?.reason ?? "", wanted, name);
          assert.ok(Number.isNaN(last?.value), name);
        }
      }
    } finally {
      await source?.close();
      await server.close();
    }
  });

  it("asks once for each variable, whoever comes while others are being asked for", async () => {
    const server = await startOdd(folder);
    try {
      open(server.url);
      const heard = [follow(`nsu=${NAMESPACE};s=double`)];
      // Turn by turn: the moment at which the first is being asked for is short.
      while (server.monitored() === undefined) await new Promise(setImmediate);
      heard.push(follow(`nsu=${NAMESPACE};s=int64`), follow(`nsu=${NAMESPACE};s=double`));
      await until("all are heard", () => heard.every((readings) => readings.length > 0));
      assert.equal(server.monitored(), 2);
    } finally {
      await source?.close();
      await server.close();
    }
  });

  it("converts what a variable's declared unit is known to convert to, and refuses what is not", async () => {
    const server = await startOdd(folder);
    const channels = [
      at("declared", "fahrenheit", { unit: "°C" }),
      at("scaled", "fahrenheit", { unit: "°C", scale: 0.5, offset: -6 }),
      at("said", "local", { unit: "°C", sourceUnit: "°F" }),
      at("plain", "fahrenheit", { unit: "" }),
      at("undeclared", "double", { unit: "°C" }),
      at("unknown", "local", { unit: "°C" }),
      at("refused", "bar", { unit: "°C", required: true }),
    ];
    let data: Readonly<Record<string, number | null>> = {};
    open(server.url);
    const fused = new FusedRig(
      "opcua",
      channels,
      ({ match }, listener) => source?.follow(match, listener),
      (sample) => (data = sample),
    );
    try {
      await until(
        "all are heard",
        () => typeof data["undeclared"] === "number" && typeof data["declared"] === "number",
      );
      await until("the refusal", () => fused.reason.includes("its unit"));
      assert.ok(Math.abs((data["declared"] ?? NaN) - 100) < 1e-9, String(data["declared"]));
      assert.ok(Math.abs((data["said"] ?? NaN) - 100) < 1e-9, String(data["said"]));
      const { scaled, plain, undeclared, unknown, refused } = data;
      assert.deepEqual([scaled, plain, undeclared, unknown, refused], [100, 212, 82.5, null, null]);
      assert.equal(
        fused.reason,
        'refused is bad: its unit is "bar", the channel\'s is "°C"; where the server is wrong, say the unit at the source in the row',
      );
      const asked = server.asked();
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(server.asked(), asked, "no question for a sample");
    } finally {
      fused.close();
      await source?.close();
      await server.close();
    }
  });

  it("follows the simulated plant, and waits for its first value", async () => {
    const plant: OpcuaPlant = await startOpcua({ host: "127.0.0.1", port: await freePort(), assets: ["motor-1"] });
    try {
      open(plant.endpoint);
      const heard = follow(plant.nodes["motor-1"]?.["temperature"] ?? "");
      await until("a status", () => heard.at(-1)?.reason === "BadWaitingForInitialData");
      plant.show("motor-1", { vibration_x: 1, vibration_y: 1, temperature: 77, current: 9 }, new Date());
      await until("a value", () => heard.at(-1)?.value === 77);
    } finally {
      await source?.close();
      await plant.close();
    }
  });
});
