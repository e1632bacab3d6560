/**
 * Composes flows/*.json and the whole flows among examples/ from flows/src/. The same sources always give the same
 * bytes: `--check` writes nothing and fails when a file differs from what its source says.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { outputs } from "../flows/src";

const root = join(__dirname, "..");
const check = process.argv.includes("--check");
const differing: string[] = [];

for (const { path, nodes } of outputs()) {
  const text = `${JSON.stringify(nodes, null, 2)}\n`;
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  differing.push(path);
  if (!check) writeFileSync(file, text);
}

if (check && differing.length > 0) {
  console.error(`${differing.join(", ")}: not what flows/src/ says. Run "npm run build-flows".`);
  process.exitCode = 1;
} else if (!check) {
  console.log(differing.length === 0 ? "flows are up to date" : `wrote ${differing.join(", ")}`);
}
