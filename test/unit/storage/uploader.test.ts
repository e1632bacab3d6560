import assert from "node:assert/strict";
import { ManualClock } from "../../../lib/clock";
import { EdgeError } from "../../../lib/errors";
import type { ObjectStore, PutOutcome } from "../../../lib/storage/object-store";
import type { Segment } from "../../../lib/storage/spool-file";
import { Uploader, type UploadState } from "../../../lib/storage/uploader";
import { backoffMs } from "../../../lib/storage/backoff";

const refused: PutOutcome = { kind: "refused", about: "store", error: new EdgeError("objects-denied", "403") };
const busy: PutOutcome = { kind: "unknown", error: new EdgeError("objects-busy", "503") };
const stored: PutOutcome = { kind: "stored", etag: "e" };

/** A queue in memory, and a store that answers what it is told to, per seq. */
class Bench {
  readonly clock = new ManualClock();
  readonly puts: number[] = [];
  readonly done: number[] = [];
  readonly dead: { seq: number; reason: string }[] = [];
  readonly states: UploadState[] = [];
  renewed = 0;
  waiting: number[] = [];
  answer: (seq: number) => PutOutcome = () => stored;
  readonly uploader = new Uploader(
    {
      next: (except) => Promise.resolve(this.segment(this.waiting.find((seq) => !except.includes(seq)))),
      uploaded: ({ seq }) => {
        this.done.push(seq);
        this.waiting = this.waiting.filter((other) => other !== seq);
        return Promise.resolve();
      },
      condemn: ({ seq }, reason) => {
        this.dead.push({ seq, reason });
        this.waiting = this.waiting.filter((other) => other !== seq);
        return Promise.resolve();
      },
      renew: () => {
        this.renewed++;
        this.answer = () => stored;
        return Promise.resolve();
      },
      report: (state) => this.states.push(state),
    },
    {
      put: (key: string) => {
        this.puts.push(Number(key));
        return Promise.resolve(this.answer(Number(key)));
      },
    } as unknown as ObjectStore,
    this.clock,
    () => 0.999_999,
  );

  private segment(seq: number | undefined): Segment | null {
    if (seq === undefined) return null;
    return { segment: seq, spoolId: "s", seq, key: String(seq), rows: 1, sha256: "", body: new Uint8Array() };
  }

  /** Lets `ms` pass in steps, with time for what each sets going. */
  async pass(ms: number, stepMs = 1_000): Promise<void> {
    for (let at = 0; at < ms; at += stepMs) {
      await settle();
      this.clock.advance(stepMs);
    }
    await settle();
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("uploader", () => {
  it("uploads one after the other, then waits to be woken", async () => {
    const bench = new Bench();
    bench.waiting = [1, 2, 3];
    bench.uploader.wake();
    await settle();
    assert.deepEqual(bench.done, [1, 2, 3]);
    assert.deepEqual(bench.states, [{ kind: "idle" }]);
    bench.waiting = [4];
    bench.uploader.wake();
    await settle();
    assert.deepEqual(bench.done, [1, 2, 3, 4]);
  });

  it("never gives up on a busy store, and asks it ever less often, every five minutes at least", async () => {
    const bench = new Bench();
    bench.waiting = [1];
    bench.answer = () => busy;
    bench.uploader.wake();
    await bench.pass(3_600_000, 5_000);
    assert.ok(bench.puts.length > 15 && bench.puts.length < 30, `${bench.puts.length} tries in an hour`);
    bench.answer = () => stored;
    await bench.pass(301_000, 5_000);
    assert.deepEqual(bench.done, [1]);
  });

  it("does not let a new segment cut a back-off short, but a person may", async () => {
    const bench = new Bench();
    bench.waiting = [1];
    bench.answer = () => busy;
    bench.uploader.wake();
    await settle();
    bench.uploader.wake();
    await settle();
    assert.equal(bench.puts.length, 1);
    bench.answer = () => stored;
    bench.uploader.wake(true);
    await settle();
    assert.deepEqual(bench.done, [1]);
  });

  it("condemns what is refused again right after another got through", async () => {
    const bench = new Bench();
    bench.waiting = [1, 2, 3];
    bench.answer = (seq) => (seq === 1 ? refused : stored);
    bench.uploader.wake();
    await bench.pass(120_000);
    assert.deepEqual(bench.puts, [1, 1, 1, 1, 1, 2, 1, 3]);
    assert.deepEqual(bench.dead, [{ seq: 1, reason: "403" }]);
  });

  it("condemns nothing while the store takes nothing, and sends all of it when the key is corrected", async () => {
    const bench = new Bench();
    bench.waiting = [1, 2, 3];
    bench.answer = () => refused;
    bench.uploader.wake();
    await bench.pass(3_600_000, 5_000);
    assert.deepEqual(bench.dead, []);
    assert.equal(bench.states.at(-1)?.kind, "refused");
    bench.answer = () => stored;
    await bench.pass(301_000, 5_000);
    assert.deepEqual(new Set(bench.done), new Set([1, 2, 3]));
    assert.deepEqual(bench.dead, []);
  });

  it("goes on under another spool id when other bytes are there", async () => {
    const bench = new Bench();
    bench.waiting = [1];
    bench.answer = () => ({
      kind: "exists-other",
      found: { key: "1", size: 1, etag: "x", sha256: "y", modifiedAt: 0 },
    });
    bench.uploader.wake();
    await settle();
    assert.equal(bench.renewed, 1);
    assert.deepEqual(bench.done, [1]);
  });
});

describe("back-off", () => {
  it("draws from nothing up to a limit that doubles, five minutes at most", () => {
    assert.equal(backoffMs(1, 0), 0);
    assert.equal(backoffMs(1, 0.5), 500);
    assert.equal(backoffMs(4, 0.5), 4_000);
    assert.equal(backoffMs(40, 0.5), 150_000);
    assert.equal(backoffMs(5_000, 1), 300_000);
  });
});
