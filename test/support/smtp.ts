import { createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";

/** A mail server (RFC 5321, as far as one client needs it) that keeps what it takes. */
export class MailSink {
  readonly mails: string[] = [];
  /** So many mails are refused for now (451) before one is taken. */
  refuse = 0;
  /** Every connection is cut before the greeting. */
  cuts = false;
  connections = 0;
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  constructor(readonly port: number) {}

  start(): Promise<void> {
    this.server = createServer((socket) => this.serve(socket));
    return new Promise((resolve) => this.server?.listen(this.port, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    const { server } = this;
    for (const socket of this.sockets) socket.destroy();
    if (server) await new Promise((resolve) => server.close(resolve));
    this.server = undefined;
  }

  private serve(socket: Socket): void {
    this.connections++;
    if (this.cuts) {
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket)).on("error", () => socket.destroy());
    const say = (text: string): void => void socket.write(`${text}\r\n`);
    let mail: string[] | undefined;
    say("220 sink");
    createInterface({ input: socket }).on("line", (line) => {
      if (mail) {
        if (line !== ".") mail.push(line.replace(/^\./, ""));
        else {
          say(this.take(mail.join("\n")));
          mail = undefined;
        }
        return;
      }
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === "DATA") {
        mail = [];
        say("354 go on");
      } else if (verb === "QUIT") socket.end("221 bye\r\n");
      else say("250 ok");
    });
  }

  private take(mail: string): string {
    if (this.refuse > 0) {
      this.refuse--;
      return "451 try again later";
    }
    // Quoted-printable: "=" at the end of a line goes on in the next.
    this.mails.push(mail.replace(/=\n/g, ""));
    return "250 taken";
  }
}
