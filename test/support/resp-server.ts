import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

/** What a command is answered with: RESP as it goes over the wire; undefined for no answer. */
export type Answer = (command: readonly string[], connection: Socket) => string | undefined;

/** A server that speaks Redis's protocol and answers as a test says: for replies that a real one gives only in rare states. */
export class RespServer {
  private readonly connections = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    public answer: Answer,
  ) {
    server.on("connection", (socket) => {
      this.connections.add(socket);
      socket.on("close", () => this.connections.delete(socket));
      socket.on("error", () => undefined);
      let rest = "";
      socket.on("data", (bytes) => {
        rest += bytes.toString("latin1");
        for (let command = cut(rest); command !== undefined; command = cut(rest)) {
          rest = rest.slice(command.length);
          const reply = this.answer(command.words, socket);
          if (reply !== undefined && !socket.destroyed) socket.write(reply);
        }
      });
    });
  }

  static async start(answer: Answer): Promise<RespServer> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new RespServer(server, answer);
  }

  get url(): string {
    const { port } = this.server.address() as { port: number };
    return `redis://127.0.0.1:${port}`;
  }

  drop(): void {
    for (const socket of this.connections) socket.destroy();
  }

  async stop(): Promise<void> {
    this.drop();
    this.server.close();
    await once(this.server, "close");
  }
}

/** The first whole command in the text: an array of bulk strings. */
function cut(text: string): { words: string[]; length: number } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (!head) return undefined;
  let at = head[0].length;
  const words: string[] = [];
  for (let i = 0; i < Number(head[1]); i++) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at, at + 12));
    if (!size) return undefined;
    at += size[0].length;
    const end = at + Number(size[1]);
    if (text.length < end + 2) return undefined;
    words.push(text.slice(at, end));
    at = end + 2;
  }
  return { words, length: at };
}
