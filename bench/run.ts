/**
 * `npm run bench -- edge|plant|learn [--json] [--only chain,lookup,…]`: measures against a floor or a peer in the same run.
 * Never asserted in a test: these are figures, and the machine's own noise is printed beside them.
 */
import { edge } from "./edge/suite";
import { machine, printTable, type Figure } from "./figures";
import { learn } from "./learn/suite";
import { plant } from "./plant/suite";

const SUITES: Record<string, (only: ReadonlySet<string> | undefined) => Promise<Figure[]>> = { edge, plant, learn };

async function main(args: readonly string[]): Promise<void> {
  const name = args.find((arg) => !arg.startsWith("--")) ?? "edge";
  const suite = SUITES[name];
  if (!suite) throw new Error(`no suite ${name}: ${Object.keys(SUITES).join(", ")}`);
  const at = args.indexOf("--only");
  const only = at >= 0 ? new Set((args[at + 1] ?? "").split(",")) : undefined;
  const report = { suite: name, machine: machine(), figures: await suite(only) };
  if (args.includes("--json")) console.log(JSON.stringify(report, null, 2));
  else printTable(report);
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
