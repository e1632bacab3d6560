import { strict as assert } from "node:assert";
import { X509Certificate } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { openBrowser, picture } from "../support/browser";
import { scratch } from "../support/cache";
import { BUNDLED_VERSION, linkedPalette, removeUserDir, startNodeRed, type NodeRed } from "../support/nodered";
import { startSecurePeer, type Peer } from "../support/peers";

const UA = "4a4a4a4a00000001";

const deployed = (url: string, method: string): boolean => url.endsWith("/flows") && method === "POST";

/** Commissioning a server that is reached only by who is trusted, and is trusted by nobody yet. */
describe("the dialog of an OPC UA connection in the editor", function () {
  this.timeout(120_000);
  let folder: string;
  let trusting: string;
  let userDir: string;
  let red: NodeRed;
  let browser: Browser;
  let page: Page;
  let peer: Peer;

  before(async () => {
    folder = scratch("opcua-editor");
    trusting = join(folder, "trusted");
    peer = await startSecurePeer(folder, trusting);
    userDir = linkedPalette();
    red = await startNodeRed({
      version: BUNDLED_VERSION,
      userDir,
      flow: [
        { id: "4a4a4a4a00000000", type: "tab", label: "line" },
        { id: UA, type: "context-edge-opcua", endpoint: peer.info.url, interval_ms: "200", watchdog_ms: "10000" },
      ],
    });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1400, height: 1100 } });
  });
  after(async () => {
    await browser.close();
    await red.stop();
    await peer.stop();
    removeUserDir(userDir);
    rmSync(folder, { recursive: true, force: true });
  });

  const part = (name: string) => page.locator(`#context-edge-opcua-${name}`);
  const input = (name: string) => page.locator(`#node-config-input-${name}`);

  async function said(pattern: RegExp, name: string): Promise<string> {
    await page.waitForFunction(`${String(pattern)}.test($("#context-edge-opcua-${name}").text())`);
    return part(name).innerText();
  }

  it("shows the certificates of both sides, trusts, signs in and connects", async () => {
    await page.goto(red.url);
    await page.waitForFunction(`window.RED && RED.nodes && RED.nodes.node("${UA}")`);
    await page.waitForTimeout(500);
    await page.evaluate(`RED.editor.editConfig("", "context-edge-opcua", "${UA}")`);
    await input("endpoint").waitFor();
    assert.equal(await input("security_mode").inputValue(), "None");
    assert.equal(await input("user_kind").inputValue(), "anonymous");
    assert.equal(await input("user").isVisible(), false);

    await input("security_mode").selectOption("SignAndEncrypt");
    await input("user_kind").selectOption("password");
    await input("user").fill("op");
    await input("password").fill("secret");
    await part("test").click();
    await said(/is not trusted/, "test-answer");

    await part("look").click();
    const shown = await said(/Thumbprint/, "shown");
    assert.match(shown, /Peer asyncua server/);
    assert.match(await part("look-answer").innerText(), /not trusted/);
    await picture(page, "opcua-untrusted");
    await part("trust").click();
    await said(/: trusted/, "look-answer");
    assert.equal(await part("distrust").isVisible(), true);

    const [download] = await Promise.all([page.waitForEvent("download"), part("own").click()]);
    const own = readFileSync(await download.path(), "utf8");
    assert.match(new X509Certificate(own).subjectAltName ?? "", /URI:urn:/);
    await part("test").click();
    await said(/does not trust our certificate|refuses it/, "test-answer");
    writeFileSync(join(trusting, "context-edge.pem"), own);
    await part("test").click();
    await said(/answered in \d+ ms/, "test-answer");
    await picture(page, "opcua-trusted");
  });

  it("keeps what was chosen, and the password encrypted", async () => {
    await page.click("#node-config-dialog-ok");
    await input("endpoint").waitFor({ state: "detached" });
    await Promise.all([
      page.waitForResponse((answer) => deployed(answer.url(), answer.request().method())),
      page.click("#red-ui-header-button-deploy"),
    ]);
    const flow = await red.get<Record<string, unknown>[]>("/flows");
    const node = flow.find(({ id }) => id === UA);
    assert.deepEqual(
      [node?.["security_mode"], node?.["security_policy"], node?.["user_kind"]],
      ["SignAndEncrypt", "Basic256Sha256", "password"],
    );
    assert.ok(!JSON.stringify(flow).includes("secret"));
    await page.evaluate(`RED.editor.editConfig("", "context-edge-opcua", "${UA}")`);
    await input("endpoint").waitFor();
    await part("test").click();
    await said(/answered in \d+ ms/, "test-answer");
    await input("endpoint").fill(`${peer.info.url}2`);
    await part("test").click();
    await said(/belongs to another endpoint/, "test-answer");
  });

  it("takes a user's certificate and key from files", async () => {
    await input("user_kind").selectOption("certificate");
    assert.equal(await input("user").isVisible(), false);
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.click('[data-load="certificate"]')]);
    const der = readFileSync(join(folder, "server", "server_cert.der"));
    await chooser.setFiles({ name: "me.der", mimeType: "application/octet-stream", buffer: der });
    await page.waitForFunction(`$("#node-config-input-certificate").val().length > 100`);
    assert.equal(await input("certificate").inputValue(), der.toString("base64"));
  });
});
