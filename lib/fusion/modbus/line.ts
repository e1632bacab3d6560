import type { Clock } from "../../clock";
import { asError, EdgeError } from "../../errors";
import {
  answerIn,
  dataBytes,
  ModbusException,
  rtuAnswer,
  rtuRequest,
  tcpFrame,
  tcpRequest,
  type ReadRequest,
  type Words,
} from "./frame";
import { connectTo, placeOf, type Connection, type Transport } from "./transport";

export interface LineOptions {
  readonly transport: Transport;
  /** Limit for one answer, and for connecting. */
  readonly timeoutMs: number;
}

interface Asked {
  readonly request: ReadRequest;
  readonly resolve: (words: Words) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Answers that a serial line still owes, by unit and function: their lengths, and when they were asked for. They carry no
 * transaction number, so the only thing that tells a late one from the one asked for next is its length. Outlives the
 * connection: a converter may bring it after a new one.
 */
export type Owed = Map<string, Map<number, number>>;

/**
 * One connection to a device or gateway. A late answer is never taken for another's: over TCP its transaction number tells
 * it apart; on a serial line the next question to that unit has a length for which no answer is owed, and its answer, as a
 * device answers in order, proves that nothing older is on its way.
 */
export class ModbusLine {
  private readonly asked = new Map<number, Asked>();
  private received: Buffer = Buffer.alloc(0);
  private transaction = 0;
  private failure: EdgeError | undefined;
  private readonly lost = new AbortController();
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly connection: Connection,
    private readonly options: LineOptions,
    private readonly clock: Clock,
    private readonly owed: Owed,
  ) {
    const { stream } = connection;
    stream.on("data", (chunk: Buffer) => this.receive(chunk));
    // "end" tells of a device that closes its half and leaves ours open.
    for (const event of ["end", "close"]) stream.on(event, () => this.cut());
    stream.on("error", (error: Error) => this.lose(`the connection broke (${error.message})`));
  }

  /** @throws EdgeError `library-missing`, `modbus-connection`, `timeout` */
  static async open(options: LineOptions, clock: Clock, owed: Owed = new Map()): Promise<ModbusLine> {
    return new ModbusLine(await connectTo(options.transport, options.timeoutMs, clock), options, clock, owed);
  }

  /** True over TCP, where another question may be asked while one waits. */
  get numbered(): boolean {
    return this.options.transport.kind === "tcp";
  }

  /**
   * One answer; questions wait for their turn, because many devices answer one at a time.
   * @param limitMs for the answer; the line's own time-out by default
   * @throws ModbusException when the device refuses, EdgeError `timeout` when it is silent, `modbus-frame` or
   *   `modbus-connection` when the line is of no more use
   */
  read(request: ReadRequest, limitMs = this.options.timeoutMs): Promise<Words> {
    const answer = this.turn.then(async () => {
      if (!this.numbered) await this.settle(request, limitMs);
      return this.ask(request, limitMs);
    });
    this.turn = answer.catch(() => undefined);
    return answer;
  }

  /** One answer, while others are asked for: over TCP only, where answers are numbered. */
  readAside(request: ReadRequest): Promise<Words> {
    return this.ask(request, this.options.timeoutMs);
  }

  /** Waits; rejects at once when the connection is lost meanwhile. */
  idle(ms: number): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      const lost = (): void => {
        cancel();
        reject(asError(this.failure));
      };
      const cancel = this.clock.after(ms, () => {
        this.lost.signal.removeEventListener("abort", lost);
        resolve();
      });
      this.lost.signal.addEventListener("abort", lost, { once: true });
    });
  }

  /** Resolves when the device may be connected to again. */
  close(): Promise<void> {
    this.lose("the connection was closed");
    return this.connection.close();
  }

  private ask(request: ReadRequest, limitMs: number): Promise<Words> {
    if (this.failure) return Promise.reject(this.failure);
    this.transaction = (this.transaction + 1) & 0xffff;
    const number = this.transaction;
    return new Promise<Words>((resolve, reject) => {
      const cancel = this.clock.after(limitMs, () => this.timedOut(number, limitMs));
      const done = (): void => {
        cancel();
        this.asked.delete(number);
      };
      this.asked.set(number, {
        request,
        resolve: (words) => (done(), resolve(words)),
        reject: (error) => (done(), reject(error)),
      });
      // What stands in the buffer of a serial line belongs to no question that is still asked.
      if (!this.numbered) this.received = Buffer.alloc(0);
      this.connection.stream.write(this.numbered ? tcpRequest(request, number) : rtuRequest(request));
    });
  }

  private receive(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    if (this.numbered) this.receiveTcp();
    else this.receiveRtu();
  }

  private receiveTcp(): void {
    for (;;) {
      const frame = tcpFrame(this.received);
      if (frame === undefined) return;
      if (typeof frame === "string") return this.lose(frame, "modbus-frame");
      this.received = this.received.subarray(frame.length);
      const asked = this.asked.get(frame.transaction);
      // A late answer, or one twice.
      if (!asked) continue;
      if (frame.unit !== asked.request.unit)
        return this.lose(`unit ${asked.request.unit} was asked, unit ${frame.unit} answers`, "modbus-frame");
      const answer = answerIn(frame.pdu, asked.request);
      if (typeof answer === "string") return this.lose(answer, "modbus-frame");
      if (answer instanceof ModbusException) asked.reject(answer);
      else asked.resolve(answer);
    }
  }

  private receiveRtu(): void {
    const asked = this.asked.get(this.transaction);
    const pdu = asked && rtuAnswer(this.received, asked.request);
    if (!asked || pdu === undefined) {
      // Noise on a line that nobody asks must not fill the memory.
      if (this.received.length > LONGEST_NOISE) this.received = this.received.subarray(-LONGEST_NOISE);
      return;
    }
    this.received = Buffer.alloc(0);
    const answer = answerIn(pdu, asked.request);
    if (typeof answer === "string") asked.reject(new EdgeError("modbus-frame", answer));
    else if (answer instanceof ModbusException) asked.reject(answer);
    else asked.resolve(answer);
  }

  private timedOut(number: number, limitMs: number): void {
    const asked = this.asked.get(number);
    if (!asked) return;
    const { request } = asked;
    const got = this.received.length;
    if (!this.numbered) this.owes(request);
    // Over TCP the rest of a frame may still come, in front of every later answer: such a line is of no more use.
    else if (got > 0) return this.lose(`only ${got} bytes of an answer came`, "modbus-frame");
    const limit = `${limitMs.toLocaleString("en-US")} ms`;
    const what = got > 0 ? `${got} bytes came, and no whole answer` : "no answer";
    asked.reject(new EdgeError("timeout", `unit ${request.unit}: ${what} within ${limit}`));
  }

  /** Before a question to a unit that owes answers: asks for fewer words, so that the answer cannot be one of those. */
  private async settle(request: ReadRequest, limitMs: number): Promise<void> {
    const owed = this.owed.get(owedBy(request));
    if (!owed) return;
    const tooOld = this.clock.monotonic() - Math.max(FORGOTTEN_MS, 3 * this.options.timeoutMs);
    for (const [bytes, asked] of owed) if (asked < tooOld) owed.delete(bytes);
    if (owed.size > 0) {
      const words = lengthNotOwed(request, owed);
      if (words === 0) throw new EdgeError("timeout", `unit ${request.unit}: still waiting for what was asked before`);
      await this.ask({ ...request, words }, limitMs).catch((error: unknown) => {
        // A refusal has no length: it may be an old one, and this answer yet to come.
        if (error instanceof ModbusException) this.owes({ ...request, words });
        throw error;
      });
    }
    this.owed.delete(owedBy(request));
  }

  private owes(request: ReadRequest): void {
    const key = owedBy(request);
    const owed = this.owed.get(key) ?? new Map<number, number>();
    owed.set(dataBytes(request.table, request.words), this.clock.monotonic());
    this.owed.set(key, owed);
  }

  private cut(): void {
    const got = this.asked.size > 0 ? this.received.length : 0;
    if (got > 0) this.lose(`the device closed the connection after ${got} bytes of an answer`, "modbus-frame");
    else this.lose("the device closed the connection");
  }

  private lose(text: string, code = "modbus-connection"): void {
    if (this.failure) return;
    this.failure = new EdgeError(code, `${placeOf(this.options.transport)}: ${text}`);
    for (const asked of this.asked.values()) asked.reject(this.failure);
    this.lost.abort();
  }
}

/** The longest frame of a serial line. */
const LONGEST_NOISE = 256;
/** An answer that did not come within this time, or three time-outs, does not come any more. */
const FORGOTTEN_MS = 1000;

/** Words to ask for instead of those of `request`, so that the answer has a length that is not owed; 0 when there is none. */
function lengthNotOwed({ table, words }: ReadRequest, owed: ReadonlyMap<number, number>): number {
  for (let fewer = words; fewer >= 1; fewer--) if (!owed.has(dataBytes(table, fewer))) return fewer;
  return 0;
}

function owedBy({ unit, table }: ReadRequest): string {
  return `${unit} ${table}`;
}
