import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { systemClock } from "../../lib/clock";
import { ModbusDevices } from "../../lib/fusion/modbus/devices";
import { modbusOptions } from "../support/modbus";
import { until } from "../support/process";

const MOST_CONNECTIONS = 1;
const MOST_REGISTERS = 16;
const HEADER = 7;

/** A small device as they stand in cabinets: one connection, 16 registers a request, and its own unit alone. */
class SmallDevice {
  refused = 0;
  longest = 0;
  private readonly connections = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly unit: number,
    private readonly exception: number,
  ) {
    server.on("connection", (socket) => {
      socket.on("error", () => undefined);
      if (this.connections.size >= MOST_CONNECTIONS) {
        this.refused++;
        socket.destroy();
        return;
      }
      this.connections.add(socket);
      socket.on("close", () => this.connections.delete(socket));
      socket.on("data", (frame) => this.answer(socket, frame));
    });
  }

  static async start(unit: number, exception: number): Promise<SmallDevice> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new SmallDevice(server, unit, exception);
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    this.server.close();
    await once(this.server, "close");
  }

  /** Register n holds n. Another unit's requests are nobody's. */
  private answer(socket: Socket, frame: Buffer): void {
    if (frame[6] !== this.unit) return;
    const code = frame[7];
    const address = frame.readUInt16BE(8);
    const count = frame.readUInt16BE(10);
    this.longest = Math.max(this.longest, count);
    const words = Array.from({ length: count }, (_, i) => [(address + i) >> 8, (address + i) & 0xff]).flat();
    const body = Buffer.from(count > MOST_REGISTERS ? [code | 0x80, this.exception] : [code, words.length, ...words]);
    const head = Buffer.from(frame.subarray(0, HEADER));
    head.writeUInt16BE(body.length + 1, 4);
    socket.write(Buffer.concat([head, body]));
  }
}

describe("Modbus source at a small device", function () {
  this.timeout(20_000);

  for (const [unit, exception] of [
    [0, 3],
    [255, 2],
    [1, 4],
  ] as const) {
    it(`reads unit ${unit}, which answers a long request with exception ${exception}`, async () => {
      const device = await SmallDevice.start(unit, exception);
      const options = { unit, timeoutMs: 300, intervalMs: 20 };
      const source = new ModbusDevices(modbusOptions(device.port, options), systemClock, Math.random);
      try {
        const heard = new Map<number, number>();
        const addresses = [0, 6, 12, 18, 24];
        for (const address of addresses) {
          source.follow(`holding:${address}`, { type: "uint32", order: "ABCD" }, ({ value }) =>
            heard.set(address, value),
          );
        }
        await until("all are read", () => addresses.every((at) => heard.get(at) === at * 0x10000 + at + 1));
        assert.equal(device.longest, 26, "the neighbours were asked for together first");
        assert.equal(device.refused, 0, "one connection is enough");
      } finally {
        await source.close();
        await device.stop();
      }
    });
  }

  it("comes back though the device holds on to a dead connection for a while", async () => {
    const device = await SmallDevice.start(1, 3);
    const options = modbusOptions(device.port, { timeoutMs: 300, intervalMs: 20 });
    const source = new ModbusDevices(options, systemClock, Math.random);
    const rival = connect(device.port, "127.0.0.1");
    try {
      await once(rival, "connect");
      let trouble = "";
      source.watch((text) => (trouble = text));
      let last = NaN;
      source.follow("7", { type: "uint16", order: "ABCD" }, ({ value }) => (last = value));
      await until("is refused", () => device.refused > 0 && trouble !== "" && trouble !== "connecting");
      rival.destroy();
      await until("reads", () => last === 7 && trouble === "");
    } finally {
      rival.destroy();
      await source.close();
      await device.stop();
    }
  });
});
