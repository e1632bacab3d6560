import { writeFileSync } from "node:fs";
import { join } from "node:path";

const STANDIN = join(__dirname, "..", "peers", "trainer_standin");

/**
 * A Python whose `-m context_edge_trainer` is the stand-in, whatever package stands in the working directory. The model's
 * name decides what becomes of a run: see test/peers/trainer_standin.
 */
export function standinPython(dir: string): string {
  const file = join(dir, "python");
  const start = `import sys, runpy; sys.path.insert(0, "${STANDIN}")`;
  writeFileSync(
    file,
    `#!/bin/sh
if [ "$1" = -c ]; then exec python3 -c "import sys; sys.path[0] = '${STANDIN}'
$2"; fi
shift 2
exec python3 -c '${start}; runpy.run_module("context_edge_trainer", run_name="__main__", alter_sys=True)' "$@"
`,
    { mode: 0o755 },
  );
  return file;
}
