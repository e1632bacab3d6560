import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { cached } from "./cache";
import { freePort } from "./ports";
import { TestProcess } from "./process";

const PEERS = join(__dirname, "..", "peers");
const REQUIREMENTS = join(PEERS, "requirements.txt");

/** The Python of an environment with the OPC UA and Modbus servers that are not the libraries under test. */
export async function peerPython(): Promise<string> {
  const dir = await cached("peers", readFileSync(REQUIREMENTS, "utf8"), (target) => {
    execFileSync("python3", ["-m", "venv", target]);
    execFileSync(
      join(target, "bin", "pip"),
      ["install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS],
      {
        stdio: "inherit",
      },
    );
  });
  return join(dir, "bin", "python");
}

export interface Peer {
  /** What the peer said when it was ready: port, url or serial port, control port, pid. */
  readonly info: { url?: string; port?: number; serial?: string; control: number; ns_index?: number; pid: number };
  /** Sends one line to the control port and returns the answer. */
  command(line: string): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** Starts a script of test/peers with the environment above; it prints one JSON line when it listens. */
export async function startPeer(script: string, args: readonly string[]): Promise<Peer> {
  const process = new TestProcess(await peerPython(), [join(PEERS, script), ...args]);
  const info = JSON.parse(await process.line(/"ready"/)) as Peer["info"];
  return {
    info,
    command: (line) => ask(info.control, line),
    stop: () => process.stop(),
  };
}

function ask(port: number, line: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`${line}\n`));
    socket.once("error", reject);
    createInterface({ input: socket }).once("line", (answer) => {
      socket.end();
      try {
        resolve(JSON.parse(answer) as Record<string, unknown>);
      } catch (error) {
        reject(new Error(`${line}: the peer answers ${answer}`, { cause: error }));
      }
    });
  });
}

/** The OPC UA server. @param args beside the port */
export async function startOpcuaPeer(...args: readonly string[]): Promise<Peer> {
  return await startPeer("asyncua_server.py", ["--port", String(await freePort()), ...args]);
}

/**
 * The OPC UA server that is reached only with a certificate it trusts, as the user op with the password "secret".
 * @param folder for its own certificate, @param trusting where it looks for those that it trusts; made here
 */
export async function startSecurePeer(folder: string, trusting: string): Promise<Peer> {
  mkdirSync(trusting);
  const pki = join(folder, "server");
  const secure = ["--only-secure", "--no-anonymous", "--user", "op:secret", "--pki", pki, "--trust", trusting];
  return await startOpcuaPeer(...secure);
}
