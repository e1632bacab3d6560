import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { asError, errorCode } from "../lib/errors";
import { startTcp, type TcpServer } from "./tcp-server";

export type Obey = (command: unknown) => object;

/** Longest command line; more is not a command. */
const MAX_LINE = 10_000;

/** Reads one JSON command per line and answers each with one JSON line: `{ok: true, …}` or `{ok: false, code, message}`. */
export function obeyLines(input: Readable, obey: Obey, answer: (line: string) => void): void {
  const lines = createInterface({ input });
  lines.on("line", (line) => {
    if (line.trim() === "") return;
    answer(`${JSON.stringify(outcome(line, obey))}\n`);
  });
  // It passes on the input's: one who hangs up with a reset must not take the plant along.
  lines.on("error", () => lines.close());
}

function outcome(line: string, obey: Obey): object {
  try {
    if (line.length > MAX_LINE) throw new Error(`the line has ${line.length} characters, limit ${MAX_LINE}`);
    return { ok: true, ...obey(JSON.parse(line)) };
  } catch (error) {
    return { ok: false, code: errorCode(error, "plant-command"), message: asError(error).message };
  }
}

export function startControl(host: string, port: number, obey: Obey): Promise<TcpServer> {
  return startTcp(host, port, (socket) => obeyLines(socket, obey, (line) => socket.write(line)));
}
