import assert from "node:assert/strict";
import { ManualClock } from "../../../lib/clock";
import { ContextCache, LEASE_MS } from "../../../lib/context/cache";
import type { Sink } from "../../../lib/context/store";
import { Random } from "../../../lib/plant/random";

const KEYS = ["a", "b", "c"];
const RUNS = 4_000;
const STEPS = 120;

/** Messages in order, each after a delay of its own; what is under way on a connection that is lost never arrives. */
class Line {
  private freeAt = 0;
  private epoch = 0;
  /** Swallows what is sent, and tells nobody. */
  mute = false;

  constructor(
    private readonly clock: ManualClock,
    private readonly delay: () => number,
  ) {}

  send(deliver: () => void, lost: () => void = () => undefined): void {
    const { epoch, mute } = this;
    this.freeAt = Math.max(this.freeAt, this.clock.monotonic() + this.delay());
    this.clock.after(this.freeAt - this.clock.monotonic(), () => {
      if (epoch !== this.epoch || mute) lost();
      else deliver();
    });
  }

  cut(): void {
    this.epoch++;
    this.mute = false;
  }
}

interface Version {
  readonly value: number;
  /** When it was replaced, and when that was told to the client. */
  replacedAt: number;
  toldAt: number;
}

/** A Redis with tracking, its client's two connections, and a cache between: what the network does is chance. */
class Race {
  readonly clock = new ManualClock();
  readonly cache: ContextCache;
  readonly versions = new Map<string, Version[]>(KEYS.map((key) => [key, [this.version(0)]]));
  readonly random: () => number;
  lookups = 0;
  cached = 0;
  private readonly toServer: Line;
  private readonly replies: Line;
  private readonly tracking: Line;
  private armed = false;
  private attempt = 0;

  constructor(
    seed: number,
    readonly maxAgeMs: number,
    readonly tracked: boolean,
  ) {
    const random = new Random(seed);
    this.random = () => random.uniform();
    const slowness = [1, 20, 400, 4_000].map((ms) => () => this.random() * ms);
    const speed = (): (() => number) => slowness[Math.floor(this.random() * slowness.length)];
    this.toServer = new Line(this.clock, speed());
    this.replies = new Line(this.clock, speed());
    this.tracking = new Line(this.clock, speed());
    this.cache = new ContextCache({ maxEntries: 2, maxAgeMs }, this.clock);
    this.cache.keepsLastKnown = this.random() < 0.3;
    this.connect();
  }

  run(): void {
    for (let i = 0; i < STEPS; i++) {
      this.step();
      this.clock.advance(this.random() < 0.1 ? this.random() * 4_000 : this.random() * 60);
    }
    this.clock.advance(20_000);
  }

  private step(): void {
    const dice = this.random();
    if (dice < 0.6) this.lookup(this.key());
    else if (dice < 0.8) this.change([this.key()]);
    else if (dice < 0.86) this.change([this.key(), this.key(), this.key()]);
    else if (dice < 0.9) this.flush();
    else if (dice < 0.93) this.tracking.mute = true;
    else if (dice < 0.96) this.reconnect("tracking");
    else if (dice < 0.98) this.reconnect("data");
    else this.ping();
  }

  private lookup(key: string): void {
    const askedAt = this.clock.monotonic();
    const versions = this.versions.get(key) as Version[];
    const check: Sink = {
      answered: (_slot, text) => {
        this.lookups++;
        const { value, replacedAt, toldAt } = versions[Number(text)];
        const late = askedAt - replacedAt;
        const bound = this.tracked ? Math.min(LEASE_MS, this.maxAgeMs) : this.maxAgeMs;
        assert.ok(late <= bound, `${key}=${value} was replaced ${late} ms before it was asked for`);
        if (this.tracked)
          assert.ok(askedAt <= toldAt, `${key}=${value} was told to be replaced before it was asked for`);
      },
      failed: () => undefined,
    };
    if (this.cache.serve(key, check, 0)) {
      this.cached++;
      return;
    }
    const reader = this.cache.begin(key, check, 0);
    const lost = (): void => reader.failed(0, new Error("lost") as never);
    this.toServer.send(() => {
      const text = String(versions.length - 1);
      this.replies.send(() => reader.answered(0, text, "redis", 0), lost);
    }, lost);
  }

  private change(keys: readonly string[]): void {
    for (const key of keys) this.replace(key);
    this.tell(keys, () => {
      for (const key of keys) this.cache.invalidate(key);
    });
  }

  private flush(): void {
    for (const key of KEYS) this.replace(key);
    this.tell(KEYS, () => this.cache.clear());
  }

  private tell(keys: readonly string[], apply: () => void): void {
    if (!this.armed) return;
    const replaced = keys.map((key) => (this.versions.get(key) as Version[]).at(-2) as Version);
    this.tracking.send(() => {
      apply();
      for (const version of replaced) version.toldAt = Math.min(version.toldAt, this.clock.monotonic());
    });
  }

  private replace(key: string): void {
    const versions = this.versions.get(key) as Version[];
    (versions.at(-1) as Version).replacedAt = this.clock.monotonic();
    versions.push(this.version(versions.length));
  }

  private ping(): void {
    if (!this.armed || !this.tracked) return;
    const sentAt = this.clock.monotonic();
    this.clock.after(this.random() * 100, () => this.tracking.send(() => this.cache.told(sentAt)));
  }

  private reconnect(which: "tracking" | "data"): void {
    if (which === "tracking") this.tracking.cut();
    else {
      this.toServer.cut();
      this.replies.cut();
    }
    this.armed = false;
    this.cache.distrust();
    this.connect();
  }

  private connect(): void {
    const attempt = ++this.attempt;
    this.clock.after(this.random() * 500, () => {
      if (attempt !== this.attempt) return;
      const since = this.clock.monotonic();
      this.toServer.send(() => {
        if (attempt !== this.attempt) return;
        this.armed = true;
        this.replies.send(() => {
          if (attempt === this.attempt) this.cache.trust(this.tracked ? since : Infinity);
        });
      });
    });
  }

  private version(value: number): Version {
    return { value, replacedAt: Infinity, toldAt: Infinity };
  }

  private key(): string {
    return KEYS[Math.floor(this.random() * KEYS.length)];
  }
}

describe("the cache in a race with changes, replies and invalidations", function () {
  this.timeout(60_000);
  for (const [what, maxAgeMs, told] of [
    ["told of changes", 60_000, true],
    ["told of changes, with a short age", 500, true],
    ["of a Cluster, with an age alone", 1_000, false],
  ] as const) {
    it(`never answers what was replaced longer ago than it promises: ${what}`, () => {
      let lookups = 0;
      let cached = 0;
      for (let seed = 1; seed <= RUNS; seed++) {
        const race = new Race(seed, maxAgeMs, told);
        try {
          race.run();
        } catch (error) {
          throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
        }
        lookups += race.lookups;
        cached += race.cached;
      }
      assert.ok(lookups > RUNS * 10, `${lookups} lookups`);
      assert.ok(cached > lookups / 20, `${cached} of ${lookups} were served from memory or joined`);
    });
  }
});
