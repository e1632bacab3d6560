import { EdgeError } from "./errors";
import type { Command, EdgeMessage } from "./messages";
import { isRecord } from "./path";

/**
 * The command of a message, undefined when it has none. On a fused sample a property of that name that is no command
 * came from elsewhere, and is none of ours.
 * @param known the commands that the node takes, for the message
 * @throws EdgeError `command` for a text, null, {} and all else that has no name
 */
export function commandOf(message: EdgeMessage, known: string): Command | undefined {
  const command: unknown = message.command;
  if (command === undefined) return undefined;
  if (isRecord(command) && typeof command["name"] === "string" && command["name"] !== "") return command as Command;
  if (message.fusion) return undefined;
  throw new EdgeError("command", `msg.command is ${shown(command)}, must be an object with a name: ${known}`, {
    remedy: `for example {"name": "${typeof command === "string" ? command.slice(0, 20) : known.split(",")[0]}"}`,
  });
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isRecord(value)) return "an object without a name";
  return typeof value === "string" ? `the text "${value.slice(0, 20)}"` : String(value);
}
