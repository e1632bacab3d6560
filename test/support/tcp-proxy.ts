import { createServer, connect, type Server, type Socket } from "node:net";
import { freePort } from "./ports";

/** What happens to connections through the proxy; may be changed while they are open. */
export type Fault =
  | { readonly kind: "none" }
  /** Answers come this much later. */
  | { readonly kind: "slow"; readonly ms: number }
  /** The request gets through, the answer never comes back. */
  | { readonly kind: "mute" }
  /** The connection is reset when this many bytes of the request have gone through. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** The request gets through whole; instead of its answer comes a reset. */
  | { readonly kind: "cut-answer" }
  /** The server is not asked: this is the answer. */
  | { readonly kind: "answer"; readonly status: string; readonly body?: string }
  | { readonly kind: "refuse" };

export interface TcpProxy {
  readonly port: number;
  /** Connections that were made to it. */
  readonly connections: number;
  set(fault: Fault): void;
  stop(): Promise<void>;
}

/** A TCP proxy on a free loopback port, in front of another one, with the faults of a network. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let fault: Fault = { kind: "none" };
  let connections = 0;
  const server: Server = createServer((client) => {
    connections++;
    keep(client);
    if (fault.kind === "refuse") {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ port: target, host: "127.0.0.1" });
    keep(upstream);
    let sent = 0;
    client.on("data", (chunk: Buffer) => {
      sent += chunk.length;
      if (fault.kind === "answer") answer(client, fault);
      else if (fault.kind === "cut" && sent > fault.afterBytes) client.resetAndDestroy();
      else upstream.write(chunk);
    });
    upstream.on("data", (chunk: Buffer) => {
      if (fault.kind === "mute") return;
      if (fault.kind === "cut-answer") client.resetAndDestroy();
      else if (fault.kind === "slow") setTimeout(() => client.destroyed || client.write(chunk), fault.ms).unref();
      else client.write(chunk);
    });
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => {
      if (fault.kind !== "mute") client.end();
    });
  });
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    port,
    get connections() {
      return connections;
    },
    set: (next) => {
      fault = next;
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(client: Socket, { status, body = "" }: Extract<Fault, { kind: "answer" }>): void {
  client.end(`HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}
