import { createServer } from "node:net";

/** Ports below this are not handed out to outgoing connections. */
const EPHEMERAL = 32_768;

export function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

/** The first free port from `from` on that is none of `taken`. @throws Error when there is none */
export async function freePort(host: string, from: number, taken: readonly number[] = []): Promise<number> {
  for (let port = from; port < EPHEMERAL; port++) {
    if (!taken.includes(port) && (await canListen(host, port))) return port;
  }
  throw new Error(`no free port on ${host} from ${from} to ${EPHEMERAL - 1}`);
}
