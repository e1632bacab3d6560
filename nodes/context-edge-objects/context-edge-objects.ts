import { isAbsolute, join } from "node:path";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { systemClock } from "../../lib/clock";
import { systemClockWatch } from "../../lib/clock-watch";
import { EdgeError, asError } from "../../lib/errors";
import { FolderStore } from "../../lib/storage/folder-store";
import type { ObjectStore } from "../../lib/storage/object-store";
import { RefusingStore } from "../../lib/storage/refusing-store";
import { readS3Settings, type S3Secrets } from "../../lib/storage/s3-settings";
import { S3Store } from "../../lib/storage/s3-store";
import { checkStore, type StoreAnswer } from "../../lib/storage/store-check";
import { onClose } from "../common/adapter";
import { ConfigReader, type RawConfig } from "../common/config";
import { fromDialog, secretToTry } from "../common/dialog";
import { partOf } from "../common/operation";
import type { ObjectsService } from "../common/services";

interface ObjectsNode extends Node<S3Secrets> {
  service?: ObjectsService;
  /** Where the stored secret belongs: it signs requests to no other server. */
  endpoint?: string;
}

/** The bucket, or folder, where records, labels and models cross between edge and cloud. */
export = function (RED: NodeAPI): void {
  const home = join(RED.settings.userDir ?? process.cwd(), "context-edge");

  function ContextEdgeObjects(this: ObjectsNode, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    try {
      const reader = new ConfigReader(config as unknown as RawConfig, "object store");
      this.endpoint = reader.text("endpoint", "");
      const store = openStore(reader, readSecrets(this.credentials), home);
      this.service = { store };
      onClose(this, () => store.close());
    } catch (error) {
      // Records are still taken into the spool; they wait there until the settings are mended.
      const reason = asError(error);
      partOf(this).refused = reason;
      this.error(reason.message);
      this.service = { store: new RefusingStore(new EdgeError("objects-refused", reason.message, { cause: reason })) };
    }
  }
  RED.nodes.registerType<ObjectsNode, NodeDef, object, S3Secrets>("context-edge-objects", ContextEdgeObjects, {
    credentials: { access_key: { type: "text" }, secret_key: { type: "password" } },
  });

  RED.httpAdmin.post(
    "/context-edge/context-edge-objects/test",
    RED.auth.needsPermission("context-edge-objects.write"),
    (request, response) => {
      test(RED, fromDialog(RED, request.body), home).then(
        (answer) => response.json(answer),
        (error: unknown) => response.json({ ok: false, text: asError(error).message }),
      );
    },
  );
};

/** @throws EdgeError `config-env` */
function readSecrets(credentials: S3Secrets | undefined): S3Secrets {
  const reader = new ConfigReader({ ...credentials }, "object store");
  return { access_key: reader.secret("access_key"), secret_key: reader.secret("secret_key") };
}

const serverTime = (epochMs: number): void => systemClockWatch.compare(epochMs);

/** @param home where a folder lies whose path is not absolute */
function openStore(config: ConfigReader, secrets: S3Secrets, home: string, timeoutMs?: number): ObjectStore {
  if (config.choice("kind", ["folder", "s3"], "folder") === "folder") {
    const folder = config.text("folder", "objects");
    return new FolderStore(isAbsolute(folder) ? folder : join(home, folder), systemClock);
  }
  const settings = readS3Settings({
    endpoint: config.text("endpoint", ""),
    region: config.text("region", "us-east-1"),
    bucket: config.text("bucket"),
    prefix: config.text("prefix", ""),
    pathStyle: config.flag("path_style", true),
    secrets,
  });
  return new S3Store({ ...settings, serverTime, ...(timeoutMs !== undefined && { timeoutMs }) }, systemClock);
}

/** Long enough for a slow server, short enough for somebody who waits at a dialog. */
const TEST_TIMEOUT_MS = 12_000;

async function test(RED: NodeAPI, body: RawConfig, home: string): Promise<StoreAnswer> {
  const config = new ConfigReader(body, "object store");
  const secrets: S3Secrets = { access_key: config.secret("access_key"), secret_key: config.secret("secret_key") };
  if (secrets.access_key !== "") {
    const stored = RED.nodes.getNode(config.text("id", "")) as ObjectsNode | null;
    const own = stored?.endpoint === config.text("endpoint", "");
    secrets.secret_key = secretToTry(
      secrets.secret_key ?? "",
      { name: "secret", place: "endpoint" },
      own ? { secret: stored?.credentials?.secret_key } : undefined,
    );
  }
  const store = openStore(config, secrets, home, TEST_TIMEOUT_MS);
  try {
    return await checkStore(store, systemClock.now());
  } finally {
    await store.close();
  }
}
