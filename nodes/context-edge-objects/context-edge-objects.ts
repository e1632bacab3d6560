import { join, resolve } from "node:path";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { systemClock } from "../../lib/clock";
import { systemClockWatch } from "../../lib/clock-watch";
import { EdgeError, asError } from "../../lib/errors";
import { FolderStore } from "../../lib/storage/folder-store";
import type { ObjectStore } from "../../lib/storage/object-store";
import { RefusingStore } from "../../lib/storage/refusing-store";
import { readS3Settings, type S3Secrets } from "../../lib/storage/s3-settings";
import { S3Store, type S3Options } from "../../lib/storage/s3-store";
import { checkStore, type StoreAnswer } from "../../lib/storage/store-check";
import { onClose } from "../common/adapter";
import { ConfigReader, type RawConfig } from "../common/config";
import { fromDialog, jsonOnly, secretToTry } from "../common/dialog";
import { partOf } from "../common/operation";
import type { ObjectsAccess, ObjectsService } from "../common/services";

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
      const secrets = readSecrets(this.credentials);
      const store = openStore(reader, secrets, home);
      this.service = { store, access: () => accessOf(reader, secrets, home) };
      onClose(this, () => store.close());
    } catch (error) {
      // Records are still taken into the spool; they wait there until the settings are mended.
      const reason = asError(error);
      partOf(this).refused = reason;
      this.error(reason.message);
      const refusal = new EdgeError("objects-refused", reason.message, { cause: reason });
      const access = (): never => {
        throw refusal;
      };
      this.service = { store: new RefusingStore(refusal), access };
    }
  }
  RED.nodes.registerType<ObjectsNode, NodeDef, object, S3Secrets>("context-edge-objects", ContextEdgeObjects, {
    credentials: { access_key: { type: "text" }, secret_key: { type: "password" } },
  });

  RED.httpAdmin.post(
    "/context-edge/context-edge-objects/test",
    RED.auth.needsPermission("context-edge-objects.write"),
    jsonOnly,
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
    return new FolderStore(folderOf(config, home), systemClock);
  }
  const settings = s3Settings(config, secrets);
  return new S3Store({ ...settings, serverTime, ...(timeoutMs !== undefined && { timeoutMs }) }, systemClock);
}

/** @throws EdgeError `objects-config` and those of a field */
function s3Settings(config: ConfigReader, secrets: S3Secrets): S3Options {
  return readS3Settings({
    endpoint: config.text("endpoint", ""),
    region: config.text("region", "us-east-1"),
    bucket: config.text("bucket"),
    prefix: config.text("prefix", ""),
    pathStyle: config.flag("path_style", true),
    secrets,
  });
}

function folderOf(config: ConfigReader, home: string): string {
  return resolve(home, config.text("folder", "objects"));
}

/** Keys that are not set here are left to what the environment has. */
function accessOf(config: ConfigReader, secrets: S3Secrets, home: string): ObjectsAccess {
  if (config.choice("kind", ["folder", "s3"], "folder") === "folder") {
    return { url: folderOf(config, home), env: {} };
  }
  const { endpoint, region, bucket, prefix, credentials } = s3Settings(config, secrets);
  const env = {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...(endpoint !== undefined && { AWS_ENDPOINT_URL_S3: endpoint }),
    ...(credentials && {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    }),
  };
  return { url: `s3://${bucket}/${prefix ?? ""}`.replace(/\/$/, ""), env };
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
