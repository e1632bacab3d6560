import { strict as assert } from "node:assert";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { openBrowser, picture } from "../support/browser";
import { scratch } from "../support/cache";
import { freePort } from "../support/ports";
import { TestProcess, until } from "../support/process";
import { readLdos } from "../support/segments";

const ROOT = join(__dirname, "..", "..");

/** What the plant wrote down when a unit was scanned. */
interface Scanned {
  code: string;
  product: string;
  asset: string;
  readings: Record<string, number>;
}

function start(data: string, port: number, args: string[] = [], env: NodeJS.ProcessEnv = {}): TestProcess {
  const script = join(ROOT, "scripts", "start.ts");
  return new TestProcess(process.execPath, ["--import=tsx", script, "--data", data, "--port", String(port), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
  });
}

function plantRecord(data: string): Scanned[] {
  const file = join(data, "plant", "record.ndjson");
  const lines = existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Scanned);
}

describe("npm start", function () {
  this.timeout(240_000);
  const data = scratch("start");
  let url: string;
  let demo: TestProcess;
  let browser: Browser;
  let page: Page;
  const outside: string[] = [];

  before(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    demo = start(data, port);
    await demo.line(/Ctrl-C/, 120_000);
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on("request", (request) => {
      if (/^(https?|wss?):/.test(request.url()) && !request.url().startsWith(url)) outside.push(request.url());
    });
  });
  after(async () => {
    await browser?.close();
    await demo.stop("SIGINT");
    rmSync(data, { recursive: true, force: true });
  });

  /** Presses a button of the sheet "Plant control", as the editor does. */
  async function press(name: string): Promise<void> {
    const flows = (await (await fetch(`${url}/flows`)).json()) as { id: string; name?: string }[];
    const inject = flows.find((node) => node.name === name);
    assert.ok(inject, `a button is called "${name}"`);
    const answer = await fetch(`${url}/inject/${inject.id}`, { method: "POST" });
    assert.equal(answer.status, 200);
  }

  it("puts the first segment into the folder within a minute", async () => {
    const since = performance.now();
    await until("a segment", () => readLdos(join(data, "objects")).length > 0, 60_000);
    assert.ok(performance.now() - since < 60_000);
  });

  it("shows on Line what is on the line, and moves", async () => {
    await page.goto(`${url}/dashboard/line`);
    await page.getByText(/Motor Assembly Type/).waitFor();
    assert.equal(await page.getByRole("meter").count(), 4);
    await page.getByText("ONNX · CPU").waitFor();
    const code = (): Promise<string | null> => page.locator(".ce-code .ce-mono").textContent();
    const first = await code();
    await until("another unit is scanned", async () => (await code()) !== first, 20_000);
    await picture(page, "line");
  });

  it("raises an alert when the rig overheats, and says so on both pages", async () => {
    await press("over-temperature now");
    await page.locator(".ce-state.ce-bad").waitFor({ timeout: 30_000 });
    await page
      .locator(".ce-open")
      .getByText(/not acknowledged/)
      .waitFor();
    await picture(page, "line-alert");
    await page.getByRole("link", { name: /open alert/ }).click();
    await page.getByRole("article", { name: "Temperature beyond its limit" }).waitFor();
    await picture(page, "alerts");
  });

  it("shows the record behind an alert", async () => {
    const alert = page.getByRole("article", { name: "Temperature beyond its limit" });
    await alert.getByRole("link", { name: "Latest record" }).click();
    const dialog = page.getByRole("dialog", { name: "Labeled data object" });
    await dialog.getByText(/^LDO-/).first().waitFor();
    await dialog.getByText("°C").first().waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  });

  it("acknowledges, shelves and closes with the keyboard alone, in the name that was given", async () => {
    await page.getByLabel("Your name").fill("Kim");
    const alert = page.getByRole("article", { name: "Temperature beyond its limit" });
    await alert.getByRole("button", { name: "Acknowledge" }).focus();
    await page.keyboard.press("Enter");
    await alert.getByText(/acknowledged by Kim/).waitFor();

    await alert.getByRole("button", { name: "Shelve…" }).focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("Minutes").fill("30");
    await page.keyboard.press("Enter");
    await alert.getByText(/shelved until/).waitFor();

    await alert.getByRole("button", { name: "Close…" }).focus();
    await page.keyboard.press("Enter");
    const close = page.getByRole("button", { name: "Close alert" });
    assert.equal(await close.isDisabled(), true, "nothing is chosen for you");
    await page.getByLabel("Cause").selectOption({ label: "nothing wrong (false alarm)" });
    assert.equal(await close.isDisabled(), false);
    await page.getByLabel("Cause").selectOption({ label: "something else" });
    assert.equal(await close.isDisabled(), true);
    await page.getByLabel("In your words").fill("fan blocked");
    await page.keyboard.press("Enter");
    await page.getByRole("cell", { name: /closed.*Kim: fan blocked/ }).waitFor();
    await picture(page, "alerts-closed");
  });

  it("says what the decision node refuses", async () => {
    await press("bearing wear now");
    const alert = page.getByRole("article").first();
    await alert.waitFor({ timeout: 40_000 });
    await alert.getByRole("button", { name: "Shelve…" }).click();
    await page.getByLabel("Minutes").fill("9000");
    await page.getByRole("button", { name: "Shelve", exact: true }).click();
    await page
      .getByRole("alert")
      .getByText(/at most 1440 are allowed/)
      .waitFor();
  });

  it("knows after a deploy what is open", async () => {
    const count = (): Promise<string | null> => page.locator(".ce-total").textContent();
    const before = await count();
    const flows = (await (await fetch(`${url}/flows`)).json()) as object[];
    await fetch(`${url}/flows`, {
      method: "POST",
      headers: { "content-type": "application/json", "Node-RED-Deployment-Type": "full" },
      body: JSON.stringify(flows),
    });
    await page.goto(`${url}/dashboard/alerts`);
    await until("the same alerts are open", async () => (await count()) === before, 20_000);
    await page.getByRole("cell", { name: /closed.*Kim: fan blocked/ }).waitFor();
  });

  it("leaves records that match what the plant did", async () => {
    const scanned = plantRecord(data);
    const byCode = new Map(scanned.map((entry) => [entry.code, entry]));
    const ldos = readLdos(join(data, "objects")).filter((ldo) => ldo.context !== null);
    assert.ok(ldos.length >= 5, `${ldos.length} records`);
    for (const ldo of ldos) {
      const truth = byCode.get(ldo.scan?.code ?? "");
      assert.ok(truth, `${ldo.scan?.code} was scanned`);
      assert.equal(ldo.context?.["product"], truth.product);
      assert.equal(ldo.asset_id, truth.asset);
      const { temperature } = ldo.sensor_data;
      if (typeof temperature === "number") {
        const off = Math.abs(temperature - truth.readings["temperature"]);
        assert.ok(off < 5, `temperature is ${off} off`);
      }
    }
  });

  it("marks every record as simulated, so that none is trained on", () => {
    const ldos = readLdos(join(data, "objects"));
    assert.ok(ldos.length >= 5, `${ldos.length} records`);
    assert.deepEqual(
      ldos.filter((ldo) => !ldo.simulated).map((ldo) => ldo.ldo_id),
      [],
    );
  });

  it("serves a record by its id, and says where older ones are", async () => {
    const [ldo] = readLdos(join(data, "objects"));
    const answer = await fetch(`${url}/context-edge/ldo/${ldo?.ldo_id}`);
    assert.equal(answer.status, 200);
    assert.equal(((await answer.json()) as { ldo_id: string }).ldo_id, ldo?.ldo_id);
    const unknown = await fetch(`${url}/context-edge/ldo/LDO-none`);
    assert.equal(unknown.status, 404);
    assert.match(((await unknown.json()) as { error: string }).error, /bucket/);
  });

  it("fits a panel of 1024 by 768 without scrolling, and a phone without a cut", async () => {
    const beyond = (limit: { right?: number; bottom?: number }): Promise<string[]> =>
      page.evaluate(
        ({ right = Infinity, bottom = Infinity }) =>
          [...document.querySelectorAll(".ce :is(p, dd, td, a, button, .ce-card, .ce-channel, .ce-prob)")]
            .filter((each) => {
              const box = each.getBoundingClientRect();
              return box.width > 0 && (box.right > right || box.bottom > bottom);
            })
            .map((each) => `${each.className} ${each.textContent?.slice(0, 40)}`),
        limit,
      );
    await page.setViewportSize({ width: 1024, height: 768 });
    await page.goto(`${url}/dashboard/line`);
    await page.locator(".ce-prob").first().waitFor();
    assert.deepEqual(await beyond({ right: 1024, bottom: 768 }), []);
    await picture(page, "line-panel");
    await page.setViewportSize({ width: 390, height: 844 });
    assert.deepEqual(await beyond({ right: 390 }), []);
    await page.goto(`${url}/dashboard/alerts`);
    await page.getByRole("link", { name: "Show" }).first().waitFor();
    assert.deepEqual(await beyond({ right: 390 }), []);
    await picture(page, "alerts-phone");
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it("is dark where the browser asks for it", async () => {
    const lightness = (selector: string, property: string): Promise<number> =>
      page
        .locator(selector)
        .first()
        .evaluate((element, name) => {
          const rgb =
            getComputedStyle(element)
              .getPropertyValue(name)
              .match(/[\d.]+/g) ?? [];
          return rgb.slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;
        }, property);
    for (const name of ["line", "alerts"]) {
      await page.emulateMedia({ colorScheme: "light" });
      await page.goto(`${url}/dashboard/${name}`);
      await page.locator(".ce").waitFor();
      assert.ok((await lightness(".v-app-bar", "background-color")) > 200, `${name}: a light bar`);
      assert.ok((await lightness(".ce", "color")) < 60, `${name}: dark text`);
      await page.emulateMedia({ colorScheme: "dark" });
      assert.ok((await lightness(".v-app-bar", "background-color")) < 60, `${name}: a dark bar`);
      assert.ok((await lightness(".ce", "color")) > 200, `${name}: light text`);
      await picture(page, `${name}-dark`);
    }
    await page.emulateMedia({ colorScheme: "light" });
  });

  it("opens in the editor with every node valid", async () => {
    await page.goto(url);
    await page.waitForSelector(".red-ui-flow-node-status-label", { state: "attached" });
    const invalid = await page.evaluate(`(() => {
      const found = [];
      const look = (node) => node.valid === false && found.push(node.type + " " + (node.name || node.id) + ": " + node.validationErrors);
      RED.nodes.eachNode(look);
      RED.nodes.eachConfig(look);
      return found;
    })()`);
    assert.deepEqual(invalid, []);
    await picture(page, "editor");
  });

  it("loads nothing from elsewhere", () => {
    assert.deepEqual(outside, []);
  });
});

describe("npm start, reachable from other machines", function () {
  this.timeout(180_000);

  it("demands a password", async () => {
    const data = scratch("open");
    const refused = start(data, await freePort(), ["--host", "0.0.0.0"], { CONTEXT_EDGE_PASSWORD: "" });
    await refused.line(/demands a password/);
    await until("it ends", () => !refused.running);
    assert.notEqual(refused.child.exitCode, 0);
    rmSync(data, { recursive: true });
  });

  it("asks for it on the editor, the pages and their socket", async () => {
    const data = scratch("closed");
    const port = await freePort();
    const demo = start(data, port, ["--host", "0.0.0.0"], { CONTEXT_EDGE_PASSWORD: "correct horse" });
    const url = `http://127.0.0.1:${port}`;
    try {
      await demo.line(/Ctrl-C/, 120_000);
      for (const path of ["/dashboard/line", "/flows", "/context-edge/ldo/LDO-none"]) {
        assert.equal((await fetch(`${url}${path}`)).status, 401, path);
      }
      const socket = `${url}/dashboard/socket.io/?EIO=4&transport=polling`;
      const { sid } = JSON.parse((await (await fetch(socket)).text()).slice(1)) as { sid: string };
      await fetch(`${socket}&sid=${sid}`, { method: "POST", body: "40" });
      assert.match(await (await fetch(`${socket}&sid=${sid}`)).text(), /not authorized/);
    } finally {
      await demo.stop("SIGINT");
      rmSync(data, { recursive: true, force: true });
    }
  });
});
