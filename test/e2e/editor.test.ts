import { strict as assert } from "node:assert";
import { generateKeyPairSync } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { openBrowser, picture } from "../support/browser";
import { scratch } from "../support/cache";
import { packTarball, palette, removeUserDir, startNodeRed, type NodeRed } from "../support/nodered";

interface EditorNode {
  type: string;
  valid: boolean;
}

/** Runs in the page: what the editor holds. */
const EDITOR_STATE = `(() => {
  const nodes = [];
  RED.nodes.eachNode((n) => nodes.push({ type: n.type, valid: n.valid }));
  RED.nodes.eachConfig((n) => nodes.push({ type: n.type, valid: n.valid }));
  return nodes;
})()`;

describe("the editor", function () {
  this.timeout(240_000);
  let userDir: string;
  let red: NodeRed;
  let browser: Browser;
  let page: Page;

  before(async () => {
    userDir = palette(packTarball(scratch("tarball")), [], { npm_config_onnxruntime_node_install: "skip" });
    red = await startNodeRed({ version: "5.0.7", userDir });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  });
  after(async () => {
    await browser.close();
    await red.stop();
    removeUserDir(userDir);
  });

  async function emptySheet(): Promise<void> {
    await red.deploy([]);
    await page.goto(red.url);
    await page.waitForSelector(".red-ui-palette-node");
    await page.evaluate(`$(".red-ui-notification").remove()`);
    await page.waitForTimeout(500);
  }

  async function drop(type: string, x = 500, y = 300): Promise<void> {
    const node = page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
    await node.scrollIntoViewIfNeeded();
    await node.dragTo(page.locator("#red-ui-workspace-chart"), { targetPosition: { x, y } });
    await page.waitForFunction(`RED.nodes.filterNodes({ type: "${type}" }).length === 1`);
  }

  for (const type of [
    "qr-context",
    "sensor-fuse",
    "tensorrt-infer",
    "decision",
    "ldo-emit",
    "context-edge-plant",
    "context-edge-model-train",
  ]) {
    it(`${type}, dropped on an empty sheet, makes its config nodes and deploys green`, async () => {
      await emptySheet();
      await drop(type);
      const state = await page.evaluate<EditorNode[]>(EDITOR_STATE);
      assert.deepEqual(
        state.filter((node) => !node.valid),
        [],
        "every node is valid as it was dropped",
      );
      await page.click("#red-ui-header-button-deploy");
      await page.waitForSelector(".red-ui-flow-node-status-group text", { state: "attached" });
      await page.waitForTimeout(1500);
      await picture(page, `dropped-${type}`);
      const missing = await page.evaluate<string>(`$(".red-ui-notification-error").text()`);
      assert.equal(missing, "");
      const fills = await page.evaluate<string>(
        `$(".red-ui-flow-node-status").map((_i, e) => e.getAttribute("class")).get().join(" ")`,
      );
      assert.doesNotMatch(fills, /red-ui-flow-node-status-(dot|ring)-red/, "no red status");
    });

    it(`${type} opens its dialog with every field labelled`, async () => {
      await emptySheet();
      await drop(type);
      await page.evaluate(`RED.editor.edit(RED.nodes.filterNodes({ type: "${type}" })[0])`);
      await page.waitForSelector("#red-ui-editor-stack .red-ui-tray-body form");
      await page.waitForTimeout(500);
      await picture(page, `dialog-${type}`);
      const unlabelled = await page.evaluate<
        string[]
      >(`$("#dialog-form").find("input:visible, select:visible").filter((_i, e) =>
        !$("label[for='" + e.id + "']").length && !e.getAttribute("aria-label") && !e.closest(".red-ui-typedInput-container") && !$(e).parents(".red-ui-tray-footer").length && !e.id.match(/node-input-node-disabled|red-ui-trap/))
        .map((_i, e) => e.id || e.outerHTML.slice(0, 80)).get()`);
      assert.deepEqual(unlabelled, []);
      const untranslated = await page.evaluate<string[]>(
        `$("#dialog-form").text().match(new RegExp("${type}\\\\.[a-z_]+", "g")) || []`,
      );
      assert.deepEqual(untranslated, []);
    });
  }

  it("asks a model from a channel for store, device and keys, and takes no private key", async () => {
    await emptySheet();
    await drop("tensorrt-infer");
    await page.evaluate(`(() => {
      let id;
      RED.nodes.eachConfig((n) => { if (n.type === "context-edge-model") id = n.id; });
      RED.editor.editConfig("", "context-edge-model", id);
    })()`);
    await page.waitForSelector("#node-config-input-source");
    await page.waitForTimeout(500);
    await page.selectOption("#node-config-input-source", "channel");
    const fields = await page.evaluate<string[]>(
      `$("#node-config-dialog-edit-form").find("input:visible, select:visible, textarea:visible").map((_i, e) =>
        e.id.replace("node-config-input-", "") + ($("label[for='" + e.id + "']").length ? "" : " has no label")).get()`,
    );
    for (const name of ["model", "ring", "objects", "device", "release_keys", "pointer_keys"])
      assert.ok(fields.includes(name), `${name} in ${fields.join(", ")}`);
    assert.deepEqual(
      fields.filter((name) => name.endsWith("no label") && !name.startsWith("red-ui-trap")),
      [],
    );
    const wrong = (name: string, text: string): Promise<boolean> =>
      page.evaluate<boolean>(
        `$("#node-config-input-${name}").val(${JSON.stringify(text)}).trigger("change").hasClass("input-error")`,
      );
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    assert.equal(await wrong("release_keys", ""), true);
    const secret = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    assert.equal(await wrong("release_keys", secret), true);
    assert.equal(await wrong("release_keys", publicKey.export({ type: "spki", format: "pem" }).toString()), false);
    assert.equal(await wrong("release_keys", "${RELEASE_KEYS}"), false);
    await page.click("#node-config-button-test");
    await page.waitForSelector("#ce-model-answer.ce-bad");
    assert.match(await page.innerText("#ce-model-answer"), /no working context-edge-objects is chosen/);
    await picture(page, "dialog-model-channel");
  });

  it("asks for a band where a channel is the RMS in one, and for a moment where it is the reading nearest to it", async () => {
    await emptySheet();
    await drop("sensor-fuse");
    await page.evaluate(`RED.editor.edit(RED.nodes.filterNodes({ type: "sensor-fuse" })[0])`);
    await page.waitForSelector("#red-ui-editor-stack .red-ui-tray-body form");
    await page.waitForTimeout(500);
    const shown = (align: string): Promise<string[]> =>
      page.evaluate<string[]>(`(() => {
        const row = $("#node-input-channels-list .ce-row").first().removeClass("ce-closed");
        row.find("[data-column=align]").val("${align}").trigger("change");
        return ["band", "lag_ms", "tolerance_ms", "window_ms"].filter((column) =>
          row.find("[data-column=" + column + "]").closest(".ce-field").css("display") !== "none");
      })()`);
    assert.deepEqual(await shown("hold"), []);
    assert.deepEqual(await shown("nearest"), ["lag_ms", "tolerance_ms"]);
    assert.deepEqual(await shown("kurtosis"), ["window_ms"]);
    assert.deepEqual(await shown("band_rms"), ["band", "window_ms"]);
    assert.equal(
      await page.evaluate<boolean>(`$("#node-input-channels-list [data-column=band]").first().hasClass("input-error")`),
      true,
      "a band must be written",
    );
    const refused = (band: string): Promise<boolean> =>
      page.evaluate<boolean>(
        `$("#node-input-channels-list [data-column=band]").first().val("${band}").trigger("change").hasClass("input-error")`,
      );
    assert.equal(await refused("1000-10"), true);
    assert.equal(await refused("10-1000"), false);
    await picture(page, "dialog-sensor-fuse-band");
  });
});
