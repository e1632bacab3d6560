import type { EdgeMessage } from "../../messages";
import { isRecord } from "../../path";
import { badReading, goodReading, type Reading } from "../reading";
import { describeAddress, READ_FUNCTION, type RegisterAddress } from "./address";
import { decodeRegisters, wordsOf, type RegisterFormat } from "./registers";

/** The value at index `at` of registers that were answered, or why it is none. @param place for the reason, where it is known */
export function registerReading(
  registers: ArrayLike<unknown>,
  at: number,
  format: RegisterFormat,
  place: RegisterAddress | undefined,
): Reading {
  const value = decodeRegisters(registers, at, format);
  if (typeof value === "string") return badReading(place ? `${describeAddress(place)}: ${value}` : value);
  return Number.isFinite(value) ? goodReading(value) : badReading(`its registers hold ${value}`);
}

/** A channel that takes its value out of register arrays. */
export class RegisterChannel {
  /** Topic of the last answer that held it: a failure names its topic alone. */
  seenUnder: string | undefined;

  /** @param place undefined where the channel's own topic tells it, and the value stands first */
  constructor(
    readonly channel: number,
    readonly format: RegisterFormat,
    readonly place: RegisterAddress | undefined,
  ) {}

  read(registers: ArrayLike<unknown>, at: number): Reading {
    return registerReading(registers, at, this.format, this.place);
  }

  /** True when an answer to this request should hold the channel's first register. */
  isIn(request: Request): boolean {
    const { place } = this;
    if (place === undefined || READ_FUNCTION[place.table] !== request.fc) return false;
    if (place.unit !== undefined && request.unit !== undefined && place.unit !== request.unit) return false;
    return (
      place.address >= request.address &&
      place.address + wordsOf(this.format.type) <= request.address + request.quantity
    );
  }
}

/** What was asked of the device, as node-red-contrib-modbus passes it on: numbers, often as text. */
interface Request {
  readonly unit: number | undefined;
  readonly fc: number;
  readonly address: number;
  readonly quantity: number;
}

/**
 * Readings of a message from node-red-contrib-modbus: the request stands in `input.payload` or `modbusRequest`, the
 * registers in `payload` or `values`; a failed read is an empty payload with `error`, under the topic of the read.
 *
 * @returns how many readings were put, or undefined when the message is not one of these
 */
export function readRegisters(
  channels: readonly RegisterChannel[],
  message: EdgeMessage,
  put: (channel: number, reading: Reading) => void,
): number | undefined {
  if (message.payload === "" && message["error"] !== undefined) return putFailure(channels, message, put);
  const request = requestIn(message);
  if (!request) return undefined;
  // With an IO file the payload may be a list of named values, and the registers stand beside it.
  const registers = Array.isArray(message["values"]) ? message["values"] : message.payload;
  let taken = 0;
  for (const channel of channels) {
    if (!channel.place || !channel.isIn(request)) continue;
    channel.seenUnder = typeof message.topic === "string" ? message.topic : undefined;
    const at = channel.place.address - request.address;
    put(
      channel.channel,
      Array.isArray(registers) ? channel.read(registers, at) : badReading("the answer holds no registers"),
    );
    taken++;
  }
  return taken > 0 ? taken : undefined;
}

/** True when the message answers a Modbus request. */
export function isAnswer(message: EdgeMessage): boolean {
  return requestIn(message) !== undefined;
}

function requestIn(message: EdgeMessage): Request | undefined {
  const input = message["input"];
  return requestOf(message["modbusRequest"]) ?? (isRecord(input) ? requestOf(input["payload"]) : undefined);
}

function putFailure(
  channels: readonly RegisterChannel[],
  message: EdgeMessage,
  put: (channel: number, reading: Reading) => void,
): number | undefined {
  const error = message["error"];
  const said = isRecord(error) ? error["message"] : error;
  const text = typeof said === "string" ? said : "no reason given";
  const request = requestOf(message["modbusRequest"]);
  let taken = 0;
  for (const channel of channels) {
    if (request ? !channel.isIn(request) : channel.seenUnder === undefined || channel.seenUnder !== message.topic)
      continue;
    put(channel.channel, badReading(`the read failed: ${text}`));
    taken++;
  }
  return taken > 0 ? taken : undefined;
}

function requestOf(raw: unknown): Request | undefined {
  if (!isRecord(raw)) return undefined;
  const fc = wholeNumber(raw["fc"]);
  const address = wholeNumber(raw["address"]);
  const quantity = wholeNumber(raw["quantity"]);
  if (fc === undefined || address === undefined || quantity === undefined) return undefined;
  return { fc, address, quantity, unit: wholeNumber(raw["unitid"]) };
}

function wholeNumber(raw: unknown): number | undefined {
  const value = typeof raw === "string" && raw.trim() !== "" ? Number(raw) : raw;
  return typeof value === "number" && Number.isInteger(value) ? value : undefined;
}
