// `node --expose-gc memory-child.cjs bare|loop REDIS_PORT STAGES`, the stages as JSON. The bench's own TypeScript is
// compiled by a hook of this thread that is taken off again: an `--import=tsx` would be inherited by every worker of the
// loop, and the loader's memory be counted as theirs.
const hook = require("tsx/cjs/api").register();
const { run } = require("./memory-child.ts");
hook();

const [kind, port, stages] = process.argv.slice(2);
run(kind, Number(port), JSON.parse(stages)).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
