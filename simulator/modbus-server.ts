import type { Socket } from "node:net";
import type { Readings } from "../lib/plant/catalogue";
import { ModbusImage } from "./modbus-image";
import { startTcp } from "./tcp-server";

export interface ModbusPlant {
  readonly port: number;
  show(place: number, readings: Readings): void;
  close(): Promise<void>;
}

/** Transaction, protocol, length, unit. */
const HEADER = 7;
/** Largest frame of Modbus TCP. */
const MAX_FRAME = 260;

/** A Modbus TCP device with the registers of modbus-image, under every unit id. */
export async function startModbus(host: string, port: number, assets: number): Promise<ModbusPlant> {
  const image = new ModbusImage(assets);
  const server = await startTcp(host, port, (socket) => serve(socket, image));
  return {
    port: server.port,
    show: (place, readings) => image.show(place, readings),
    close: () => server.close(),
  };
}

function serve(socket: Socket, image: ModbusImage): void {
  let held = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= HEADER) {
      const length = held.readUInt16BE(4);
      // Without a valid header there is no way back into step: hang up, as devices do.
      if (held.readUInt16BE(2) !== 0 || length < 2 || length > MAX_FRAME - 6) {
        socket.destroy();
        return;
      }
      if (held.length < 6 + length) return;
      const answer = image.answer(held.subarray(HEADER, 6 + length));
      const header = Buffer.from(held.subarray(0, HEADER));
      header.writeUInt16BE(answer.length + 1, 4);
      socket.write(Buffer.concat([header, answer]));
      held = held.subarray(6 + length);
    }
  });
}
