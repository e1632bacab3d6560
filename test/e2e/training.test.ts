import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { retrain } from "../../flows/src/retrain/flow";
import type { FlowNode } from "../../flows/src/sheet";
import { openBrowser, picture } from "../support/browser";
import { scratch } from "../support/cache";
import { BUNDLED_VERSION, linkedPalette, removeUserDir, startNodeRed, type NodeRed } from "../support/nodered";
import { standinPython } from "../support/trainer-standin";

const DASHBOARD = join(__dirname, "..", "..", "node_modules", "@flowfuse", "node-red-dashboard");

/** The shipped flow with the stand-in as its trainer, beside a loop that keeps samples. */
function flow(dir: string, model: string): FlowNode[] {
  const nodes = retrain({ device: { data_dir: join(dir, "data") }, objects: { folder: join(dir, "bucket") }, env: {} });
  const train = nodes.find(({ type }) => type === "context-edge-model-train") as FlowNode;
  const labels = ["normal", "worn"].map((name, i) => ({ name, kind: i === 0 ? "normal" : "fault" }));
  Object.assign(train, { model_name: model, python: standinPython(dir), labels, model: "", key: "release.pem" });
  const at = { z: train["z"], x: 900, y: 900, device: train["device"] };
  const channels = [{ name: "pressure", unit: "bar", min: "0", max: "16" }];
  return [
    ...nodes,
    { ...at, id: "aaaaaaaaaaaaaaa1", type: "sensor-fuse", channels, wires: [["aaaaaaaaaaaaaaa2"], []] },
    { ...at, id: "aaaaaaaaaaaaaaa2", type: "ldo-emit", objects: train["objects"], wires: [[], []] },
  ];
}

describe("the page Training", function () {
  this.timeout(120_000);
  const dir = scratch("training");
  let userDir: string;
  let red: NodeRed;
  let browser: Browser;
  let page: Page;
  const outside: string[] = [];

  before(async () => {
    mkdirSync(dir, { recursive: true });
    userDir = linkedPalette({ "@flowfuse/node-red-dashboard": DASHBOARD });
    red = await startNodeRed({ version: BUNDLED_VERSION, userDir, flow: flow(dir, "slow") });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on("request", (request) => {
      if (/^(https?|wss?):/.test(request.url()) && !request.url().startsWith(red.url)) outside.push(request.url());
    });
  });
  after(async () => {
    await browser?.close();
    await red?.stop();
    removeUserDir(userDir);
    rmSync(dir, { recursive: true, force: true });
  });

  const title = (text: RegExp) => page.locator(".ce-state-word").getByText(text);
  /** What is cut off or beyond the right edge. */
  const beyond = (right: number): Promise<string[]> =>
    page.evaluate(
      (edge) =>
        [...document.querySelectorAll(".ce :is(p, dd, li, a, button, input, h2, .ce-card)")]
          .filter((each) => each.getBoundingClientRect().right > edge + 1)
          .map((each) => `${each.className} ${each.textContent?.slice(0, 40)}`),
      right,
    );

  it("says that nothing has been trained yet", async () => {
    await page.goto(`${red.url}/dashboard/training`);
    await title(/Not trained yet/).waitFor();
    assert.equal(await page.getByRole("button", { name: "Stop…" }).isDisabled(), true);
    assert.equal(await page.getByRole("button", { name: "Promote…" }).isDisabled(), true);
    await picture(page, "training-empty");
  });

  it("shows a run from its start to its gates and its report", async () => {
    await page.getByLabel("Your name").fill("Kim");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByRole("progressbar", { name: "Epochs" }).waitFor();
    await page.getByText(/epoch 1\d of 40, with context/).waitFor({ timeout: 20_000 });
    await page.getByRole("img", { name: "Macro-F1 by epoch" }).waitFor();
    await picture(page, "training-running");
    assert.equal(await page.getByRole("button", { name: "Start", exact: true }).isDisabled(), true);

    await title(/Candidate ready/).waitFor({ timeout: 30_000 });
    await page.getByText(/version 1.0.0, in the object store/).waitFor();
    await page.getByRole("row", { name: /pass accuracy 0.9 ?\(0.88–0.92\) > 0.92 400/ }).waitFor();
    await page.getByRole("row", { name: /waived · kim recall of bearing wear/ }).waitFor();
    await page.getByRole("row", { name: /candidate ready by hand Kim/ }).waitFor();
    await picture(page, "training-done");
  });

  it("shows the report where nothing in it can run, load or lead anywhere", async () => {
    const frame = page.frameLocator("iframe.ce-report");
    await frame.getByRole("heading", { name: "Report of the stand-in" }).waitFor();
    assert.equal(await page.locator("iframe.ce-report").getAttribute("sandbox"), "");
    const src = await page.locator("iframe.ce-report").evaluate((element) => (element as HTMLIFrameElement).src);
    const answer = await fetch(src);
    const policy = answer.headers.get("content-security-policy") ?? "";
    for (const part of ["sandbox;", "default-src 'none'"]) assert.ok(policy.includes(part), policy);
    assert.doesNotMatch(policy, /allow-scripts|script-src/);
    assert.match(await answer.text(), /<script>document.title/);
    const none = await fetch(`${red.url}/context-edge/training/report?id=none`);
    assert.deepEqual([none.status, await none.text()], [404, "run none has no report here"]);
  });

  it("promotes only with a name, and says why it cannot", async () => {
    await page.getByRole("button", { name: "Promote…" }).click();
    const dialog = page.getByRole("dialog", { name: "Promote 1.0.0?" });
    await dialog.getByLabel("Your name").fill("");
    assert.equal(await dialog.getByRole("button", { name: "Promote", exact: true }).isDisabled(), true);
    await dialog.getByLabel("Your name").fill("Kim");
    await picture(page, "training-promote");
    await dialog.getByRole("button", { name: "Promote", exact: true }).click();
    await page
      .getByRole("alert")
      .getByText(/No pointer key is named/)
      .waitFor();
  });

  it("stops what somebody wants stopped, after a question", async () => {
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByText(/epoch \d+ of 40, with/).waitFor({ timeout: 20_000 });
    await page.getByRole("button", { name: "Stop…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Stop…" }).click();
    await page.getByRole("button", { name: "Stop it" }).click();
    await title(/Stopped/).waitFor({ timeout: 20_000 });
  });

  it("says which gate has failed", async () => {
    await red.deploy(flow(dir, "gates"));
    await page.goto(`${red.url}/dashboard/training`);
    await title(/Not trained yet/).waitFor({ timeout: 20_000 });
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await title(/Failed/).waitFor({ timeout: 20_000 });
    await page
      .locator(".ce-state-why")
      .getByText(/not released: accuracy: fail, recall:bearing_wear: not enough rows/)
      .waitFor();
    assert.equal(await page.getByRole("button", { name: "Promote…" }).isDisabled(), true);
    await picture(page, "training-failed");
  });

  it("fits a small screen and a phone, light and dark", async () => {
    for (const [name, width, height] of [
      ["training", 1280, 800],
      ["training-phone", 390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      for (const scheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        // The dashboard fades from one theme to the other.
        await page.waitForTimeout(600);
        assert.deepEqual(await beyond(width), []);
        await picture(page, `${name}-${scheme}`);
      }
    }
    assert.deepEqual(outside, []);
  });
});
