import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployFlows, linkPackage, plantEnv } from "../../../scripts/start/folder";
import { freePort } from "../../../scripts/start/ports";

type FlowNode = Record<string, unknown> & { id: string; type: string };

const ROOT = join(__dirname, "..", "..", "..");
const ENV = plantEnv("/data", { opcua: 1, modbus: 2, scanner: 3, control: 4 });

describe("the folder that npm start runs in", () => {
  let userDir: string;
  const flows = (): FlowNode[] => JSON.parse(readFileSync(join(userDir, "flows.json"), "utf8")) as FlowNode[];
  const values = (): Record<string, string> => {
    const config = flows().find((node) => node.type === "global-config");
    return Object.fromEntries(
      ((config?.["env"] ?? []) as { name: string; value: string }[]).map(({ name, value }) => [name, value]),
    );
  };

  beforeEach(() => {
    userDir = mkdtempSync(join(tmpdir(), "start-"));
  });
  afterEach(() => rmSync(userDir, { recursive: true }));

  it("gets the shipped flows, each node once, with this start's addresses", () => {
    deployFlows(ROOT, userDir, ENV, false);
    const ids = flows().map((node) => node.id);
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(
      flows()
        .filter((node) => node.type === "tab")
        .map((tab) => tab["label"]),
      ["Edge loop", "Plant control", "Training"],
    );
    assert.deepEqual(values(), ENV);
  });

  it("keeps flows that were edited there, and only brings their addresses up to date", () => {
    deployFlows(ROOT, userDir, ENV, false);
    const edited = flows().filter((node) => node.type !== "comment");
    const config = edited.find((node) => node.type === "global-config") as FlowNode;
    (config["env"] as object[]).push({ name: "OWN", value: "kept", type: "str" });
    writeFileSync(join(userDir, "flows.json"), JSON.stringify(edited));
    deployFlows(ROOT, userDir, { ...ENV, PLANT_MODBUS_PORT: "22" }, false);
    assert.ok(!flows().some((node) => node.type === "comment"));
    assert.equal(values()["OWN"], "kept");
    assert.equal(values()["PLANT_MODBUS_PORT"], "22");
  });

  it("gets the shipped flows again when asked to", () => {
    writeFileSync(join(userDir, "flows.json"), "[]");
    deployFlows(ROOT, userDir, ENV, true);
    assert.ok(flows().length > 10);
  });

  it("shows Node-RED this package as an installed one, and follows it when it moves", () => {
    const link = join(userDir, "node_modules", "@context-edge", "node-red");
    linkPackage("/somewhere/else", userDir);
    linkPackage(ROOT, userDir);
    assert.equal(readlinkSync(link), ROOT);
  });

  it("does not replace a package that is really installed there", () => {
    mkdirSync(join(userDir, "node_modules", "@context-edge", "node-red"), { recursive: true });
    assert.throws(() => linkPackage(ROOT, userDir), /is in the way/);
  });
});

describe("the ports of npm start", () => {
  it("pass over one that is taken", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      // Ports of the system's own choice lie beyond the range that is searched.
      if (port < 32_768) assert.notEqual(await freePort("127.0.0.1", port), port);
      const free = await freePort("127.0.0.1", 21_000);
      assert.notEqual(await freePort("127.0.0.1", 21_000, [free]), free);
    } finally {
      server.close();
    }
  });
});
