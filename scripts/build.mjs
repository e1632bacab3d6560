// Builds dist/: TypeScript to CommonJS, then what Node-RED looks for beside each node's .js — its editor page, its
// locales, and the icons (Node-RED resolves icons relative to the node's own folder).
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, dirname } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);

rmSync("dist", { recursive: true, force: true });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"], { stdio: "inherit" });
// The schemas' source needs TypeBox, which is not there at run time; what follows from it is generated code.
for (const name of ["messages", "messages-alarms", "messages-release", "schema-parts"])
  rmSync(join("dist", "lib", `${name}.js`));
cpSync(join("lib", "contract", "generated", "checks.js"), join("dist", "lib", "contract", "generated", "checks.js"));
// No clock of this version can be before it. SOURCE_DATE_EPOCH (seconds) makes a build repeatable.
const builtAt = new Date(process.env.SOURCE_DATE_EPOCH ? process.env.SOURCE_DATE_EPOCH * 1000 : Date.now());
writeFileSync(join("dist", "lib", "built.json"), `${JSON.stringify({ built_at: builtAt.toISOString() })}\n`);

for (const type of readdirSync("nodes")) {
  const from = join("nodes", type);
  const to = join("dist", "nodes", type);
  if (!existsSync(join(from, `${type}.html`))) continue;
  mkdirSync(to, { recursive: true });
  cpSync(join(from, `${type}.html`), join(to, `${type}.html`));
  cpSync(join(from, "locales"), join(to, "locales"), { recursive: true });
  cpSync("icons", join(to, "icons"), { recursive: true });
}
