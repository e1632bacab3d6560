/** Which Python runs the trainer: the one that the dialog names, else the one that a clone's scripts/trainer-env.mjs made. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { asError, EdgeError } from "../../lib/errors";
import { PYTHON_REMEDY, type TrainerCommand } from "../../lib/training/trainer-process";

const run = promisify(execFile);

/** Below dist/nodes/<type> and below nodes/<type>. */
const ROOT = [join(__dirname, "..", "..", ".."), join(__dirname, "..", "..")].find((root) =>
  existsSync(join(root, "package.json")),
);

/**
 * @param named what the dialog says; may be empty
 * @throws EdgeError `training-python` where none is named and none was made
 */
export async function pythonOf(named: string): Promise<Omit<TrainerCommand, "env">> {
  const trainer = join(ROOT ?? "", "trainer");
  const cwd = existsSync(join(trainer, "context_edge_trainer")) ? trainer : undefined;
  if (named !== "") return { python: named, cwd };
  const script = join(ROOT ?? "", "scripts", "trainer-env.mjs");
  if (cwd === undefined || !existsSync(script)) {
    throw new EdgeError("training-python", "no Python with the trainer is named", { remedy: PYTHON_REMEDY });
  }
  try {
    const { stdout } = await run(process.execPath, [script, "--find"], { timeout: 20_000 });
    return { python: stdout.trim(), cwd };
  } catch (error) {
    const said = asError(error).message.trim().split("\n").at(-1) ?? "";
    throw new EdgeError("training-python", said, { cause: error, remedy: PYTHON_REMEDY });
  }
}
