import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cached } from "./cache";

/** Programs of Debian packages: where they are, and what they need to start. */
export interface DebianPrograms {
  path(program: string): string;
  readonly env: NodeJS.ProcessEnv;
}

const FOLDERS = ["usr/sbin", "usr/bin", "sbin", "bin"];

/**
 * Programs of Debian packages, from the system where all are there, else unpacked once into the cache, with those of their
 * dependencies that the system lacks. Nothing is installed, and nothing needs to be root.
 */
export async function debianPrograms(
  packages: readonly string[],
  programs: readonly string[],
): Promise<DebianPrograms> {
  const installed = programs.map((program) => spawnSync("which", [program], { encoding: "utf8" }).stdout.trim());
  if (installed.every((path) => path !== "")) {
    return { path: (program) => installed[programs.indexOf(program)] ?? program, env: process.env };
  }
  const root = await cached("debian", packages.join(" "), (target) => {
    console.log(`      downloading ${packages.join(", ")} (Debian) into ${target}`);
    execFileSync("apt-get", ["download", ...missing(packages)], { cwd: target, stdio: "pipe" });
    for (const file of readdirSync(target).filter((name) => name.endsWith(".deb")))
      execFileSync("dpkg", ["-x", file, "."], { cwd: target });
  });
  const libraries = namesIn(join(root, "usr", "lib"))
    .filter((name) => name.endsWith("-linux-gnu"))
    .flatMap((name) => [join(root, "usr", "lib", name), join(root, "lib", name)]);
  return {
    path: (program) => {
      const found = FOLDERS.map((folder) => join(root, folder)).find((folder) => namesIn(folder).includes(program));
      if (found === undefined) throw new Error(`${packages.join(", ")}: no program ${program} below ${root}`);
      return join(found, program);
    },
    env: { ...process.env, LD_LIBRARY_PATH: libraries.join(":") },
  };
}

/** The packages and all they depend on, without what the system has. */
function missing(packages: readonly string[]): string[] {
  const no = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"].map((kind) => `--no-${kind}`);
  const all = execFileSync("apt-cache", ["depends", "--recurse", ...no, ...packages], { encoding: "utf8" })
    .split("\n")
    .filter((line) => /^[a-z0-9]/.test(line));
  return [...new Set(all)].filter((name) => {
    const { stdout } = spawnSync("dpkg-query", ["-W", "-f=${Status}", name], { encoding: "utf8" });
    return !stdout.includes("ok installed");
  });
}

/** Not every package has every folder. */
function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
