import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import type { ObjectsService } from "../../nodes/common/services";
import { startVersitygw, type TestS3 } from "../support/s3";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy";
import objects = require("../../nodes/context-edge-objects/context-edge-objects");

const TYPE = "context-edge-objects";

interface Answer {
  readonly ok: boolean;
  readonly text: string;
}

/** Clicks "Test connection" in a dialog that shows these values. */
async function testConnection(values: object): Promise<Answer> {
  const admin = helper.request() as { post(path: string): { send(body: object): Promise<{ body: Answer }> } };
  return (await admin.post(`/context-edge/${TYPE}/test`).send(values)).body;
}

const serviceOf = (id: string): ObjectsService | undefined =>
  (helper.getNode(id) as unknown as { service?: ObjectsService }).service;

describe(TYPE, () => {
  let folder: string;

  before((done) => {
    folder = mkdtempSync(join(tmpdir(), "objects-node-"));
    helper.init(require.resolve("node-red"), { userDir: folder });
    helper.startServer(done);
  });
  afterEach(() => helper.unload());
  after((done) => {
    rmSync(folder, { recursive: true, force: true });
    helper.stopServer(done);
  });

  it("keeps objects in a folder below the user directory when nothing else is said", async () => {
    await helper.load([objects], [{ id: "b1", type: TYPE, kind: "folder", folder: "objects" }]);
    const store = serviceOf("b1")?.store;
    assert.equal(store?.description, `folder ${join(folder, "context-edge", "objects")}`);
    assert.equal((await store?.put("ldo/one", Buffer.from("1")))?.kind, "stored");
    assert.deepEqual(serviceOf("b1")?.access(), { url: join(folder, "context-edge", "objects"), env: {} });
  });

  it("refuses every object with the reason when its settings cannot work, so that records wait in the spool", async () => {
    const wrong = { id: "b1", type: TYPE, kind: "s3", endpoint: "ftp://user:secret@host", bucket: "plant" };
    await helper.load([objects], [wrong, { ...wrong, id: "b2", endpoint: "", bucket: "No Bucket" }]);
    for (const [id, reason] of [
      ["b1", /endpoint .* must read https:\/\/host:port/],
      ["b2", /No Bucket/],
    ] as const) {
      const outcome = await serviceOf(id)?.store.put("ldo/one", Buffer.from("1"));
      assert.ok(outcome?.kind === "refused" && outcome.about === "store");
      assert.match(outcome.error.message, reason);
    }
    const { text } = await testConnection(wrong);
    assert.match(text, /endpoint .* must read https:\/\/host:port/);
    assert.doesNotMatch(text, /secret/);
  });

  it("tests a folder by writing, reading back and racing", async () => {
    await helper.load([objects], []);
    const { ok, text } = await testConnection({ kind: "folder", folder: join(folder, "elsewhere") });
    assert.ok(ok, text);
    assert.match(text, /elsewhere: written, read back; one of 12 racing writers won/);
  });

  describe("with an S3 server", function () {
    this.timeout(60_000);
    let server: TestS3;
    let other: TcpProxy;

    before(async function () {
      this.timeout(900_000);
      server = await startVersitygw();
      other = await startTcpProxy(server.port);
    });
    after(async () => {
      await other?.stop();
      await server?.stop();
    });

    const config = (): object => ({
      id: "b1",
      type: TYPE,
      kind: "s3",
      endpoint: server.options.endpoint,
      bucket: "plant",
      region: "us-east-1",
      path_style: true,
    });
    const dialog = (): object => ({ ...config(), access_key: "context-edge", secret_key: "__PWRD__" });
    const load = (): Promise<void> =>
      helper.load([objects], [config()], { b1: { access_key: "context-edge", secret_key: "not-a-secret-1" } });

    it("signs with the stored secret for the stored endpoint, and for no other", async () => {
      await load();
      assert.equal((await testConnection(dialog())).ok, true);
      const elsewhere = await testConnection({ ...dialog(), endpoint: `http://127.0.0.1:${other.port}` });
      assert.deepEqual(elsewhere, { ok: false, text: "the stored secret belongs to another endpoint: type it again" });
      assert.equal(other.connections, 0);
    });

    it("tells another program of this machine the same place, with its keys, and leaves the environment what is not set", async () => {
      await load();
      assert.deepEqual(serviceOf("b1")?.access(), {
        url: "s3://plant",
        env: {
          AWS_REGION: "us-east-1",
          AWS_DEFAULT_REGION: "us-east-1",
          AWS_ENDPOINT_URL_S3: server.options.endpoint,
          AWS_ACCESS_KEY_ID: "context-edge",
          AWS_SECRET_ACCESS_KEY: "not-a-secret-1",
        },
      });
      await helper.unload();
      await helper.load([objects], [{ ...config(), endpoint: "", prefix: "line-1/" }]);
      assert.deepEqual(serviceOf("b1")?.access(), {
        url: "s3://plant/line-1",
        env: { AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "us-east-1" },
      });
    });

    it("says in plain words what is wrong", async () => {
      await load();
      assert.match(
        (await testConnection({ ...dialog(), bucket: "not-there" })).text,
        /create the bucket, or correct its name/,
      );
      assert.match(
        (await testConnection({ ...dialog(), secret_key: "mistyped" })).text,
        /the secret does not belong to the access key/,
      );
      assert.match((await testConnection({ ...dialog(), access_key: "" })).text, /the access key is missing/);
      assert.match(
        (await testConnection({ ...dialog(), endpoint: "http://127.0.0.1:1", secret_key: "x" })).text,
        /ECONNREFUSED/,
      );
      assert.match(
        (await testConnection({ ...dialog(), endpoint: "${NOT_SET_ANYWHERE}" })).text,
        /NOT_SET_ANYWHERE, which is not set/,
      );
    });
  });
});
