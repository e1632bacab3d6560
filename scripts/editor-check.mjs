// Each node's editor page, locale and help agree: every field has a label and a default, every word comes from the
// locale, every node has its icon, its help and an example.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const LANGUAGE = "en-US";

function lookup(words, key) {
  return key.split(".").reduce((at, step) => (at === undefined ? undefined : at[step]), words);
}

function complaintsAbout(type) {
  const dir = join("nodes", type);
  const complaints = [];
  const say = (text) => complaints.push(`${type}: ${text}`);
  const page = readFileSync(join(dir, `${type}.html`), "utf8");
  const words = JSON.parse(readFileSync(join(dir, "locales", LANGUAGE, `${type}.json`), "utf8"));
  for (const match of page.matchAll(/data-i18n="([^"]+)"/g)) {
    for (const part of match[1].split(";")) {
      const key = part.replace(/^\[[^\]]+\]/, "");
      if (lookup(words, key) === undefined) say(`the word ${key} is not in the locale`);
    }
  }
  for (const match of page.matchAll(/<(?:input|select|textarea)[^>]*\bid="([^"]+)"/g)) {
    if (!page.includes(`for="${match[1]}"`)) say(`the field ${match[1]} has no label`);
  }
  for (const match of page.matchAll(/#[0-9a-f]{6}\b|#[0-9a-f]{3}\b/gi)) {
    const line = page.slice(0, match.index).split("\n").at(-1);
    if (!/color:\s*"$/.test(line)) say(`the fixed colour ${match[0]} does not follow the theme`);
  }
  const help = join(dir, "locales", LANGUAGE, `${type}.html`);
  if (!existsSync(help) || !readFileSync(help, "utf8").includes(`data-help-name="${type}"`)) say("there is no help");
  const icon = /icon:\s*"([^"]+)"/.exec(page)?.[1];
  if (icon && !icon.startsWith("font-awesome/") && !existsSync(join("icons", icon))) say(`the icon ${icon} is missing`);
  if (!/category:\s*"config"/.test(page) && !existsSync(join("examples", `${type}.json`))) say("there is no example");
  return complaints;
}

export function checkEditor() {
  const { nodes } = JSON.parse(readFileSync("package.json", "utf8"))["node-red"];
  return Object.keys(nodes).flatMap(complaintsAbout);
}
