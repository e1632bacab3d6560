import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

export interface TcpServer {
  readonly port: number;
  /** Sends to everyone who is connected. */
  broadcast(data: string | Buffer): void;
  close(): Promise<void>;
}

/** A peer that does not read is cut off when so many bytes wait for it. */
const MAX_WAITING = 1_000_000;

/** A TCP server that ends its connections when it is closed. @throws the listening error (EADDRINUSE, …) */
export async function startTcp(host: string, port: number, connected: (socket: Socket) => void): Promise<TcpServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // A reset is the peer's way to hang up; "close" follows.
    socket.on("error", () => socket.destroy());
    connected(socket);
  });
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    broadcast: (data) => {
      for (const socket of sockets) {
        if (socket.writableLength > MAX_WAITING) socket.destroy();
        else socket.write(data);
      }
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
