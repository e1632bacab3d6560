import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { assembleRelease } from "../lib/inference/assemble";
import { checked, type Checked } from "../lib/inference/checked";
import { readFolder } from "../lib/release/folder";
import type { PublicKey } from "../lib/release/keys";
import { withStore, wrongUse, type Surroundings } from "./command";

/** `…/releases/<model>/<version>.json`: what stands before it is the store. */
const OBJECT = /^(.*?)\/?releases\/([^/]+)\/([^/]+)\.json$/;

/**
 * Reads a release from where a command line says, and checks all that a device checks before a runtime sees it: signature,
 * files, manifest, ONNX file, golden samples.
 * @throws EdgeError
 */
export async function checkedRelease(
  where: string,
  signature: string | undefined,
  trusted: readonly PublicKey[],
  surroundings: Surroundings,
): Promise<Checked> {
  const object = OBJECT.exec(where);
  if (object) {
    const [, store = "", model = "", version = ""] = object;
    return withStore(store === "" ? "." : store, surroundings, (opened) => checked(opened, model, version, trusted));
  }
  if (where.startsWith("s3://")) throw wrongUse(`${where} must end with releases/MODEL/VERSION.json`);
  if (!existsSync(where) || !statSync(where).isDirectory())
    throw wrongUse(`${where} is no folder with a release in it`);
  const read = await readFolder(resolve(where), trusted, signature === undefined ? undefined : resolve(signature));
  return { ...read, release: assembleRelease(read.files) };
}

/** What was checked, in lines for people. */
export function describe({ release: { manifest, golden }, signed, files }: Checked): string[] {
  const bytes = [...files.values()].reduce((sum, file) => sum + file.byteLength, 0);
  return [
    `${manifest.name} ${manifest.version}, made ${manifest.created_at}`,
    `signed by ${signed.signer.fingerprint}`,
    `bundle ${signed.bundleSha256}, root digest ${signed.digest}`,
    `${files.size} files, ${bytes.toLocaleString("en-US")} bytes, all as signed; ${golden.rows.length} golden samples`,
  ];
}
