import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

/** What a device does with one request. Undefined: answers as it should. */
export type Manners = (request: DeviceRequest, proper: Buffer, socket: Socket) => "handled" | undefined;

export interface DeviceRequest {
  readonly transaction: number;
  readonly unit: number;
  readonly code: number;
  readonly address: number;
  readonly count: number;
  readonly at: number;
}

const REQUEST_BYTES = 12;

/**
 * A Modbus TCP device of the tests' own, made of bytes alone: what no library sends, this can. Register n of unit u holds
 * 1000 · u + n; coil n is on where n is a multiple of 3.
 */
export class RawDevice {
  readonly requests: DeviceRequest[] = [];
  connections = 0;
  manners: Manners = () => undefined;
  private readonly open = new Set<Socket>();
  private server: Server | undefined;

  private constructor(readonly port: number) {}

  static async start(port: number, manners?: Manners): Promise<RawDevice> {
    const device = new RawDevice(port);
    if (manners) device.manners = manners;
    await device.listen();
    return device;
  }

  get openConnections(): number {
    return this.open.size;
  }

  async listen(): Promise<void> {
    const server = createServer((socket) => this.take(socket));
    this.server = server;
    server.listen(this.port, "127.0.0.1");
    await once(server, "listening");
  }

  /** Closes every connection and listens no more. */
  async stop(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    this.drop();
    server.close();
    await once(server, "close");
  }

  drop(): void {
    for (const socket of this.open) socket.destroy();
  }

  private take(socket: Socket): void {
    this.connections++;
    this.open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.open.delete(socket));
    let received = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      for (; received.length >= REQUEST_BYTES; received = received.subarray(REQUEST_BYTES))
        this.answer(socket, received);
    });
  }

  private answer(socket: Socket, frame: Buffer): void {
    const request: DeviceRequest = {
      transaction: frame.readUInt16BE(0),
      unit: frame.readUInt8(6),
      code: frame.readUInt8(7),
      address: frame.readUInt16BE(8),
      count: frame.readUInt16BE(10),
      at: performance.now(),
    };
    this.requests.push(request);
    const proper = answerTo(request);
    if (this.manners(request, proper, socket) === undefined) socket.write(proper);
  }
}

/** The whole frame that answers a request as it should be answered. */
export function answerTo({ transaction, unit, code, address, count }: DeviceRequest): Buffer {
  const isBits = code <= 2;
  const data = Buffer.alloc(isBits ? Math.ceil(count / 8) : count * 2);
  for (let i = 0; i < count; i++) {
    const n = address + i;
    if (isBits) data[i >> 3] |= (n % 3 === 0 ? 1 : 0) << (i & 7);
    else data.writeUInt16BE((1000 * unit + n) & 0xffff, i * 2);
  }
  return framed(transaction, unit, Buffer.concat([Buffer.from([code, data.length]), data]));
}

export function exceptionTo({ transaction, unit, code }: DeviceRequest, exception: number): Buffer {
  return framed(transaction, unit, Buffer.from([code | 0x80, exception]));
}

function framed(transaction: number, unit: number, pdu: Buffer): Buffer {
  const head = Buffer.alloc(7);
  head.writeUInt16BE(transaction, 0);
  head.writeUInt16BE(pdu.length + 1, 4);
  head.writeUInt8(unit, 6);
  return Buffer.concat([head, pdu]);
}
