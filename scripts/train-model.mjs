// `npm run train-model`: makes models/motor-faults again, from nothing. Simulates the runs, trains, exports, pins the
// files by hash and writes the measured figures into docs/model.md.
import { spawnSync } from "node:child_process";
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeModelDoc } from "./model-doc.mjs";
import { trainerPython } from "./trainer-env.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const model = join(root, "models", "motor-faults");

// What the model learns from; then products, and test rigs, that training leaves out and only the report looks at.
const RUNS = [
  ["--runs", "100000", "--seed", "1"],
  ["--runs", "20000", "--seed", "2", "--products", "new"],
  ["--runs", "15000", "--seed", "3", "--assets", "6"],
];
const BEST_POSSIBLE_RUNS = "100000";

function run(command, args, options = {}) {
  const { status, signal, error, stdout } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 24,
    stdio: ["ignore", "pipe", "inherit"],
    ...options,
  });
  if (error) throw error;
  if (status !== 0) {
    // The command has said why; a shell tells a signal by 128 and its number.
    process.exitCode = signal === "SIGINT" ? 130 : (status ?? 1);
    throw new Error(`stopped: ${args.slice(0, 3).join(" ")} ended with ${signal ?? status}`);
  }
  return stdout;
}

const typescript = (...args) => run(process.execPath, ["--import=tsx", ...args]);

function bestPossible(file) {
  for (const products of ["seen", "new"]) {
    const printed = typescript("simulator/main.ts", "bayes", "--runs", BEST_POSSIBLE_RUNS, "--products", products);
    for (const line of printed.trim().split("\n")) {
      appendFileSync(file, `${JSON.stringify({ products, ...JSON.parse(line) })}\n`);
    }
  }
}

/** The bundled model is pinned by hash in the code: it needs no signature. */
function bring(release) {
  rmSync(model, { recursive: true, force: true });
  mkdirSync(model, { recursive: true });
  for (const name of readdirSync(release)) copyFileSync(join(release, name), join(model, name));
}

// Ctrl-C reaches the command that runs, which cleans up after itself; this process then cleans up too.
process.on("SIGINT", () => {});
const store = mkdtempSync(join(tmpdir(), "context-edge-train-"));
const work = join(store, "work");
try {
  const python = trainerPython();
  console.log("simulating the plant");
  for (const args of RUNS) process.stdout.write(typescript("simulator/main.ts", "segments", ...args, "--out", store));
  console.log("computing the best accuracy that any judge can reach");
  const ceiling = join(store, "best-possible.jsonl");
  bestPossible(ceiling);
  const args = ["-m", "context_edge_trainer", "run", "--store", store, "--out", work, "--best-possible", ceiling];
  run(python, args, { cwd: join(root, "trainer"), stdio: "inherit" });
  bring(join(work, "release"));
  process.stdout.write(typescript("scripts/pin-model.ts"));
  writeModelDoc(root);
  console.log("wrote the figures into docs/model.md");
} catch (error) {
  console.error(error.message);
  process.exitCode ||= 1;
} finally {
  rmSync(store, { recursive: true, force: true });
}
