// `npm test`: makes sure that the real servers and browsers are there (and says what it installs, and where), builds,
// runs every suite, and adds up the runners' own reports. The last line is `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { trainerPython } from "./trainer-env.mjs";

const REPORTS = "reports";
const SUITES = ["unit", "nodes", "integration", "e2e"];

/** Programs the tests drive, and Debian's package for each. */
const PROGRAMS = [
  { program: "redis-server", debian: "redis-server", why: "contexts are looked up in a real Redis" },
  { program: "chromium", debian: "chromium", why: "the editor and the pages are opened in a browser" },
  { program: "python3", debian: "python3", why: "the trainer, and OPC UA and Modbus servers that are not ours" },
  { program: "go", debian: undefined, why: "the S3 server versitygw is built with Go 1.25 or later" },
];

function onPath(program) {
  return (process.env.PATH ?? "").split(":").some((dir) => dir !== "" && existsSync(join(dir, program)));
}

function run(command, args, options = {}) {
  return spawnSync(command, args, { stdio: "inherit", ...options }).status ?? 1;
}

function installMissing() {
  const missing = PROGRAMS.filter(({ program }) => !onPath(program));
  if (missing.length === 0) return [];
  const packages = missing.flatMap(({ debian }) => debian ?? []);
  if (packages.length > 0 && process.getuid?.() === 0 && onPath("apt-get")) {
    console.log(`installing with apt-get, as root, on this machine: ${packages.join(" ")}`);
    run("apt-get", ["update", "-qq"]);
    run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  }
  return missing.filter(({ program }) => !onPath(program));
}

/** Counts of one mocha run; a run that left no report is one failure. */
function mocha(suite) {
  const report = join(REPORTS, `${suite}.json`);
  const status = run(
    process.execPath,
    [
      "--import=tsx",
      "node_modules/mocha/bin/mocha.js",
      "--no-config",
      "--exit",
      "--reporter",
      "./scripts/reporter.cjs",
      "--timeout",
      "120000",
      `test/${suite}/**/*.test.ts`,
    ],
    { env: { ...process.env, REPORT_FILE: report } },
  );
  if (!existsSync(report)) return { passed: 0, failed: 1, note: `${suite} ended with ${status} and no report` };
  const { passed, failed, failures } = JSON.parse(readFileSync(report, "utf8"));
  return { passed, failed: failed === 0 && status !== 0 ? 1 : failed, note: suite, failures };
}

function pytest() {
  const report = join(process.cwd(), REPORTS, "trainer.xml");
  let python;
  try {
    python = trainerPython();
  } catch (error) {
    return { passed: 0, failed: 1, note: `trainer: ${error.message}` };
  }
  const status = run(python, ["-m", "pytest", "-q", `--junit-xml=${report}`], { cwd: "trainer" });
  if (!existsSync(report)) return { passed: 0, failed: 1, note: `trainer ended with ${status} and no report` };
  const counts = Object.fromEntries(
    [...readFileSync(report, "utf8").matchAll(/\b(tests|failures|errors|skipped)="(\d+)"/g)]
      .slice(0, 4)
      .map((m) => [m[1], Number(m[2])]),
  );
  const failed = counts.failures + counts.errors;
  return {
    passed: counts.tests - failed - counts.skipped,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    note: "trainer",
  };
}

rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS);
const lacking = installMissing();
for (const { program, debian, why } of lacking) {
  console.log(`missing: ${program} (${why})${debian ? ` — as root: apt-get install ${debian}` : ""}`);
}
if (lacking.length > 0) {
  console.log("0 passed, 1 failed");
  process.exit(1);
}
if (run(process.execPath, ["scripts/build.mjs"]) !== 0) {
  console.log("0 passed, 1 failed");
  process.exit(1);
}
const results = [];
for (const suite of SUITES) {
  console.log(`\n== ${suite}`);
  results.push(mocha(suite));
}
console.log("\n== trainer");
results.push(pytest());
console.log();
// Said again at the end, where somebody who sees only the end of the log looks.
for (const { title, error } of results.flatMap(({ failures }) => failures ?? []))
  console.log(`failed: ${title}\n  ${error.split("\n").slice(0, 12).join("\n  ")}\n`);
for (const { note, passed, failed } of results)
  console.log(`${note}: ${passed} passed, ${failed} failed`.replace(/passed, (\d+) failed$/, "ok, $1 not"));
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
