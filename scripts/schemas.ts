// Writes the JSON Schemas that Python reads from the message contract, so that there is one source of truth. With
// --check it only compares.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Golden, Ldo, Manifest, Mer } from "../lib/messages";

const folder = join(__dirname, "..", "trainer", "context_edge_trainer", "schemas");
// TypeBox writes a tuple as a list of `items`: a form that drafts after 7 gave another meaning.
const DRAFT = "http://json-schema.org/draft-07/schema#";
const schemas = { "ldo-1": Ldo, "mer-1": Mer, "model-1": Manifest, "golden-1": Golden };

mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(schemas)) {
  const file = join(folder, `${name}.json`);
  const text = `${JSON.stringify({ $schema: DRAFT, ...schema }, null, 2)}\n`;
  if (!process.argv.includes("--check")) writeFileSync(file, text);
  else if (readFileSync(file, "utf8") !== text) {
    console.error(`${file} differs from lib/messages.ts: run \`npm run schemas\``);
    process.exitCode = 1;
  }
}
