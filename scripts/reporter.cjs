// mocha's spec report on the console, and the same run counted in the file named by REPORT_FILE: what `npm test` adds up
// comes from here, not from a printed line.
const { writeFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failures = [];
    runner.on(Runner.constants.EVENT_TEST_FAIL, (test, error) => {
      failures.push({ title: test.fullTitle(), error: String(error && error.stack ? error.stack : error) });
    });
    runner.on(Runner.constants.EVENT_RUN_END, () => {
      const { passes, pending } = runner.stats;
      const counted = { passed: passes, failed: failures.length, skipped: pending, failures };
      if (process.env.REPORT_FILE) writeFileSync(process.env.REPORT_FILE, JSON.stringify(counted, null, 2));
    });
  }
};
