import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock, type Clock } from "../../../lib/clock";
import { EdgeError } from "../../../lib/errors";
import { DEFAULT_LOAD, type Backend } from "../../../lib/inference/backend";
import { Follower } from "../../../lib/inference/follower";
import { OnnxBackend } from "../../../lib/inference/onnx-backend";
import { ModelSlot } from "../../../lib/inference/slot";
import { Channel, type ChannelParts } from "../../../lib/release/channel";
import { openDatabase, type Database } from "../../../lib/storage/database";
import { FolderStore } from "../../../lib/storage/folder-store";
import { RefusingStore } from "../../../lib/storage/refusing-store";
import { scratch } from "../../support/cache";
import { golden, files, manifest } from "../../support/model-fixture";
import { until } from "../../support/process";
import { MODEL, newKeys, point, pointerTo, publish, RING, version } from "../../support/published";
import { signed } from "../../support/signed-release";

const keys = newKeys();
const one = version("1.0.0", keys.release);
const two = version("2.0.0", keys.release, 8);
const away = new RefusingStore(new EdgeError("objects-unreachable", "the store is away"));
/** Waits a hundredth of what it is told. */
const hasty: Clock = { ...systemClock, after: (ms, task) => systemClock.after(ms / 100, task) };

describe("following a channel into a slot", () => {
  let dir: string;
  let store: FolderStore;
  let database: Database;
  const slots: ModelSlot[] = [];
  beforeEach(async () => {
    dir = scratch("follower");
    store = new FolderStore(join(dir, "store"), systemClock);
    database = await openDatabase({ file: join(dir, "device.db") });
    await publish(store, "1.0.0", one);
    await publish(store, "2.0.0", two);
  });
  afterEach(async () => {
    await Promise.all(slots.splice(0).map((slot) => slot.close()));
    await database.close();
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const parts = (change: Partial<ChannelParts> = {}): ChannelParts => ({
    store,
    database: () => Promise.resolve(database),
    dataDir: dir,
    clock: systemClock,
    watch: { trouble: () => undefined, stamp: () => ({ synced: true, skew_ms: null, boot: { id: "b", ms: 0 } }) },
    ...change,
  });

  /** A start of the device. @param settled where it will not settle by itself */
  async function start(
    change: Partial<ChannelParts> = {},
    settled?: (slot: ModelSlot) => boolean,
    clock: Clock = hasty,
    backend: Backend = new OnnxBackend(),
  ): Promise<{ slot: ModelSlot; follower: Follower; done: Promise<void> }> {
    const load = { ...DEFAULT_LOAD, placement: "in-process" } as const;
    const slot = new ModelSlot({ backend: "auto", allowFallback: false, load, queueLimit: 10 }, [backend], systemClock);
    slots.push(slot);
    const settings = {
      model: MODEL,
      ring: RING,
      releaseKeys: [keys.release.public],
      pointerKeys: [keys.pointer.public],
    };
    const follower = new Follower(new Channel(settings, parts(change)), slot, clock, () => 1);
    const done = follower.start();
    if (settled) await until("the slot settles", () => settled(slot));
    else await done;
    return { slot, follower, done };
  }

  it("brings what the pointer names, and says what it waits for until then", async () => {
    const { slot, done } = await start({}, ({ state }) => state.phase === "failed");
    assert.deepEqual([slot.state.candidate, slot.state.fault?.code], ["small of ring stable", "pointer-missing"]);
    await point(store, pointerTo("1.0.0", one.bundle, 1), keys.pointer);
    await done;
    assert.deepEqual([slot.state.phase, slot.state.model?.version, slot.state.refused], ["ready", "1.0.0", undefined]);
  });

  it("serves the last good release while the store is away, and tries at once when it was deployed anew", async () => {
    await point(store, pointerTo("1.0.0", one.bundle, 1), keys.pointer);
    await start();
    await point(store, pointerTo("2.0.0", two.bundle, 2), keys.pointer);
    // Its next try would come after this test has ended.
    const slow: Clock = { ...systemClock, after: (ms, task) => systemClock.after(ms * 1000, task) };
    const { slot, follower, done } = await start({ store: away }, ({ state }) => state.refused !== undefined, slow);
    assert.deepEqual([slot.state.model?.version, slot.state.refused?.fault.code], ["1.0.0", "objects-unreachable"]);
    follower.use(parts());
    await done;
    assert.deepEqual([slot.state.model?.version, slot.state.refused], ["2.0.0", undefined]);
  });

  it("serves the last good release where the newer one fails its golden samples, and loads that only once", async () => {
    await point(store, pointerTo("1.0.0", one.bundle, 1), keys.pointer);
    await start();
    const wrong = signed(files({ manifest: manifest({ version: "3.0.0" }), golden: golden(9) }), keys.release);
    await publish(store, "3.0.0", wrong);
    await point(store, pointerTo("3.0.0", wrong.bundle, 2), keys.pointer);
    const before = ModelSlot.loads;
    const { slot, done } = await start({}, ({ state }) => state.refused !== undefined);
    assert.deepEqual([slot.state.model?.version, slot.state.refused?.fault.code], ["1.0.0", "golden-mismatch"]);
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.equal(ModelSlot.loads - before, 2);
    // It goes on looking: the next promotion is followed.
    await point(store, pointerTo("2.0.0", two.bundle, 3), keys.pointer);
    await done;
    assert.deepEqual([slot.state.model?.version, slot.state.refused], ["2.0.0", undefined]);
  });

  it("loads a release again that this machine could not load", async () => {
    await point(store, pointerTo("1.0.0", one.bundle, 1), keys.pointer);
    const real = new OnnxBackend();
    const faults = ["model-lost", "runtime"];
    const weak: Backend = {
      kind: real.kind,
      load: (release, options) => {
        const code = faults.shift();
        return code === undefined
          ? real.load(release, options)
          : Promise.reject(new EdgeError(code, "the machine has no memory left"));
      },
    };
    const { slot } = await start({}, ({ state }) => state.phase === "ready", hasty, weak);
    assert.deepEqual([slot.state.model?.version, faults], ["1.0.0", []]);
  });

  it("refuses a genuine release under another version's name", async () => {
    await publish(store, "9.0.0", one);
    await point(store, pointerTo("9.0.0", one.bundle, 1), keys.pointer);
    const { slot } = await start({}, ({ state }) => state.phase === "failed");
    assert.equal(slot.state.fault?.code, "release-misnamed");
  });

  it("does not load a model again because it could not be noted as the one that serves", async () => {
    await point(store, pointerTo("1.0.0", one.bundle, 1), keys.pointer);
    let failing = true;
    const full: Database = {
      ...database,
      write: (statements) =>
        failing && statements.some(({ sql }) => sql.startsWith("UPDATE"))
          ? Promise.reject(new EdgeError("disk-full", "no space left"))
          : database.write(statements),
    };
    const before = ModelSlot.loads;
    const change = { database: () => Promise.resolve(full) };
    const { slot, done } = await start(change, ({ state }) => state.refused?.fault.code === "disk-full");
    assert.equal(slot.state.model?.version, "1.0.0");
    await new Promise((resolve) => setTimeout(resolve, 100));
    failing = false;
    await done;
    assert.equal(ModelSlot.loads - before, 1);
  });

  it("ends with the slot", async () => {
    const { slot, done } = await start({ store: away }, ({ state }) => state.phase === "failed");
    await slot.close();
    await done;
    assert.equal(slot.state.phase, "empty");
  });
});
