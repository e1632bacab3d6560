// The codes of errors and faults: docs/errors.md lists each that the code can give, and no other; what a node's help names
// is one of them. Plant people search for a code, so it must be found.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const LIST = "docs/errors.md";

const CODE = '"([a-z][a-z0-9-]*)"';
const HYPHENED = '"([a-z]+-[a-z-]+)"';
/** Where a code stands in the code: as the first argument of what makes an error or a fault, or under the name `code`. */
const GIVEN = [
  `\\bnew \\w*(?:Error|Exception|SharedFiles<\\w+>)\\((?:systemClock, )?\\s*${CODE}`,
  `\\b(?:fault|faultPrediction|refused|super)\\(\\s*${CODE}`,
  `\\b(?:failure\\(|\\[)\\s*"(?:store|missing|condition|object|unknown)",\\s*${CODE}`,
  `\\bnew \\w*Error\\([^;,]{0,80}\\?\\s*${HYPHENED}`,
  `\\bnew \\w*Error\\([^;,]{0,80}\\?\\s*"[a-z-]+"\\s*:\\s*${HYPHENED}`,
].map((pattern) => new RegExp(pattern, "g"));
/** One code, or all that may stand there. */
const NAMED = /\bcode(?::|\s=)((?:\s*\|?\s*"[a-z][a-z0-9-]*")+)/g;

function files(dir, ending) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return files(path, ending);
    return path.endsWith(ending) ? [path] : [];
  });
}

/** Codes that the source gives, with a file that does. */
function given(sources) {
  const codes = new Map();
  for (const [path, text] of sources) {
    for (const pattern of GIVEN) for (const [, code] of text.matchAll(pattern)) codes.set(code, path);
    for (const [, several] of text.matchAll(NAMED))
      for (const [, code] of several.matchAll(/"([^"]+)"/g)) codes.set(code, path);
  }
  return codes;
}

/** Codes that a help page lists under its errors, with the page. */
function helped() {
  const pages = files("nodes", ".html").filter((path) => path.includes("locales"));
  return new Map(
    pages.flatMap((path) => {
      const [, ...errors] = readFileSync(path, "utf8").split(/^### (?=.*(?:Errors|Faults|Reasons))/m);
      return [...errors.join("\n").matchAll(/^: `([a-z][a-z0-9-]*)` :/gm)].map(([, code]) => [code, path]);
    }),
  );
}

export function checkErrorCodes() {
  const sources = [...files("lib", ".ts"), ...files("nodes", ".ts"), ...files("cli", ".ts")].map((path) => [
    path,
    readFileSync(path, "utf8"),
  ]);
  const rows = [...readFileSync(LIST, "utf8").matchAll(/^\| `([a-z][a-z0-9-]*)` *\|([^|]*)\|([^|]*)\|$/gm)];
  const listed = new Set(rows.map(([, code]) => code));
  const complaints = [];
  for (const [code, path] of [...given(sources), ...helped()]) {
    if (!listed.has(code)) complaints.push(`${path}: ${code} is not in ${LIST}`);
  }
  for (const [, code, meaning, remedy] of rows) {
    if (!sources.some(([, text]) => text.includes(`"${code}"`) || text.includes(`\`${code}: `)))
      complaints.push(`${LIST}: nothing gives ${code} any more`);
    if (meaning.trim() === "" || remedy.trim() === "")
      complaints.push(`${LIST}: ${code} lacks its meaning or its remedy`);
  }
  if (listed.size < rows.length) complaints.push(`${LIST}: a code stands there twice`);
  return complaints;
}
