// The rules of the house, checked: which room may import which, and how long a file may grow.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";

// A room imports only from rooms further down.
const ROOMS = [
  "context",
  "fusion",
  "training",
  "inference",
  "decision",
  "ldo",
  "feedback",
  "rollout",
  "release",
  "statistics",
  "storage",
  "plant",
];
// Folders that every room may import and that import none, like the files directly in lib/.
const GROUND = ["contract", "operation"];
const LIST = "docs/architecture.md";
const LONGEST = 400;

const TYPESCRIPT = /\.ts$/;
/** What is written by hand and read by people: pages and dialogs too. */
const WRITTEN = /\.(?:ts|js|mjs|cjs|vue|css|html|py)$/;
/** Where it lies. */
export const HANDWRITTEN = [
  "lib",
  "nodes",
  "cli",
  "simulator",
  "bench",
  "test",
  "scripts",
  join("flows", "src"),
  "resources",
  "deploy",
  "trainer",
];
const GENERATED = join("lib", "contract", "generated");

function files(dir, kind = TYPESCRIPT) {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    if (path === GENERATED) return [];
    if (statSync(path).isDirectory()) return files(path, kind);
    return kind.test(path) ? [path] : [];
  });
}

function imports(path) {
  const text = readFileSync(path, "utf8");
  return [...text.matchAll(/(?:from|import|require)\s*\(?\s*["']([^"']+)["']/g)].map((match) => match[1]);
}

function complaintAbout(path, target) {
  const parts = path.split(sep);
  const local = target.startsWith(".") ? normalize(join(dirname(path), target)).split(sep) : undefined;
  if (parts[0] === "lib") {
    if (target === "node-red" || target.startsWith("@node-red/")) return "lib/ has no Node-RED in it";
    if (local && local[0] !== "lib") return "lib/ imports from lib/ only";
    const mine = ROOMS.indexOf(parts[1]);
    const theirs = local ? ROOMS.indexOf(local[1]) : -1;
    if (mine < 0 && theirs >= 0) {
      return parts.length > 2
        ? `${parts[1]} is ground and imports no room`
        : "files directly in lib/ are the ground and import no room";
    }
    if (mine >= 0 && theirs >= 0 && theirs < mine) return `${parts[1]} stands below ${local[1]}`;
  }
  if (parts[0] === "nodes" && local) {
    if (local[0] === "nodes" && local[1] !== parts[1] && local[1] !== "common") return "nodes never import each other";
    if (local[0] !== "nodes" && local[0] !== "lib") return "nodes import from lib/ and nodes/common/ only";
  }
  return undefined;
}

// A folder that nobody named would be ground by accident.
function complaintsAboutFolders() {
  const listed = readFileSync(LIST, "utf8");
  const folders = readdirSync("lib").filter((name) => statSync(join("lib", name)).isDirectory());
  return folders.flatMap((name) => [
    ...([...ROOMS, ...GROUND].includes(name)
      ? []
      : [`lib/${name} is neither a room nor ground: name it in scripts/house.mjs`]),
    ...(new RegExp(`^  ${name}/ `, "m").test(listed) ? [] : [`lib/${name} is not in the list of ${LIST}`]),
  ]);
}

export function checkHouse() {
  const complaints = complaintsAboutFolders();
  for (const path of [...files("lib"), ...files("nodes")]) {
    for (const target of imports(path)) {
      const complaint = complaintAbout(path, target);
      if (complaint) complaints.push(`${relative(".", path)} imports ${target}: ${complaint}`);
    }
  }
  for (const dir of HANDWRITTEN) {
    for (const path of files(dir, WRITTEN)) {
      const lines = readFileSync(path, "utf8").split("\n").length;
      if (lines > LONGEST) complaints.push(`${path} has ${lines} lines, limit ${LONGEST}`);
    }
  }
  return complaints;
}
