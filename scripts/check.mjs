// `npm run check`: everything that can be said about the tree without running the product. Each step is named, all
// steps run, and the exit code counts those that failed.
import { spawnSync } from "node:child_process";
import { checkEditor } from "./editor-check.mjs";
import { checkErrorCodes } from "./error-codes.mjs";
import { checkHouse } from "./house.mjs";
import { checkPackage } from "./package-check.mjs";

const node = process.execPath;
const run =
  (command, ...args) =>
  () => {
    const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
    if (status === 0) return [];
    return [`${stdout ?? ""}${stderr ?? ""}${error ? error.message : ""}`.trim() || `ended with ${status}`];
  };

/** @type {[string, () => string[]][]} */
const steps = [
  ["types", run(node, "node_modules/typescript/bin/tsc", "-p", "tsconfig.json", "--noEmit")],
  ["types of tests and tools", run(node, "node_modules/typescript/bin/tsc", "-p", "tsconfig.check.json")],
  ["lint", run("oxlint", "--type-aware", "--deny-warnings")],
  ["format", run("prettier", "--check", "--log-level=warn", ".")],
  ["house rules", checkHouse],
  ["error codes listed", checkErrorCodes],
  ["unused code", run("knip", "--no-progress")],
  ["flows built", run(node, "--import=tsx", "scripts/build-flows.ts", "--check")],
  ["schemas built", run(node, "--import=tsx", "scripts/schemas.ts", "--check")],
  ["bundled model pinned", run(node, "--import=tsx", "scripts/pin-model.ts", "--check")],
  ["figures of the model", run(node, "scripts/model-doc.mjs", "--check")],
  ["build", run(node, "scripts/build.mjs")],
  ["editor pages", checkEditor],
  ["package contents", checkPackage],
];

let failed = 0;
for (const [name, step] of steps) {
  const started = performance.now();
  const complaints = step();
  console.log(
    `${complaints.length === 0 ? "ok  " : "FAIL"} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`,
  );
  for (const complaint of complaints) console.log(complaint.replace(/^/gm, "     "));
  if (complaints.length > 0) failed++;
}
if (failed > 0) {
  console.log(`${failed} of ${steps.length} checks failed`);
  process.exitCode = 1;
}
