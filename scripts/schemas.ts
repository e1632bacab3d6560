// Writes what follows from the message contract, so that there is one source of truth: the JSON Schemas that Python reads,
// and the checks that the nodes run. With --check it only compares.
//
// The checks are generated code because a validator library costs 20 to 30 MB of resident memory on a gateway.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Ajv from "ajv";
import standalone from "ajv/dist/standalone";
import { Golden, LabelRecord, Ldo, Manifest, Mer } from "../lib/messages";
import { Bundle, Envelope, Pointer, Statement } from "../lib/messages-release";

const root = join(__dirname, "..");
// TypeBox writes a tuple as a list of `items`: a form that drafts after 7 gave another meaning.
const DRAFT = "http://json-schema.org/draft-07/schema#";
const schemas = {
  "ldo-1": Ldo,
  "label-1": LabelRecord,
  "mer-1": Mer,
  "model-1": Manifest,
  "golden-1": Golden,
  "pointer-1": Pointer,
};
/** Formats of others, which they describe themselves: only checked. */
const foreign = { envelope: Envelope, bundle: Bundle, statement: Statement };

function checks(): string {
  const ajv = new Ajv({
    schemas: Object.entries({ ...schemas, ...foreign }).map(([$id, schema]) => ({ ...schema, $id })),
    allErrors: true,
    strict: false,
    strictNumbers: true,
    // Patterns say what the formats mean; both would need code of the library at run time.
    validateFormats: false,
    code: { source: true, lines: true },
  });
  const code = standalone(ajv, {
    checkLdo: "ldo-1",
    checkManifest: "model-1",
    checkGolden: "golden-1",
    checkPointer: "pointer-1",
    checkEnvelope: "envelope",
    checkBundle: "bundle",
    checkStatement: "statement",
  });
  const missing = /require\("[^"]*"\)/.exec(code);
  if (missing) throw new Error(`the generated checks need ${missing[0]} at run time`);
  return `// Generated from lib/messages.ts by \`npm run schemas\`.\n${code}\n`;
}

const outputs: [file: string, text: string][] = [
  ...Object.entries(schemas).map(([name, schema]): [string, string] => [
    join("trainer", "context_edge_trainer", "schemas", `${name}.json`),
    `${JSON.stringify({ $schema: DRAFT, ...schema }, null, 2)}\n`,
  ]),
  [join("lib", "contract", "generated", "checks.js"), checks()],
];

for (const [name, text] of outputs) {
  const file = join(root, name);
  mkdirSync(dirname(file), { recursive: true });
  if (!process.argv.includes("--check")) writeFileSync(file, text);
  else if (readFileSync(file, "utf8") !== text) {
    console.error(`${name} differs from lib/messages.ts: run \`npm run schemas\``);
    process.exitCode = 1;
  }
}
