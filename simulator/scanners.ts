import { startTcp, type TcpServer } from "./tcp-server";

/** Bytes around a scanned text, as scanners are set up to send it. */
export const FRAMES = {
  crlf: (text: string) => `${text}\r\n`,
  lf: (text: string) => `${text}\n`,
  stx: (text: string) => `\u0002${text}\u0003`,
} as const;
export type Frame = keyof typeof FRAMES;

export interface Scanners {
  /** One scanner per asset. */
  readonly ports: Readonly<Record<string, number>>;
  scan(asset: string, text: string): void;
  close(): Promise<void>;
}

/** One TCP server per asset: `port` for the first, the next ones for the others; 0 takes free ones. */
export async function startScanners(
  host: string,
  port: number,
  assets: readonly string[],
  frame: Frame,
): Promise<Scanners> {
  const servers = new Map<string, TcpServer>();
  const close = async (): Promise<void> => {
    for (const server of servers.values()) await server.close();
  };
  try {
    for (const [i, asset] of assets.entries()) {
      // A scanner only talks; what it is sent is read and dropped, so that its buffer never fills.
      servers.set(asset, await startTcp(host, port === 0 ? 0 : port + i, (socket) => socket.resume()));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ports: Object.fromEntries([...servers].map(([asset, server]) => [asset, server.port])),
    scan: (asset, text) => servers.get(asset)?.broadcast(FRAMES[frame](text)),
    close,
  };
}
