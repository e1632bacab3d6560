// Pins the bundled models: writes the SHA-256 of every file that a manifest in models/ names into
// lib/inference/bundled-pins.json, after checking each release as a device would. With --check it only compares.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assembleRelease, MANIFEST_FILE } from "../lib/inference/assemble";
import { sha256 } from "../lib/storage/hash";
import { parseManifest } from "../lib/inference/manifest";

const root = join(__dirname, "..");
const pinsFile = join(root, "lib", "inference", "bundled-pins.json");
const models = join(root, "models");

const pins: Record<string, Record<string, string>> = {};
for (const name of readdirSync(models).toSorted()) {
  const folder = join(models, name);
  if (!existsSync(join(folder, MANIFEST_FILE))) continue;
  const manifest = parseManifest(readFileSync(join(folder, MANIFEST_FILE)));
  if (manifest.name !== name) throw new Error(`models/${name} holds a model that calls itself ${manifest.name}`);
  const files = [MANIFEST_FILE, ...Object.values(manifest.files)].toSorted();
  const contents = new Map(files.map((file) => [file, readFileSync(join(folder, file))] as const));
  const release = assembleRelease(contents);
  if (manifest.files.int8 !== undefined) assembleRelease(contents, "int8");
  pins[name] = Object.fromEntries([...contents].map(([file, bytes]) => [file, sha256(bytes)]));
  console.log(`${name} ${manifest.version}: ${files.length} files, release ${release.sha256.slice(0, 12)}`);
}

const text = `${JSON.stringify(pins, null, 2)}\n`;
if (!process.argv.includes("--check")) writeFileSync(pinsFile, text);
else if (readFileSync(pinsFile, "utf8") !== text) {
  console.error("lib/inference/bundled-pins.json does not match models/: run `npm run pin-model`");
  process.exitCode = 1;
}
