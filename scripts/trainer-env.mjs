// The trainer's Python environment, in a cache outside the tree, keyed by everything that decides what is in it. It
// says what it is about to install and where, says plainly what is missing, and a second caller waits for the first.
//
//   node scripts/trainer-env.mjs          prints the environment's Python on stdout; what it has to say goes to stderr
//   node scripts/trainer-env.mjs --find   the same where it is there already, and installs nothing
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const TRAINER = join(dirname(fileURLToPath(import.meta.url)), "..", "trainer");
const LOCKS = ["requirements-uv.lock", "requirements.lock", "requirements-dev.lock"].map((name) => join(TRAINER, name));
const OLDEST_PYTHON = [3, 11];
// torch with its CUDA libraries, measured on linux/x64; uv keeps its copy as hard links to the same blocks.
const DOWNLOAD_GB = 3.2;
const DISK_GB = 6.5;

const say = (line) => process.stderr.write(`trainer: ${line}\n`);

function versionOf(python) {
  try {
    const text = execFileSync(python, ["-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return text.trim();
  } catch {
    return undefined; // not there, or not a Python: the next name is tried
  }
}

/** @throws Error that names what was found when no Python is new enough */
function findPython() {
  const named = process.env.CONTEXT_EDGE_PYTHON;
  const candidates = named ? [named] : ["python3", "python3.14", "python3.13", "python3.12", "python3.11"];
  const seen = [];
  for (const command of candidates) {
    const version = versionOf(command);
    if (version === undefined) continue;
    const [major, minor] = version.split(".").map(Number);
    if (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1]) return { command, version };
    seen.push(`${command} is ${version}`);
  }
  const found = seen.length > 0 ? seen.join(", ") : `none of ${candidates.join(", ")} runs`;
  throw new Error(
    `the trainer needs Python ${OLDEST_PYTHON.join(".")} or newer (${found}): install one, or name it in CONTEXT_EDGE_PYTHON`,
  );
}

function checkDisk(dir) {
  const { bavail, bsize } = statfsSync(dir);
  const freeGb = (bavail * bsize) / 1e9;
  if (freeGb < DISK_GB) {
    throw new Error(
      `the trainer's environment needs ${DISK_GB} GB in ${dir} and ${freeGb.toFixed(1)} GB are free: ` +
        "make room, or point XDG_CACHE_HOME at another disk",
    );
  }
}

function run(command, args, what, env) {
  try {
    execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, ...env } });
  } catch (error) {
    throw new Error(`${what} failed (see above): ${command} ${args.join(" ")}`, { cause: error });
  }
}

function install(dir, python) {
  const tools = join(dir, "tools");
  run(python, ["-m", "venv", tools], "making a virtual environment (Debian: apt-get install python3-venv)");
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"];
  run(join(tools, "bin", "python"), [...pip, "-r", LOCKS[0]], "installing uv from the package registry");
  const uv = join(tools, "bin", "uv");
  const env = { UV_PYTHON_DOWNLOADS: "never", VIRTUAL_ENV: join(dir, "venv") };
  run(uv, ["venv", "--quiet", "--python", python, join(dir, "venv")], "making the trainer's environment", env);
  // A terminal shows the download moving; a log need not list 54 packages.
  const quiet = process.stderr.isTTY ? [] : ["--quiet"];
  run(uv, ["pip", "sync", "--require-hashes", ...quiet, ...LOCKS.slice(1)], "installing the trainer's packages", env);
}

const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Only one process installs; one that died in the middle is cleaned up after by the next. */
function takeTurn(lock) {
  for (let told = false; ; sleep(500)) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const owner = existsSync(lock) ? Number(readFileSync(lock, "utf8")) : 0;
    if (owner > 0 && !isAlive(owner)) rmSync(lock, { force: true });
    else if (!told) say(`waiting for process ${owner}, which is installing the same environment`);
    told = true;
  }
}

/** Where the environment of this machine's Python and these locks lies. */
function place() {
  const { command, version } = findPython();
  const hash = createHash("sha256").update(`${version} ${process.platform} ${process.arch}`);
  for (const lock of LOCKS) hash.update(readFileSync(lock));
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "context-edge");
  const dir = join(cache, `trainer-${hash.digest("hex").slice(0, 12)}`);
  return { command, version, cache, dir, python: join(dir, "venv", "bin", "python"), complete: join(dir, ".complete") };
}

/** @throws Error where the environment was not made yet */
function foundPython() {
  const { dir, python, complete } = place();
  if (existsSync(complete)) return python;
  throw new Error(`there is no environment in ${dir}: node scripts/trainer-env.mjs makes it`);
}

/**
 * Makes the environment unless it is there.
 * @returns its Python; run in the folder trainer/, it finds the package that stands there
 * @throws Error that says what is missing: a Python, disk space, the registry
 */
export function trainerPython() {
  const { command, version, cache, dir, python: found, complete } = place();
  if (existsSync(complete)) return found;

  mkdirSync(cache, { recursive: true });
  const lock = `${dir}.lock`;
  takeTurn(lock);
  try {
    if (existsSync(complete)) return found;
    rmSync(dir, { recursive: true, force: true });
    checkDisk(cache);
    say(`installing PyTorch and what belongs to it for Python ${version}: ${DOWNLOAD_GB} GB to download,`);
    say(`${DISK_GB} GB in ${dir} (once; delete the folder to have the space back)`);
    for (const old of readdirSync(cache)) {
      if (/^trainer-[0-9a-f]{12}$/.test(old) && old !== basename(dir)) say(`no longer used: ${join(cache, old)}`);
    }
    const started = performance.now();
    mkdirSync(dir);
    install(dir, command);
    writeFileSync(complete, "");
    say(`ready after ${((performance.now() - started) / 1000).toFixed(0)} s`);
    return found;
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(lock, { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(process.argv[2] === "--find" ? foundPython() : trainerPython());
  } catch (error) {
    say(error.message);
    process.exitCode = 1;
  }
}
