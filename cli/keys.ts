import { chmodSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { EdgeError, asError } from "../lib/errors";
import { newKey, readPrivateKey, readPublicKeys } from "../lib/release/keys";
import { makeDirectory } from "../lib/storage/make-directory";
import { EXIT, EXITS, parse, readText, wrongUse, type Command, type Surroundings } from "./command";

const HELP = `context-edge keys new [--out DIR]
  Makes two keys (ECDSA, P-256) in DIR (default: here), each as two files:
    release-key.pem   release-key.pub.pem    signs releases; stays with who trains
    pointer-key.pem   pointer-key.pub.pem    says which release a ring runs; stays with who promotes
  Private keys are readable by you alone (0600). A key that is there is never overwritten.
  The .pub.pem belong on the devices (context-edge-model, source "channel") and to --trust.

context-edge keys show FILE|DIR…
  Says of each key what it is, and its fingerprint: SHA-256 of the public key in PEM, which a signature names as its hint.

${EXITS}`;

const NAMES = ["release-key", "pointer-key"] as const;
const PRIVATE = 0o600;

export const keys: Command = {
  help: HELP,
  run(args, surroundings) {
    const [what, ...rest] = args;
    if (what === "new") return make(rest, surroundings);
    if (what === "show") return show(rest, surroundings);
    throw wrongUse(`keys ${what ?? ""}: there are "new" and "show"`);
  },
};

function make(args: readonly string[], { out }: Surroundings): number {
  const { values, positionals } = parse(args, { out: { type: "string", default: "." } });
  if (positionals.length > 0) throw wrongUse(`keys new: "${positionals[0]}" is too much`);
  const dir = resolve(values.out);
  const files = NAMES.flatMap((name) => [join(dir, `${name}.pem`), join(dir, `${name}.pub.pem`)]);
  const there = files.find((file) => existsSync(file));
  if (there !== undefined) {
    throw new EdgeError("key-exists", `${there} is there already`, { remedy: "name another folder with --out" });
  }
  const written: string[] = [];
  const write = (file: string, text: string, mode: number): void => {
    writeFileSync(file, text, { flag: "wx", mode });
    written.push(file);
    chmodSync(file, mode);
  };
  try {
    makeDirectory(dir);
    for (const name of NAMES) {
      const key = newKey();
      write(join(dir, `${name}.pem`), key.pem, PRIVATE);
      write(join(dir, `${name}.pub.pem`), key.public.pem, 0o644);
      out(`${join(dir, name)}.pem  ${key.public.fingerprint}`);
    }
  } catch (error) {
    // One key without the other is of no use, and would be in the way the next time.
    for (const file of written) rmSync(file, { force: true });
    throw new EdgeError("usage", `the keys cannot be written: ${asError(error).message}`, { cause: error });
  }
  return EXIT.done;
}

function show(args: readonly string[], { out, err }: Surroundings): number {
  const { positionals } = parse(args, {});
  if (positionals.length === 0) throw wrongUse("keys show: which file or folder?");
  let code: number = EXIT.done;
  for (const file of positionals.flatMap(pemFiles)) {
    try {
      out(describe(file));
    } catch (error) {
      err(`${file}: ${asError(error).message}`);
      code = EXIT.usage;
    }
  }
  return code;
}

function pemFiles(path: string): string[] {
  if (!existsSync(path)) throw wrongUse(`${path} is not there`);
  if (!statSync(path).isDirectory()) return [path];
  const found = readdirSync(path).filter((name) => name.endsWith(".pem"));
  if (found.length === 0) throw wrongUse(`${path}: no .pem in there`);
  return found.toSorted((a, b) => a.localeCompare(b)).map((name) => join(path, name));
}

function describe(file: string): string {
  const text = readText(file);
  if (!text.includes("PRIVATE KEY")) {
    const found = readPublicKeys(text, file);
    if (found.length === 0) throw wrongUse("no key in there");
    return found.map(({ fingerprint }) => `${file}: public, ECDSA P-256, ${fingerprint}`).join("\n");
  }
  const { fingerprint } = readPrivateKey(text, file).public;
  const open = (statSync(file).mode & 0o077) !== 0 ? "; others may read it: chmod 600" : "";
  return `${file}: private, ECDSA P-256, ${fingerprint}${open}`;
}
