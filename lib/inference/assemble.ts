import { EdgeError } from "../errors";
import { sha256 } from "../storage/hash";
import type { Release } from "./backend";
import { releaseDigest } from "../release/digest";
import { parseGolden, parseManifest } from "./manifest";
import { inspectOnnx } from "./onnx-file";

/** Where a release comes from. Reading again must give it verified again. */
export interface ReleaseSource {
  /** Name of the model, for statuses while there is none yet. */
  readonly name: string;
  /** Reads and verifies. @throws EdgeError */
  open(): Promise<Release>;
}

export const MANIFEST_FILE = "model.json";

/**
 * Makes a release of files whose hashes have been verified: parses the manifest, inspects the ONNX file against it,
 * parses the golden samples. The files are exactly those that the manifest names. No runtime has seen them yet.
 *
 * @param files file name to content; what the manifest names must be there
 * @throws EdgeError `manifest-invalid`, `golden-invalid`, `release-incomplete`, `release-files`, or a code of inspectOnnx
 */
export function assembleRelease(files: ReadonlyMap<string, Uint8Array>, precision: "fp32" | "int8" = "fp32"): Release {
  const manifest = parseManifest(need(files, MANIFEST_FILE));
  const more = [...files.keys()].find(
    (file) => file !== MANIFEST_FILE && !Object.values(manifest.files).includes(file),
  );
  if (more !== undefined)
    throw new EdgeError("release-files", `the release has ${more}, and model.json does not name it`);
  for (const file of Object.values(manifest.files)) need(files, file);
  const name = manifest.files[precision];
  if (name === undefined)
    throw new EdgeError("release-incomplete", `${manifest.name} ${manifest.version} has no ${precision} file`);
  const onnx = need(files, name);
  inspectOnnx(onnx, manifest);
  const golden = parseGolden(need(files, manifest.files.golden), manifest);
  const digests = Object.fromEntries([...files].map(([file, bytes]) => [file, sha256(bytes)]));
  return { manifest, golden, onnx, precision, sha256: releaseDigest(digests) };
}

function need(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = files.get(name);
  if (!bytes) throw new EdgeError("release-incomplete", `the release has no ${name}`);
  return bytes;
}
