import { createServer, connect, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./ports";

/** Characters of a connection's requests by which it is told from others. */
const REMEMBERED = 2_000;

/** What happens to connections through the proxy; may be changed while they are open. */
export type Fault =
  | { readonly kind: "none" }
  /** Answers come this much later, in their order. */
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
  /** @param only those connections whose requests so far match; the others have none */
  set(fault: Fault, only?: RegExp): void;
  /** Resets the open connections whose requests so far match. @returns how many */
  cut(only: RegExp): number;
  stop(): Promise<void>;
}

/** A TCP proxy on a free loopback port, in front of another one, with the faults of a network. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  const open = new Map<Socket, () => string>();
  let fault: Fault = { kind: "none" };
  let only: RegExp | undefined;
  let connections = 0;
  const server: Server = createServer((client) => {
    connections++;
    keep(client);
    let said = "";
    open.set(client, () => said);
    client.on("close", () => open.delete(client));
    const faultNow = (): Fault => (only === undefined || only.test(said) ? fault : { kind: "none" });
    if (faultNow().kind === "refuse") {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ port: target, host: "127.0.0.1" });
    keep(upstream);
    let sent = 0;
    let waiting: Promise<void> | undefined;
    client.on("data", (chunk: Buffer) => {
      sent += chunk.length;
      if (said.length < REMEMBERED) said += chunk.toString("latin1");
      const now = faultNow();
      if (now.kind === "answer") answer(client, now);
      else if (now.kind === "cut" && sent > now.afterBytes) client.resetAndDestroy();
      else upstream.write(chunk);
    });
    upstream.on("data", (chunk: Buffer) => {
      const now = faultNow();
      if (now.kind === "mute") return;
      if (now.kind === "cut-answer") {
        client.resetAndDestroy();
        return;
      }
      if (now.kind !== "slow" && waiting === undefined) {
        client.write(chunk);
        return;
      }
      // Behind what is still waiting: a connection keeps its order.
      const due = performance.now() + (now.kind === "slow" ? now.ms : 0);
      const mine = (waiting ?? Promise.resolve())
        .then(() => pause(Math.max(0, due - performance.now()), undefined, { ref: false }))
        .then(() => {
          if (!client.destroyed) client.write(chunk);
          if (waiting === mine) waiting = undefined;
        });
      waiting = mine;
    });
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => {
      if (faultNow().kind !== "mute") client.end();
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
    set: (next, matching) => {
      fault = next;
      only = matching;
    },
    cut: (matching) => {
      const hit = [...open].filter(([, said]) => matching.test(said()));
      for (const [client] of hit) client.resetAndDestroy();
      return hit.length;
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
