/** A release checked as a device checks it before a runtime sees it. */
import { EdgeError } from "../errors";
import type { ReleaseFiles } from "../release/channel";
import type { PublicKey } from "../release/keys";
import { getRelease } from "../release/objects";
import type { ObjectStore } from "../storage/object-store";
import { assembleRelease } from "./assemble";
import type { Release } from "./backend";

export interface Checked extends ReleaseFiles {
  readonly release: Release;
}

/**
 * A release in a store, under its own name: signature, files, manifest, ONNX file, golden samples.
 * @throws EdgeError
 */
export async function checked(
  store: ObjectStore,
  model: string,
  version: string,
  trusted: readonly PublicKey[],
): Promise<Checked> {
  const read = await getRelease(store, model, version, trusted);
  const release = assembleRelease(read.files);
  refuseMisnamed(release, model, version);
  return { ...read, release };
}

/**
 * A genuine release under the name of another is not the one that was asked for.
 * @throws EdgeError `release-misnamed`
 */
export function refuseMisnamed({ manifest }: Release, model: string, version: string): void {
  if (manifest.name === model && manifest.version === version) return;
  throw new EdgeError(
    "release-misnamed",
    `the release at ${model} ${version} says that it is ${manifest.name} ${manifest.version}`,
    { remedy: "publish it under its own name" },
  );
}
