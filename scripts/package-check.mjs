// What `npm pack` would publish is what a palette needs, and nothing else; the manifest keeps its promises.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const ALLOWED = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^dist\/(lib|nodes|cli)\/.+\.(js|json|html|svg)$/,
  /^examples\/.+\.json$/,
  /^models\/[^/]+\/(model\.onnx|model\.int8\.onnx|model\.json|golden\.json|report\.json)$/,
  /^resources\/[^/]+\.js$/,
];
const LARGEST_BYTES = 3_000_000;
const MOST_DEPENDENCIES = 6;

export function checkPackage() {
  const complaints = [];
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));
  const packed = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { encoding: "utf8" }),
  )[0];
  const paths = packed.files.map((file) => file.path);
  for (const path of paths) {
    if (!ALLOWED.some((pattern) => pattern.test(path))) complaints.push(`${path} does not belong in the package`);
  }
  for (const [type, path] of Object.entries(manifest["node-red"].nodes)) {
    for (const wanted of [path, path.replace(/\.js$/, ".html")]) {
      if (!paths.includes(wanted)) complaints.push(`${type}: ${wanted} is not in the package`);
    }
  }
  if (packed.unpackedSize > LARGEST_BYTES) {
    complaints.push(`the package unpacks to ${packed.unpackedSize} bytes, limit ${LARGEST_BYTES}`);
  }
  const dependencies = Object.keys(manifest.dependencies);
  if (dependencies.length > MOST_DEPENDENCIES)
    complaints.push(`${dependencies.length} dependencies, limit ${MOST_DEPENDENCIES}`);
  for (const script of ["preinstall", "install", "postinstall"]) {
    if (manifest.scripts[script]) complaints.push(`the package has a ${script} script`);
  }
  if (/"resolved": *"https?:/.test(readFileSync("package-lock.json", "utf8"))) {
    complaints.push("package-lock.json names a registry's host");
  }
  for (const match of readFileSync("README.md", "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
    if (!existsSync(match[1])) complaints.push(`README.md links to ${match[1]}, which does not exist`);
  }
  return complaints;
}
