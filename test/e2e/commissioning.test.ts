import { strict as assert } from "node:assert";
import type { Browser, Page } from "playwright-core";
import { openBrowser, picture } from "../support/browser";
import { scratch } from "../support/cache";
import { packTarball, palette, removeUserDir, startNodeRed, type NodeRed } from "../support/nodered";
import { startPeer, type Peer } from "../support/peers";
import { freePort } from "../support/ports";

const SHEET = "5e5e5e5e00000001";
const FUSE = "5e5e5e5e00000002";

/** What an engineer does who commissions a line: nobody types a node id. */
describe("commissioning channels in the editor", function () {
  this.timeout(240_000);
  let userDir: string;
  let red: NodeRed;
  let browser: Browser;
  let page: Page;
  let opcua: Peer;
  let modbus: Peer;
  let modbusPort: number;

  before(async () => {
    modbusPort = await freePort();
    opcua = await startPeer("asyncua_server.py", [
      "--no-anonymous",
      "--user",
      "op:secret",
      "--port",
      String(await freePort()),
    ]);
    modbus = await startPeer("pymodbus_server.py", ["--port", String(modbusPort)]);
    const libraries = ["node-opcua-client", "modbus-serial"];
    userDir = palette(packTarball(scratch("tarball")), libraries, { npm_config_onnxruntime_node_install: "skip" });
    red = await startNodeRed({ version: "5.0.7", userDir });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  });
  after(async () => {
    await browser.close();
    await red.stop();
    await opcua.stop();
    await modbus.stop();
    removeUserDir(userDir);
  });

  /** A sheet with one sensor-fuse, without channels, and its PLCs; its dialog is open. */
  async function openDialog(channels: readonly object[] = [], asset = "motor-1"): Promise<void> {
    const device = "5e5e5e5e00000003";
    await red.deploy([
      { id: SHEET, type: "tab", label: "line" },
      {
        id: FUSE,
        z: SHEET,
        x: 300,
        y: 100,
        type: "sensor-fuse",
        name: "",
        device,
        trigger: "any",
        channels,
        opcua: "5e5e5e5e00000004",
        modbus: "5e5e5e5e00000005",
        wires: [[], []],
      },
      { id: device, type: "context-edge-device", mode: "live", data_dir: "data", assets: [{ id: asset }] },
      {
        id: "5e5e5e5e00000004",
        type: "context-edge-opcua",
        endpoint: opcua.info.url,
        interval_ms: "100",
        user_kind: "password",
        // The editor does not get these back from a deploy.
        credentials: { user: "op", password: "secret" },
      },
      {
        id: "5e5e5e5e00000005",
        type: "context-edge-modbus",
        host: "127.0.0.1",
        port: String(modbusPort),
        unit: "1",
        interval_ms: "200",
        timeout_ms: "1000",
      },
    ]);
    await page.goto(red.url);
    await page.waitForFunction(`window.RED && RED.nodes && RED.nodes.node("${FUSE}")`);
    await page.waitForTimeout(500);
    await page.evaluate(`$(".red-ui-notification").remove(); RED.editor.edit(RED.nodes.node("${FUSE}"))`);
    await page.waitForSelector("#node-input-trigger");
    await page.waitForTimeout(500);
  }

  const row = (n: number) => page.locator("#node-input-channels-list > li").nth(n);
  const field = (n: number, column: string) => row(n).locator(`[data-column=${column}]`);

  async function deployed(): Promise<Record<string, string>[]> {
    await page.click("#node-dialog-ok");
    await page.waitForSelector("#node-input-trigger", { state: "detached" });
    const invalid = await page.evaluate<string[]>(`(() => {
      const said = [];
      const look = (n) => { if (!n.valid) said.push(n.type + ": " + (n.validationErrors || []).join(", ")); };
      RED.nodes.eachNode(look);
      RED.nodes.eachConfig(look);
      return said;
    })()`);
    assert.deepEqual(invalid, [], "every node is valid");
    await page.click("#red-ui-header-button-deploy");
    await page.waitForSelector("#red-ui-header-button-deploy.disabled");
    await picture(page, "deployed");
    const flow = await red.get<{ id: string; channels: Record<string, string>[] }[]>("/flows");
    return flow.find((node) => node.id === FUSE)?.channels ?? [];
  }

  async function statusText(pattern: RegExp): Promise<void> {
    await page.waitForFunction(
      `${String(pattern)}.test([...document.querySelectorAll(".red-ui-flow-node-status-label")].map((e) => e.textContent).join(" "))`,
      undefined,
      { timeout: 15_000 },
    );
  }

  it("channels are picked from the OPC UA server's tree, read, and deployed", async () => {
    await openDialog();
    await page.click("#sensor-fuse-browse");
    const tree = page.locator(".ce-browse");
    await tree.getByText("Machine", { exact: true }).waitFor();
    await picture(page, "browse-opcua-root");
    await tree
      .locator(".red-ui-treeList-label", { hasText: "Machine" })
      .locator(".red-ui-treeList-icon")
      .first()
      .click();
    await tree.getByText("temperature", { exact: true }).waitFor();
    for (const name of ["temperature", "current"]) {
      await tree.locator(".red-ui-treeList-label", { hasText: name }).locator("input[type=checkbox]").check();
    }
    await page.waitForFunction(`$(".ce-tree-value").text().match(/\\d+\\.\\d+/)`);
    await picture(page, "browse-opcua");
    await page.click("#context-edge-browse-ok");
    await row(1).waitFor();
    assert.equal(await field(0, "name").inputValue(), "temperature");
    assert.equal(await field(0, "match").inputValue(), "nsu=urn:peer:sensors;s=temperature");
    await row(0).getByText("Read once").click();
    await row(0).locator(".ce-tools-answer.ce-ok").waitFor();
    assert.match(await row(0).locator(".ce-tools-answer").innerText(), /✓ \d+(\.\d+)? .*\(Good, Double\)/);
    await picture(page, "read-once-opcua");
    const channels = await deployed();
    assert.deepEqual(
      channels.map(({ name, source }) => `${source} ${name}`),
      ["opcua temperature", "opcua current"],
    );
    await statusText(/2 channels good/);
    await picture(page, "commissioned");
  });

  it("a variable picked for a channel that waits for it fills its row", async () => {
    await openDialog([
      { name: "temperature", source: "wire", match: "", unit: "°C", type: "number" },
      { name: "current", source: "wire", match: "", unit: "A", type: "number" },
    ]);
    await page.click("#sensor-fuse-browse");
    const tree = page.locator(".ce-browse");
    await tree.getByText("Machine", { exact: true }).waitFor();
    await tree
      .locator(".red-ui-treeList-label", { hasText: "Machine" })
      .locator(".red-ui-treeList-icon")
      .first()
      .click();
    await tree.locator(".red-ui-treeList-label", { hasText: "temperature" }).locator("input[type=checkbox]").check();
    await page.click("#context-edge-browse-ok");
    await page.waitForFunction(`$("[data-column=source]").first().val() === "opcua"`);
    assert.deepEqual(
      [await field(0, "name").inputValue(), await field(0, "match").inputValue(), await field(0, "unit").inputValue()],
      ["temperature", "nsu=urn:peer:sensors;s=temperature", "°C"],
    );
    assert.equal(await page.locator("#node-input-channels-list > li").count(), 2, "no row was added");
  });

  it("a register is read in every byte order, and the right one is chosen with a click", async () => {
    await openDialog([
      { name: "level", source: "modbus", match: "holding:2", type: "float32", order: "ABCD", max_age_ms: "5000" },
    ]);
    await row(0).getByText("Read once").click();
    const right = row(0).locator(".ce-preview button", { hasText: "float32 CDAB: 123.456" });
    await right.waitFor();
    await picture(page, "read-once-modbus");
    await right.click();
    await row(0).locator(".ce-tools-answer.ce-ok").waitFor();
    assert.equal(await field(0, "order").inputValue(), "CDAB");
    assert.match(await row(0).locator(".ce-tools-answer").innerText(), /123\.456/);
    await deployed();
    await statusText(/1 channels? good/);
  });

  it("a channel of every asset is read for the first one, which the answer names", async () => {
    // The peer's variables are named after what they measure: so is the asset here.
    const match = "nsu=urn:peer:sensors;s={asset}";
    await openDialog([{ name: "level", source: "opcua", match, type: "number", max_age_ms: "5000" }], "current");
    await row(0).getByText("Read once").click();
    await row(0).locator(".ce-tools-answer.ce-ok").waitFor();
    assert.match(await row(0).locator(".ce-tools-answer").innerText(), /✓ current: \d+(\.\d+)? .*\(Good, Double\)/);
    assert.equal(await field(0, "match").inputValue(), match);
  });

  it("a server that does not answer is named where it was asked", async () => {
    await modbus.command("refuse on");
    try {
      await openDialog([{ name: "level", source: "modbus", match: "holding:2", type: "float32", order: "ABCD" }]);
      await row(0).getByText("Read once").click();
      await row(0).locator(".ce-tools-answer.ce-bad").waitFor();
      assert.match(await row(0).locator(".ce-tools-answer").innerText(), new RegExp(`127\\.0\\.0\\.1:${modbusPort}`));
    } finally {
      await modbus.command("refuse off");
    }
  });

  it("a channel that comes by wire is read from the running node", async () => {
    await openDialog([{ name: "temperature", source: "wire", match: "", type: "number", max_age_ms: "60000" }]);
    await row(0).getByText("Read once").click();
    await row(0).locator(".ce-tools-answer.ce-bad").waitFor();
    assert.match(
      await row(0).locator(".ce-tools-answer").innerText(),
      /temperature is missing: no reading has come yet/,
    );
  });
});
