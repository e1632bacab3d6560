import type { EdgeMessage } from "../../messages";
import { isRecord } from "../../path";
import { badReading, goodReading, silentReading, type Reading } from "../reading";
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
  /** Sender of the last answer that held it: a failure names its sender alone. */
  seenFrom: string | undefined;

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

/** Senders whose requests are told apart; more than any flow has. */
const MOST_SENDERS = 1000;

/**
 * Readings of messages from node-red-contrib-modbus: the request stands in `input.payload` or `modbusRequest`, the
 * registers in `payload` or `values`. A failed read is an empty payload with `error`, and tells no address: only the topic
 * ("polling" unless the node has one of its own) and the name of its node. Where one read alone goes by these, the
 * failure is its own; where several do, it may be another's, so that values stand until they are stale.
 */
export class RegisterMessages {
  /** The request that goes by a topic and a name; null where several do. */
  private readonly requests = new Map<string, string | null>();

  constructor(private readonly channels: readonly RegisterChannel[]) {}

  /** @returns how many readings were put, or undefined when the message is not one of these */
  take(message: EdgeMessage, put: (channel: number, reading: Reading) => void): number | undefined {
    if (message.payload === "" && message["error"] !== undefined) return this.takeFailure(message, put);
    const request = requestIn(message);
    if (!request) return undefined;
    const sender = senderOf(message, message["input"]);
    this.note(sender, `${request.unit} ${request.fc} ${request.address} ${request.quantity}`);
    // With an IO file the payload may be a list of named values, and the registers stand beside it.
    const registers = Array.isArray(message["values"]) ? message["values"] : message.payload;
    let taken = 0;
    for (const channel of this.channels) {
      if (!channel.place || !channel.isIn(request)) continue;
      channel.seenFrom = sender;
      const at = channel.place.address - request.address;
      put(
        channel.channel,
        Array.isArray(registers) ? channel.read(registers, at) : badReading("the answer holds no registers"),
      );
      taken++;
    }
    return taken > 0 ? taken : undefined;
  }

  private takeFailure(message: EdgeMessage, put: (channel: number, reading: Reading) => void): number | undefined {
    const error = message["error"];
    const said = isRecord(error) ? error["message"] : error;
    const text = `the read failed: ${typeof said === "string" ? said : "no reason given"}`;
    const request = requestOf(message["modbusRequest"]);
    const sender = senderOf(message, message);
    const certain = request !== undefined || this.requests.get(sender) !== null;
    let taken = 0;
    for (const channel of this.channels) {
      if (request ? !channel.isIn(request) : channel.seenFrom !== sender) continue;
      put(channel.channel, certain ? badReading(text) : silentReading(`perhaps ${text}`));
      taken++;
    }
    return taken > 0 ? taken : undefined;
  }

  private note(sender: string, request: string): void {
    const known = this.requests.get(sender);
    if (known === undefined && this.requests.size >= MOST_SENDERS) this.requests.clear();
    if (known !== request) this.requests.set(sender, known === undefined ? request : null);
  }
}

/** What an answer and a failure of the same read have in common. @param named holds the name of the node as `from` */
function senderOf({ topic }: EdgeMessage, named: unknown): string {
  const from = isRecord(named) ? named["from"] : undefined;
  return JSON.stringify([topic, from].map((name) => (typeof name === "string" ? name.slice(0, 512) : "")));
}

/** True when the message answers a Modbus request. */
export function isAnswer(message: EdgeMessage): boolean {
  return requestIn(message) !== undefined;
}

function requestIn(message: EdgeMessage): Request | undefined {
  const input = message["input"];
  return requestOf(message["modbusRequest"]) ?? (isRecord(input) ? requestOf(input["payload"]) : undefined);
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
