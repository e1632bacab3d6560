import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import { scratch } from "../support/cache";
import { startSecurePeer, type Peer } from "../support/peers";
import { freePort } from "../support/ports";
import { startOpcua, type OpcuaPlant } from "../../simulator/opcua-server";
import device = require("../../nodes/context-edge-device/context-edge-device");
import opcua = require("../../nodes/context-edge-opcua/context-edge-opcua");

interface Answer {
  ok: boolean;
  text: string;
  code?: string;
  nodes: {
    node_id: string;
    name: string;
    path: string;
    class: string;
    children: boolean;
    data_type?: string;
    unit?: string;
  }[];
  more: boolean;
  server: { sha256: string; thumbprint: string; trusted: boolean; application_uri: string; not_after: string };
  own: { thumbprint: string; application_uri: string; pem: string };
  [more: string]: unknown;
}

async function ask(action: string, body: object): Promise<Answer> {
  const request = helper.request() as { post(path: string): { send(body: object): Promise<{ body: Answer }> } };
  return (await request.post(`/context-edge/context-edge-opcua/${action}`).send(body)).body;
}

/** What the dialogs of OPC UA ask, in a real Node-RED, of two servers of different makers. */
describe("the dialog of an OPC UA connection", function () {
  this.timeout(60_000);
  let folder: string;
  let trusting: string;
  let peer: Peer;
  let plant: OpcuaPlant;
  let endpoint: string;

  before(async function () {
    this.timeout(120_000);
    folder = scratch("opcua-dialog");
    trusting = join(folder, "trusted-by-server");
    peer = await startSecurePeer(folder, trusting);
    endpoint = peer.info.url as string;
    plant = await startOpcua({ host: "127.0.0.1", port: await freePort(), assets: ["motor-1", "motor-2"] });
    helper.init(require.resolve("node-red"), { userDir: folder });
    await new Promise<void>((resolve) => helper.startServer(resolve));
    await helper.load(
      [device, opcua],
      [
        { id: "d1", type: "context-edge-device", data_dir: join(folder, "data") },
        { id: "u1", type: "context-edge-opcua", device: "d1", ...secure(), user_kind: "password" },
        { id: "u2", type: "context-edge-opcua", endpoint: plant.endpoint },
      ],
      { u1: { user: "op", password: "secret" } },
    );
  });
  after(async () => {
    await helper.unload();
    await Promise.all([peer.stop(), plant.close(), new Promise<void>((resolve) => helper.stopServer(resolve))]);
    rmSync(folder, { recursive: true, force: true });
  });

  const secure = (more: object = {}) => ({
    endpoint,
    security_mode: "SignAndEncrypt",
    security_policy: "Basic256Sha256",
    ...more,
  });

  it("refuses a server that nobody trusts, shows its certificate, and trusts exactly that one", async () => {
    const refused = await ask("test", { id: "u1" });
    assert.equal(refused.ok, false);
    assert.equal(refused.code, "opcua-untrusted");
    const { server, own } = await ask("certificate", { id: "u1" });
    assert.match(refused.text, new RegExp(`certificate ${server.thumbprint} .* is not trusted`));
    assert.equal(server.trusted, false);
    assert.equal(server.application_uri, "urn:peer:asyncua:server");
    const mine = new X509Certificate(own.pem);
    assert.ok(mine.subjectAltName?.includes(`URI:${own.application_uri}`));
    assert.ok(mine.validToDate.getTime() > Date.now() + 9 * 365 * 86_400_000);

    assert.equal((await ask("trust", { id: "u1", sha256: "0".repeat(64), trusted: true })).code, "opcua-certificate");
    assert.equal((await ask("trust", { id: "u1", sha256: server.sha256, trusted: true })).ok, true);
    assert.equal((await ask("certificate", { id: "u1" })).server.trusted, true);
  });

  it("says that the server does not trust us, until it does", async () => {
    const refused = await ask("test", { id: "u1" });
    const { own } = await ask("certificate", { id: "u1" });
    assert.equal(refused.ok, false);
    assert.match(refused.text, new RegExp(own.thumbprint));
    writeFileSync(join(trusting, "context-edge.pem"), own.pem);
    const answered = await ask("test", { id: "u1" });
    assert.match(answered.text, /answered in \d+ ms; its clock is \d+ ms (behind|ahead of) ours$/);
  });

  it("browses and reads through the encrypted session, by the namespace's URI", async () => {
    const { nodes } = await ask("browse", { id: "u1" });
    const machine = nodes.find(({ name }) => name === "Machine");
    assert.deepEqual(machine, {
      node_id: "nsu=urn:peer:sensors;s=Machine",
      name: "Machine",
      path: "Machine",
      class: "Object",
      children: true,
    });
    const below = await ask("browse", { id: "u1", node_id: machine.node_id });
    assert.deepEqual(
      below.nodes.map(({ name, data_type, children }) => [name, data_type, children]),
      ["vibration_x", "vibration_y", "temperature", "current"].map((name) => [name, "Double", false]),
    );
    const value = await ask("read", { id: "u1", node_id: below.nodes[2]?.node_id });
    assert.equal(value["data_type"], "Double");
    assert.equal(value["quality"], "good");
    assert.equal(value["status"], "Good");
    assert.ok((value["value"] as number) > 10);
    assert.ok(Math.abs(Date.parse(value["source_timestamp"] as string) - Date.now()) < 5000);
  });

  it("shows units and ranges where the server has them", async () => {
    const { nodes } = await ask("browse", { id: "u2", node_id: "ns=1;s=motor-1" });
    const temperature = nodes.find(({ name }) => name === "temperature");
    assert.equal(temperature?.unit, "°C");
    assert.equal(temperature.data_type, "Double");
    const value = await ask("read", { id: "u2", node_id: temperature.node_id });
    assert.equal(value["unit"], "°C");
    assert.deepEqual(value["range"], { low: -40, high: 200 });
    assert.equal(value["quality"], "bad");
    assert.equal(value["status"], "BadWaitingForInitialData");
  });

  it("says what does not exist, and what the server does not offer", async () => {
    const nothing = await ask("read", { id: "u2", node_id: "ns=1;s=nothing" });
    assert.deepEqual([nothing.ok, nothing.code], [false, "opcua-node"]);
    assert.match(nothing.text, /ns=1;s=nothing: the server answers BadNodeIdUnknown/);
    assert.equal((await ask("browse", { id: "u2", node_id: "rubbish" })).code, "opcua-node");
    const other = await ask("test", { id: "u1", ...secure({ security_policy: "Aes256_Sha256_RsaPss" }), device: "d1" });
    assert.equal(other.code, "opcua-security");
    assert.match(other.text, /offers .*SignAndEncrypt with Basic256Sha256/);
    assert.equal((await ask("browse", { id: "nobody" })).code, "config-node");
  });

  it("sends the stored password to no other endpoint", async () => {
    const body = { id: "u1", ...secure({ endpoint: plant.endpoint }), device: "d1", user_kind: "password", user: "op" };
    const answer = await ask("browse", { ...body, password: "__PWRD__" });
    assert.deepEqual([answer.ok, answer.code], [false, "secret-elsewhere"]);
  });

  it("no longer trusts a server that was struck off", async () => {
    const { server } = await ask("certificate", { id: "u1" });
    assert.equal((await ask("trust", { id: "u1", sha256: server.sha256, trusted: false })).ok, true);
    assert.equal((await ask("browse", { id: "u1" })).code, "opcua-untrusted");
  });
});
