import type { default as ModbusRTU } from "modbus-serial";
import type { Clock } from "../../clock";
import { asError, EdgeError, errorCode } from "../../errors";
import { loadOptional } from "../../optional";
import { Link, within } from "../link";
import { describeAddress, type RegisterAddress, type Table } from "./address";
import { planRequests, type PollItem, type PollRequest } from "./plan";

export interface ModbusOptions {
  readonly host: string;
  readonly port: number;
  /** Unit of addresses that name none. */
  readonly unit: number;
  /** Limit for one answer, and for connecting. */
  readonly timeoutMs: number;
  /** From the start of a round to the start of the next. */
  readonly intervalMs: number;
  /** Unwanted registers that may lie between two wanted ones in one request. */
  readonly gap: number;
}

/** Registers (or coils) as they were answered, or why there are none. */
export type Answer = readonly unknown[] | string;

interface Followed extends PollItem {
  readonly listener: (answer: Answer) => void;
  readonly place: RegisterAddress;
}

/** Modbus Application Protocol V1.1b3, 7: exception codes. */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: "illegal function",
  2: "illegal data address",
  3: "illegal data value",
  4: "device failure",
  5: "acknowledge",
  6: "device busy",
  8: "memory parity error",
  10: "gateway path unavailable",
  11: "gateway target does not answer",
};

/** What devices answer to a request for more than they have, or can give at once: not all of them keep to code 3. */
const TOO_MUCH: ReadonlySet<number> = new Set([2, 3, 4]);

/**
 * Polls a Modbus TCP device: one request at a time, neighbours in one request, and a fresh connection after anything but a
 * clean answer, because a half frame leaves the library's connection open and useless. It only ever reads.
 */
export class ModbusSource {
  private readonly items = new Set<Followed>();
  private readonly alone = new Set<Followed>();
  private plan: readonly PollRequest<Followed>[] | undefined;
  private readonly link: Link;

  constructor(
    private readonly options: ModbusOptions,
    private readonly clock: Clock,
    random: () => number,
  ) {
    this.link = new Link((signal, works) => this.serve(signal, works), clock, random);
  }

  follow(place: RegisterAddress, words: number, listener: (answer: Answer) => void): () => void {
    const item: Followed = {
      unit: place.unit ?? this.options.unit,
      table: place.table,
      address: place.address,
      words,
      place,
      listener,
    };
    this.items.add(item);
    this.plan = undefined;
    this.link.start();
    return () => {
      this.items.delete(item);
      this.alone.delete(item);
      this.plan = undefined;
      if (this.items.size === 0) void this.link.stop();
    };
  }

  watch(watcher: (trouble: string) => void): () => void {
    return this.link.watch(watcher);
  }

  close(): Promise<void> {
    this.items.clear();
    return this.link.stop();
  }

  private async serve(signal: AbortSignal, works: () => void): Promise<void> {
    const line = await ModbusLine.open(this.options, this.clock);
    const cut = (): void => line.close();
    signal.addEventListener("abort", cut, { once: true });
    try {
      // Requests and rounds go one after the other: many devices answer one at a time.
      /* oxlint-disable no-await-in-loop */
      while (!signal.aborted) {
        const begun = this.clock.monotonic();
        this.plan ??= planRequests(this.items, this.options.gap, this.alone);
        for (const request of this.plan) {
          await this.ask(line, request);
          works();
        }
        await line.idle(Math.max(1, this.options.intervalMs - (this.clock.monotonic() - begun)));
      }
      /* oxlint-enable no-await-in-loop */
    } finally {
      signal.removeEventListener("abort", cut);
      line.close();
    }
  }

  private async ask(line: ModbusLine, request: PollRequest<Followed>): Promise<void> {
    let registers: readonly unknown[];
    try {
      registers = await line.read(request.unit, request.table, request.address, request.words);
    } catch (error) {
      const code = (error as { modbusCode?: unknown }).modbusCode;
      if (typeof code !== "number") throw error;
      this.refused(request, code);
      return;
    }
    for (const item of request.items) {
      if (!this.items.has(item)) continue;
      const at = item.address - request.address;
      item.listener(registers.slice(at, at + item.words));
    }
  }

  /** The device answered with an exception. What was joined is asked for one by one from now on: one of them is at fault. */
  private refused(request: PollRequest<Followed>, code: number): void {
    if (TOO_MUCH.has(code) && request.items.length > 1) {
      for (const item of request.items) this.alone.add(item);
      this.plan = undefined;
      return;
    }
    for (const item of request.items) {
      item.listener(
        `${describeAddress(item.place)}: the device answers exception ${code} (${EXCEPTIONS[code] ?? "unknown"})`,
      );
    }
  }
}

const REQUEST: Readonly<
  Record<Table, (client: ModbusRTU, address: number, words: number) => Promise<{ data: readonly unknown[] }>>
> = {
  coil: (client, address, words) => client.readCoils(address, words),
  discrete: (client, address, words) => client.readDiscreteInputs(address, words),
  holding: (client, address, words) => client.readHoldingRegisters(address, words),
  input: (client, address, words) => client.readInputRegisters(address, words),
};

/** What the system's codes mean to somebody beside the machine. */
const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ENOTFOUND: "no host has this name",
  ECONNRESET: "the device refuses connections",
};

/** One TCP connection. */
export class ModbusLine {
  private readonly lost: Promise<never>;
  private fail: (error: Error) => void = () => undefined;
  private closed = false;

  private constructor(
    private readonly client: ModbusRTU,
    private readonly clock: Clock,
  ) {
    this.lost = new Promise((_, reject) => {
      this.fail = reject;
    });
    this.lost.catch(() => undefined);
    client.on("close", () => this.fail(new EdgeError("modbus-connection", "the device closed the connection")));
    client.on("error", (error: unknown) => this.fail(asError(error)));
  }

  /** @throws EdgeError `library-missing`, `modbus-connection`, `timeout` */
  static async open(options: Pick<ModbusOptions, "host" | "port" | "timeoutMs">, clock: Clock): Promise<ModbusLine> {
    // oxlint-disable-next-line typescript/no-require-imports
    const library = loadOptional(
      "modbus-serial",
      "Modbus",
      () => require("modbus-serial") as { default?: new () => ModbusRTU } & (new () => ModbusRTU),
    );
    const client = new (library.default ?? library)();
    const where = `${options.host}:${options.port}`;
    try {
      await within(
        client.connectTCP(options.host, { port: options.port }),
        options.timeoutMs,
        `connecting to ${where}`,
        clock,
      );
    } catch (error) {
      client.destroy(() => undefined);
      if (error instanceof EdgeError) throw error;
      const meaning = MEANINGS[errorCode(error)] ?? "no connection";
      throw new EdgeError("modbus-connection", `${where}: ${meaning} (${asError(error).message})`, { cause: error });
    }
    client.setTimeout(options.timeoutMs);
    return new ModbusLine(client, clock);
  }

  /** @throws Error with `modbusCode` when the device answers with an exception, any other Error when the line is of no more use */
  async read(unit: number, table: Table, address: number, words: number): Promise<readonly unknown[]> {
    this.client.setID(unit);
    const answer = await Promise.race([REQUEST[table](this.client, address, words), this.lost]);
    return answer.data;
  }

  /** Waits; rejects at once when the connection is lost meanwhile. */
  idle(ms: number): Promise<void> {
    const waited = new Promise<void>((resolve) => {
      const cancel = this.clock.after(ms, resolve);
      this.lost.catch(cancel);
    });
    return Promise.race([waited, this.lost]);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.fail(new EdgeError("modbus-connection", "the connection was closed"));
    this.client.destroy(() => undefined);
  }
}
