import { asError, errorCode } from "../lib/errors";
import { EXIT, EXITS, exitCodeOf, wrongUse, type Command, type Surroundings } from "./command";
import { keys } from "./keys";
import { promote } from "./promote";
import { verify } from "./verify";

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ["keys", keys],
  ["verify", verify],
  ["promote", promote],
]);

const HELP = `context-edge COMMAND …      releases of models and the channels that bring them to devices

  keys new|show       keys that sign releases and pointers
  verify RELEASE      checks a release as a device does
  promote MODEL VERSION RING      lets the devices of a ring run a release

context-edge COMMAND --help says more.

${EXITS}`;

/** Runs a command line. Never rejects. @returns the exit code */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const [name, ...args] = argv;
  try {
    const wantsHelp = name === undefined || ["help", "--help", "-h"].includes(name);
    if (wantsHelp) {
      surroundings.out(HELP);
      return name === undefined ? EXIT.usage : EXIT.done;
    }
    const command = COMMANDS.get(name);
    if (!command) throw wrongUse(`there is no command "${name}": ${[...COMMANDS.keys()].join(", ")}`);
    if (args.includes("--help") || args.includes("-h")) {
      surroundings.out(command.help);
      return EXIT.done;
    }
    return await command.run(args, surroundings);
  } catch (error) {
    const code = exitCodeOf(error);
    surroundings.err(`context-edge: ${errorCode(error)}: ${asError(error).message}`);
    if (code === EXIT.fault) surroundings.err(String(asError(error).stack));
    return code;
  }
}
