import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

export const USAGE = `The plant, Node-RED and the edge loop on this machine.

  npm start -- [--port 1880] [--host 127.0.0.1] [--data data] [--password-file FILE] [--fresh]

  --port           of the editor and the pages; without it the first free one from 1880 on
  --host           127.0.0.1 listens on this machine alone; any other address demands a password
  --data           folder for everything that is written: flows, logs, the device's data, the labeled data objects
  --password-file  the password, or set CONTEXT_EDGE_PASSWORD; the user's name is "engineer"
  --fresh          deploy the shipped flows again instead of those edited in the folder
`;

const SHORTEST_PASSWORD = 8;

export interface StartOptions {
  readonly host: string;
  readonly port: number;
  /** True when the port was asked for: then a busy one is an error. */
  readonly portGiven: boolean;
  /** Absolute. */
  readonly data: string;
  readonly password: string | undefined;
  readonly fresh: boolean;
}

/** A mistake on the command line, told without a stack. */
export class UsageError extends Error {}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** @throws UsageError */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): StartOptions | "help" {
  const { host = "127.0.0.1", port, data = "data", fresh = false, help, ...rest } = parse(args);
  if (help === true) return "help";
  const portNumber = port === undefined ? 1880 : Number(port);
  if (!Number.isInteger(portNumber) || portNumber < 1 || portNumber > 65_535) {
    throw new UsageError(`--port is "${port}", must be a whole number from 1 to 65535`);
  }
  const password = passwordFrom(rest["password-file"], env);
  if (!isLoopback(host) && password === undefined) {
    throw new UsageError(
      `--host ${host} can be reached from other machines and demands a password: ` +
        "set CONTEXT_EDGE_PASSWORD or name a file with --password-file",
    );
  }
  return { host, port: portNumber, portGiven: port !== undefined, data: resolve(data), password, fresh };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        host: { type: "string" },
        port: { type: "string" },
        data: { type: "string" },
        "password-file": { type: "string" },
        fresh: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function passwordFrom(file: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  const password = file === undefined ? env["CONTEXT_EDGE_PASSWORD"] : readPassword(file);
  if (password === undefined || password === "") return undefined;
  if (password.length < SHORTEST_PASSWORD) {
    throw new UsageError(`the password has ${password.length} characters, at least ${SHORTEST_PASSWORD} are needed`);
  }
  return password;
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new UsageError(`--password-file ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
