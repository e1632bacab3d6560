import type { Clock } from "../../clock";
import { asError, EdgeError, errorCode } from "../../errors";
import { pause } from "../../waiting";
import { Link } from "../link";
import { describeAddress, type RegisterAddress } from "./address";
import { ModbusException, type ReadRequest, type Words } from "./frame";
import { ModbusLine, type LineOptions, type Owed } from "./line";
import type { PollItem, PollRequest } from "./plan";
import { Schedule } from "./schedule";
import { placeOf } from "./transport";

export interface SourceOptions extends LineOptions {
  /** From the start of a round to the start of the next. */
  readonly intervalMs: number;
  /** Unwanted registers that may lie between two wanted ones in one request. */
  readonly gap: number;
}

/** Why there are no words: `silent` when nothing was said of these registers, so that what they held last may still count. */
export interface Failure {
  readonly reason: string;
  readonly silent: boolean;
}

export type Listener = (answer: Words | Failure) => void;

interface Followed extends PollItem {
  readonly listener: Listener;
  readonly place: RegisterAddress;
}

/** The device says that this request cannot be; not all keep to code 3 where it is merely too long. */
const DIVISIBLE: ReadonlySet<number> = new Set([2, 3, 4]);
/** Ask again later: what was read before still counts. */
const TRANSIENT: ReadonlySet<number> = new Set([5, 6, 10, 11]);
/** A gateway's word for a unit that is dead: its other registers need not be asked for. */
const UNIT_IS_AWAY: ReadonlySet<number> = new Set([10, 11]);

/** After a loss the first attempt comes soon, as most losses are short; then so that no second sees more than two. */
const pauseMs = (losses: number, random: number): number => (losses <= 1 ? 200 : 900 + 600 * random);

/** A probe of a dead unit on a serial line, which holds up others, waits this many times as long as the slowest answer took, and every third one the whole time-out. */
const PATIENCE = 4;
const SHORTEST_PROBE_MS = 150;

/**
 * Polls one device, or several units behind one gateway: neighbours in one request, one request at a time, a fresh
 * connection whenever this one is in doubt. It only ever reads.
 */
export class ModbusSource {
  private readonly schedule: Schedule<Followed>;
  private readonly link: Link;
  private readonly owed: Owed = new Map();
  private line: ModbusLine | undefined;
  /** Losses of the connection since the last round that was answered whole. */
  private losses = 0;
  private quietSince = 0;
  private slowestMs = 0;
  /** What a round had still to ask when the device closed the connection; nothing once it was planned anew. */
  private rest: PollRequest<Followed>[] = [];
  /** The unit that is asked while others are. */
  private probing: number | undefined;
  /** False once a good unit went unanswered while a dead one was asked: this gateway does one thing after the other. */
  private probesAside = true;

  constructor(
    private readonly options: SourceOptions,
    private readonly clock: Clock,
    random: () => number,
  ) {
    this.schedule = new Schedule(options.gap);
    this.link = new Link(
      (signal, works) => this.serve(signal, works),
      clock,
      random,
      (_, chance) => pauseMs(this.losses, chance),
    );
  }

  follow(place: RegisterAddress & { readonly unit: number }, words: number, listener: Listener): () => void {
    const item: Followed = { unit: place.unit, table: place.table, address: place.address, words, place, listener };
    this.schedule.add(item);
    this.rest = [];
    this.link.start();
    return () => {
      this.schedule.remove(item);
      this.rest = [];
      if (!this.isFollowed) void this.link.stop();
    };
  }

  get isFollowed(): boolean {
    return !this.schedule.isEmpty;
  }

  watch(watcher: (trouble: string) => void): () => void {
    return this.link.watch(watcher);
  }

  /**
   * Reads once, over the connection that is open, where one is: many devices take no second one.
   * @throws ModbusException, EdgeError `timeout`, `modbus-connection`, `modbus-frame`, `library-missing`
   */
  async readOnce(request: ReadRequest): Promise<Words> {
    if (this.line) return this.line.read(request);
    const line = await ModbusLine.open(this.options, this.clock);
    try {
      return await line.read(request);
    } finally {
      await line.close();
    }
  }

  close(): Promise<void> {
    return this.link.stop();
  }

  private async serve(signal: AbortSignal, works: () => void): Promise<void> {
    try {
      // Connections and rounds go one after the other: many devices take one, and answer one question, at a time.
      // oxlint-disable-next-line no-await-in-loop
      while (!signal.aborted) await this.connected(signal, works);
    } catch (error) {
      this.losses++;
      this.rest = [];
      if (!signal.aborted) this.tell(this.schedule.all(), asError(error).message, true);
      throw error;
    }
  }

  /** One connection; returns when the device closed it between two answers: some do so after each, some with idle ones. */
  private async connected(signal: AbortSignal, works: () => void): Promise<void> {
    const line = await ModbusLine.open(this.options, this.clock, this.owed);
    const cut = (): void => void line.close();
    signal.addEventListener("abort", cut, { once: true });
    if (signal.aborted) cut();
    this.line = line;
    this.schedule.reconnected();
    let answered = false;
    let everAnswered = false;
    const answers = (): void => {
      answered = true;
      everAnswered = true;
      this.quietSince = this.clock.monotonic();
      works();
    };
    try {
      /* oxlint-disable no-await-in-loop */
      while (!signal.aborted) {
        const begun = this.clock.monotonic();
        this.quietSince = begun;
        answered = false;
        await this.round(line, answers);
        if (answered) this.losses = 0;
        const left = (): number => Math.max(1, this.options.intervalMs - (this.clock.monotonic() - begun));
        try {
          await line.idle(left());
        } catch (error) {
          if (everAnswered) await pause(left(), signal, this.clock);
          throw error;
        }
      }
      /* oxlint-enable no-await-in-loop */
    } catch (error) {
      if (signal.aborted || !everAnswered || errorCode(error) !== "modbus-connection") throw error;
    } finally {
      signal.removeEventListener("abort", cut);
      this.line = undefined;
      await line.close();
    }
  }

  private async round(line: ModbusLine, answers: () => void): Promise<void> {
    const { requests, probe } = this.schedule.due(this.clock.monotonic());
    const queue = this.rest.length > 0 ? this.rest : [...requests];
    this.rest = queue;
    for (let request = queue[0]; request; request = queue[0]) {
      // oxlint-disable-next-line no-await-in-loop
      const instead = this.schedule.silencesOf(request.unit) > 0 ? [] : await this.ask(line, request, answers);
      queue.splice(0, 1, ...instead);
    }
    this.rest = [];
    if (!probe || this.probing !== undefined) return;
    if (line.numbered && this.probesAside && !this.schedule.allSilent) this.probeAside(line, probe, answers);
    else await this.ask(line, probe, answers, line.numbered ? undefined : this.probeLimit(probe.unit));
  }

  /** @returns what to ask next instead */
  private async ask(
    line: ModbusLine,
    request: PollRequest<Followed>,
    answers: () => void,
    limitMs?: number,
  ): Promise<readonly PollRequest<Followed>[]> {
    const begun = this.clock.monotonic();
    const beside = this.probing !== undefined;
    try {
      const words = await line.read(request, limitMs);
      this.slowestMs = Math.max(this.clock.monotonic() - begun, this.slowestMs * 0.99);
      answers();
      this.deliver(request, words);
      return [];
    } catch (error) {
      if (error instanceof ModbusException) {
        answers();
        return this.refused(request, error);
      }
      if (errorCode(error) !== "timeout") throw error;
      // Perhaps only because the gateway was waiting for the dead unit. From now on one question at a time.
      if (beside) this.probesAside = false;
      else this.unanswered(request, asError(error));
      return [];
    }
  }

  /** Asks a silent unit without waiting for it: the numbers of the answers tell them apart. */
  private probeAside(line: ModbusLine, request: PollRequest<Followed>, answers: () => void): void {
    this.probing = request.unit;
    const ended = (): void => {
      this.probing = undefined;
    };
    line.readAside(request).then(
      (words) => {
        ended();
        answers();
        this.deliver(request, words);
      },
      (error: unknown) => {
        ended();
        // Where the line itself is lost, its round hears of it.
        if (error instanceof ModbusException) this.refused(request, error);
        else if (errorCode(error) === "timeout") this.away(request.unit, asError(error).message);
      },
    );
  }

  private deliver(request: PollRequest<Followed>, words: Words): void {
    this.schedule.answered(request);
    for (const item of request.items) {
      if (!this.schedule.has(item)) continue;
      const at = item.address - request.address;
      item.listener(words.slice(at, at + item.words));
    }
  }

  private refused(request: PollRequest<Followed>, error: ModbusException): readonly PollRequest<Followed>[] {
    const { exception } = error;
    if (UNIT_IS_AWAY.has(exception)) {
      this.away(request.unit, `unit ${request.unit}: ${error.message}`);
      return [];
    }
    const divisible = DIVISIBLE.has(exception);
    const next = this.schedule.refused(request, divisible, this.clock.monotonic());
    if (next.length > 0) return next;
    const silent = TRANSIENT.has(exception) || (divisible && request.items.length > 1);
    for (const item of request.items) this.tell([item], `${describeAddress(item.place)}: ${error.message}`, silent);
    return [];
  }

  /** @throws the error when the connection itself is in doubt */
  private unanswered(request: PollRequest<Followed>, error: Error): void {
    this.away(request.unit, error.message);
    const quiet = this.clock.monotonic() - this.quietSince;
    if (this.schedule.allSilent || quiet >= 2 * this.options.timeoutMs)
      throw new EdgeError("timeout", `${placeOf(this.options.transport)}: ${error.message}`, { cause: error });
  }

  private away(unit: number, reason: string): void {
    this.schedule.silent(unit, this.clock.monotonic());
    this.tell(this.schedule.itemsOf(unit), reason, true);
  }

  private probeLimit(unit: number): number | undefined {
    const patient = this.schedule.allSilent || this.schedule.silencesOf(unit) % 3 === 0;
    const limit = Math.max(SHORTEST_PROBE_MS, PATIENCE * this.slowestMs);
    return patient || limit >= this.options.timeoutMs ? undefined : limit;
  }

  private tell(items: Iterable<Followed>, reason: string, silent: boolean): void {
    for (const item of items) if (this.schedule.has(item)) item.listener({ reason, silent });
  }
}
