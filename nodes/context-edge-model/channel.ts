/** A model node that follows a channel: what it reads from its device and its object store, and what its dialog tries out. */
import type { NodeAPI } from "node-red";
import { systemClock } from "../../lib/clock";
import { EdgeError } from "../../lib/errors";
import { isSafeName } from "../../lib/ids";
import { readBundle } from "../../lib/release/bundle";
import type { ChannelParts } from "../../lib/release/channel";
import { readPublicKeys, shortFingerprint, type PublicKey } from "../../lib/release/keys";
import { blobKey, getBundle, getPointer, releaseKey } from "../../lib/release/objects";
import { readPointer } from "../../lib/release/pointer";
import { sha256 } from "../../lib/storage/hash";
import { service, type ConfigReader, type RawConfig } from "../common/config";
import type { DeviceService, ObjectsService } from "../common/services";
import type { TestAnswer } from "../common/test-route";

export interface ChannelConfig {
  readonly model: string;
  readonly ring: string;
  /** PEM, as typed and checked. */
  readonly releaseKeys: string;
  readonly pointerKeys: string;
  readonly from: string;
}

/** @throws EdgeError `config-name`, `config-missing`, `config-node`, `key-invalid` */
export function readChannel(
  RED: NodeAPI,
  raw: RawConfig,
  config: ConfigReader,
): { readonly channel: ChannelConfig; readonly parts: ChannelParts } {
  const device = service<DeviceService>(RED, raw["device"], "context-edge-device", "model");
  const { store } = service<ObjectsService>(RED, raw["objects"], "context-edge-objects", "model");
  const { model, ring } = names(config, device.ring);
  const [releaseKeys, pointerKeys] = [config.text("release_keys"), config.text("pointer_keys")];
  trusted(releaseKeys, "trusted release keys");
  trusted(pointerKeys, "trusted pointer keys");
  const { dataDir, clock: watch } = device;
  return {
    channel: { model, ring, releaseKeys, pointerKeys, from: `${store.description} ${dataDir}` },
    parts: { store, dataDir, watch, clock: systemClock, database: () => device.database() },
  };
}

function names(config: ConfigReader, deviceRing: string): { model: string; ring: string } {
  const model = config.text("model");
  const ring = config.text("ring", deviceRing);
  for (const [what, name] of Object.entries({ model, ring })) {
    if (isSafeName(name)) continue;
    const text = `model: ${what} "${name}" must be 1 to 63 of a-z 0-9 . _ -, starting with a letter or digit`;
    throw new EdgeError("config-name", text);
  }
  return { model, ring };
}

function trusted(text: string, what: string): PublicKey[] {
  const keys = readPublicKeys(text, what);
  if (keys.length > 0) return keys;
  throw new EdgeError("key-invalid", `${what}: there is none`, { remedy: "paste the .pub.pem of who signs" });
}

/** Which store the dialog's settings lead to. @throws EdgeError `config-node` */
export function placeOf(RED: NodeAPI, body: RawConfig): string {
  return service<ObjectsService>(RED, body["objects"], "context-edge-objects", "model").store.description;
}

/**
 * "Test channel": which release the channel names now, whether signatures verify with the keys in the dialog, and whether all
 * of its files are there. Nothing is downloaded but pointer and bundle, nothing is remembered, nothing is activated.
 */
export async function testChannel(RED: NodeAPI, body: RawConfig, config: ConfigReader): Promise<TestAnswer> {
  const { store } = service<ObjectsService>(RED, body["objects"], "context-edge-objects", "model");
  const device = RED.nodes.getNode(String(body["device"])) as { service?: DeviceService } | null;
  const channel = names(config, device?.service?.ring ?? "stable");
  const pointerKeys = trusted(config.text("pointer_keys"), "trusted pointer keys");
  const releaseKeys = trusted(config.text("release_keys"), "trusted release keys");
  const { pointer } = readPointer((await getPointer(store, channel)).body, pointerKeys, channel);
  const bytes = await getBundle(store, pointer.model, pointer.version);
  if (sha256(bytes) !== pointer.release_sha256) {
    const key = releaseKey(pointer.model, pointer.version);
    throw new EdgeError("blob-mismatch", `${key} is not what the pointer names: ${sha256(bytes)}`);
  }
  const { files, signer } = readBundle(bytes, releaseKeys);
  for (const [name, digest] of files) {
    if (await store.head(blobKey(digest))) continue;
    throw new EdgeError("release-missing", `${blobKey(digest)} is not there, which is ${name} of the release`);
  }
  const { model, ring, version, pointer_seq, issued_at, expires_at } = pointer;
  const end = expires_at === undefined ? "" : `, expires ${expires_at}`;
  return {
    ok: true,
    text:
      `${store.description}: ${model}/${ring} names ${version} (pointer ${pointer_seq} of ${issued_at}${end}); ` +
      `its bundle is signed by ${shortFingerprint(signer)}…, its ${files.size} files are there`,
  };
}
