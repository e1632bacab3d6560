import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { ManualClock } from "../../lib/clock";
import { crc16, type ReadRequest } from "../../lib/fusion/modbus/frame";
import { ModbusLine } from "../../lib/fusion/modbus/line";
import { freePort } from "../support/ports";
import { until } from "../support/process";

const TIMEOUT_MS = 200;
/** As the line has it: an answer that did not come within this time does not come any more. */
const FORGOTTEN_MS = 1_000;
const UNIT = 7;
const REQUEST_BYTES = 8;

const question = (words: number): ReadRequest => ({ unit: UNIT, table: "holding", address: 10, words });

function framed(...body: number[]): Buffer {
  const crc = Buffer.alloc(2);
  crc.writeUInt16LE(crc16(Buffer.from(body)));
  return Buffer.concat([Buffer.from(body), crc]);
}
/** As many registers as there are values, each below 256. */
const answer = (...values: number[]): Buffer =>
  framed(UNIT, 3, 2 * values.length, ...values.flatMap((one) => [0, one]));
const refusal = (): Buffer => framed(UNIT, 0x83, 4);

/** A serial line's far end, which answers when the test says so. */
class FarEnd {
  readonly asked: number[] = [];
  private socket: Socket | undefined;
  private constructor(private readonly server: Server) {}

  static async start(): Promise<FarEnd> {
    const server = createServer();
    const end = new FarEnd(server);
    server.on("connection", (socket) => {
      end.socket = socket;
      socket.on("data", (chunk) => {
        for (let at = 0; at + REQUEST_BYTES <= chunk.length; at += REQUEST_BYTES)
          end.asked.push(chunk.readUInt16BE(at + 4));
      });
    });
    server.listen(await freePort(), "127.0.0.1");
    await once(server, "listening");
    return end;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  says(frame: Buffer): void {
    this.socket?.write(frame);
  }

  /** Waits for the next question. @returns how many words it asks for */
  async next(): Promise<number> {
    await until("it is asked", () => this.asked.length > 0);
    return this.asked.shift() as number;
  }

  async stop(): Promise<void> {
    this.socket?.destroy();
    this.server.close();
    await once(this.server, "close");
  }
}

describe("a unit of a serial line that owes answers", () => {
  let clock: ManualClock;
  let end: FarEnd;
  let line: ModbusLine;
  const open = async (timeoutMs = TIMEOUT_MS): Promise<void> => {
    const transport = { kind: "rtu_tcp" as const, host: "127.0.0.1", port: end.port };
    line = await ModbusLine.open({ transport, timeoutMs }, clock);
  };
  beforeEach(async () => {
    clock = new ManualClock();
    end = await FarEnd.start();
  });
  afterEach(async () => {
    await line.close();
    await end.stop();
  });

  /** Asks, and lets the time pass in which an answer should have come. */
  const unanswered = async (words: number, ms = TIMEOUT_MS): Promise<void> => {
    const read = line.read(question(words), ms);
    assert.equal(await end.next(), words);
    clock.advance(ms);
    await assert.rejects(read, /no answer within/);
  };
  /** Not even asked: every length is owed. */
  const notAsked = async (words: number): Promise<void> => {
    await assert.rejects(line.read(question(words)), /still waiting for what was asked before/);
    assert.deepEqual(end.asked, []);
  };

  it("is asked for fewer words first, and takes the late answer for neither", async () => {
    await open();
    await unanswered(3);
    const read = line.read(question(3));
    assert.equal(await end.next(), 2);
    end.says(answer(1, 1, 1));
    end.says(answer(2, 2));
    assert.equal(await end.next(), 3);
    end.says(answer(5, 6, 7));
    assert.deepEqual([...(await read)], [5, 6, 7]);
    // What was answered in order proves that nothing older is on its way.
    const next = line.read(question(3));
    assert.equal(await end.next(), 3);
    end.says(answer(8, 8, 8));
    assert.deepEqual([...(await next)], [8, 8, 8]);
  });

  it("is asked for yet fewer words while it is silent, and for none when every length is owed", async () => {
    await open();
    await unanswered(2);
    const read = line.read(question(2), 50);
    assert.equal(await end.next(), 1);
    // The short patience with a dead unit holds for this question, too.
    clock.advance(50);
    await assert.rejects(read, /no answer within 50 ms/);
    await notAsked(2);
  });

  it("still owes what it refused to answer for fewer words: the refusal may be an old one", async () => {
    await open();
    await unanswered(3);
    const read = line.read(question(3));
    assert.equal(await end.next(), 2);
    end.says(refusal());
    await assert.rejects(read);
    const again = line.read(question(3));
    assert.equal(await end.next(), 1);
    end.says(answer(2, 2));
    end.says(answer(1));
    assert.equal(await end.next(), 3);
    end.says(answer(5, 6, 7));
    assert.deepEqual([...(await again)], [5, 6, 7]);
  });

  for (const timeoutMs of [TIMEOUT_MS, 600]) {
    const forgottenMs = Math.max(FORGOTTEN_MS, 3 * timeoutMs);
    it(`is asked again when what it owes is ${forgottenMs} ms old, with a time-out of ${timeoutMs} ms`, async () => {
      await open(timeoutMs);
      const askedAt = clock.monotonic();
      await unanswered(1, timeoutMs);
      const owedAt = clock.monotonic();
      assert.equal(owedAt - askedAt, timeoutMs);
      await notAsked(1);
      clock.advance(forgottenMs);
      await notAsked(1);
      clock.advance(1);
      const read = line.read(question(1));
      assert.equal(await end.next(), 1);
      end.says(answer(9));
      assert.deepEqual([...(await read)], [9]);
    });
  }
});
