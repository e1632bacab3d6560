import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { ManualClock, systemClock, type Clock } from "../../../lib/clock";
import { EdgeError } from "../../../lib/errors";
import { DEFAULT_LOAD, type Backend, type LoadOptions, type Model } from "../../../lib/inference/backend";
import { OnnxBackend } from "../../../lib/inference/onnx-backend";
import { ModelSlot, type SlotConfig } from "../../../lib/inference/slot";
import type { Prediction } from "../../../lib/messages";
import { answer, files, golden, manifest, release, sample, source } from "../../support/model-fixture";
import { WorkerWatch } from "../../support/workers";

const config: SlotConfig = { backend: "auto", allowFallback: false, load: DEFAULT_LOAD, queueLimit: 1000 };
const version = (v: string, seed: number): ReturnType<typeof source> =>
  source({ manifest: manifest({ version: v }), seed });
const silent = { why: false };

function agrees(prediction: Prediction, expected: Record<string, number>): void {
  for (const [label, p] of Object.entries(expected)) {
    assert.ok(
      Math.abs((prediction.probabilities?.[label] ?? NaN) - p) < 1e-4,
      `${label}: ${JSON.stringify(prediction)}`,
    );
  }
}
/** How a model is loaded; the limit is far away unless a test is about it: machines are slow at times. */
const placed = (placement: LoadOptions["placement"], maxBlockMs = 1000): Partial<SlotConfig> => ({
  load: { placement, threads: 1, maxBlockMs },
});

const missing = (code: string, message: string): OnnxBackend =>
  new OnnxBackend(() => {
    throw Object.assign(new Error(message), { code });
  });

describe("a model slot with the real ONNX Runtime", () => {
  const open: ModelSlot[] = [];
  const slot = (
    changes: Partial<SlotConfig> = {},
    clock: Clock = systemClock,
    backends: Backend[] = [new OnnxBackend()],
  ): ModelSlot => {
    const made = new ModelSlot({ ...config, ...changes }, backends, clock);
    open.push(made);
    return made;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });

  const faultOf = async (backend: OnnxBackend): Promise<string> => {
    const s = slot(placed("in-process"), systemClock, [backend]);
    await assert.rejects(s.activate(source()), { code: "runtime-missing" });
    return (await s.infer(sample, silent)).fault?.message ?? "";
  };

  for (const placement of ["auto", "in-process", "worker"] as const) {
    it(`judges a sample as the trained model does (${placement})`, async () => {
      const s = slot(placed(placement));
      await s.activate(source());
      const prediction = await s.infer(sample, silent);
      const expected = answer(1, 40, 1);
      agrees(prediction, expected);
      assert.equal(prediction.label, Object.entries(expected).toSorted((a, b) => b[1] - a[1])[0][0]);
      assert.equal(prediction.confidence, Math.max(...Object.values(prediction.probabilities ?? {})));
      assert.deepEqual(prediction.model, { name: "small", version: "1.0.0", sha256: release().sha256 });
      assert.deepEqual(prediction.backend, {
        kind: "onnx",
        provider: "cpu",
        device: "CPU",
        precision: "fp32",
        fallback: null,
      });
      assert.equal(s.state.info?.placement, placement === "worker" ? "worker" : "in-process");
    });
  }

  it("leaves a model in its worker when a run takes longer than may block the loop", async () => {
    const s = slot(placed("auto", 1e-6));
    await s.activate(source());
    assert.equal(s.state.info?.title, "ONNX · CPU, worker");
    agrees(await s.infer(sample, silent), answer(1, 40, 1));
  });

  it("says which channel made the model decide so", async () => {
    const s = slot(placed("in-process"));
    await s.activate(source());
    const hot = { ...sample, sensor_data: { temperature: 100, current: 40 } };
    const { label, confidence, why } = await s.infer(hot, { why: true });
    assert.ok(label !== null && confidence !== null && why);
    assert.deepEqual(why.map((one) => one.channel).toSorted(), ["current", "temperature"]);
    const temperature = why.find((one) => one.channel === "temperature")?.effect ?? NaN;
    // Without its 30 °C above normal, the sample is that of a difference of 0.
    assert.ok(Math.abs(temperature - (answer(30, 40, 1)[label] - answer(0, 40, 1)[label])) < 1e-4);
    assert.ok(why[0].effect >= why[1].effect);
  });

  it("answers what arrives together as one batch, each with its own answer, in order", async () => {
    const s = slot(placed("in-process"));
    await s.activate(source());
    const order: number[] = [];
    const asked = Array.from({ length: 300 }, async (_, i) => {
      const bad = i % 7 === 0;
      const current = bad ? null : i % 100;
      const prediction = await s.infer({ ...sample, sensor_data: { temperature: 71, current } }, { why: i % 3 === 0 });
      order.push(i);
      if (bad) assert.equal(prediction.fault?.code, "channel-missing");
      else agrees(prediction, answer(1, i % 100, 1));
    });
    await Promise.all(asked);
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
  });

  it("swaps models under load without losing, delaying or mixing up an answer", async () => {
    for (const placement of ["in-process", "worker"] as const) {
      const s = slot(placed(placement));
      await s.activate(version("1.0.0", 1));
      const switched = new AbortController();
      const answers: { number: number; prediction: Prediction }[] = [];
      const asked: Promise<unknown>[] = [];
      const load = (async () => {
        for (; !switched.signal.aborted; await turn()) {
          // A machine that is busy with something else falls behind: refusing is another test.
          if (s.queue.waiting > 500) continue;
          const number = asked.length;
          asked.push(s.infer(sample, silent).then((prediction) => answers.push({ number, prediction })));
        }
      })();
      for (const next of [2, 3, 4]) await s.activate(version(`${next}.0.0`, next));
      switched.abort();
      await load;
      await Promise.all(asked);
      assert.deepEqual(
        answers.map((one) => one.number),
        asked.map((_, i) => i),
      );
      const seen = new Set<string>();
      for (const { prediction } of answers) {
        const v = prediction.model?.version ?? "none";
        seen.add(v);
        agrees(prediction, answer(1, 40, 1, Number(v.split(".")[0])));
      }
      assert.ok(seen.has("1.0.0") && seen.has("3.0.0"), [...seen].join());
    }
  });

  const broken: [string, Parameters<typeof files>[0], string][] = [
    ["answers its golden samples differently", { golden: golden(99) }, "golden-mismatch"],
    ["is truncated", { onnx: files().get("model.onnx")?.subarray(0, 200) as Uint8Array }, "onnx-damaged"],
    ["has another label count", { manifest: manifest({ labels: manifest().labels.slice(0, 2) }) }, "manifest-invalid"],
  ];
  for (const [what, parts, code] of broken) {
    it(`keeps the old model when the new one ${what}`, async () => {
      const s = slot(placed("in-process"));
      await s.activate(source());
      await assert.rejects(s.activate(source(parts)), { code });
      assert.equal(s.state.phase, "ready");
      assert.equal(s.state.refused?.fault.code, code);
      agrees(await s.infer(sample, silent), answer(1, 40, 1));
    });
  }

  it("says why there is no model, and serves as soon as there is one", async () => {
    const s = slot(placed("in-process"));
    assert.equal((await s.infer(sample, silent)).fault?.code, "no-model");
    await assert.rejects(s.activate(source({ golden: golden(99) })), {
      code: "golden-mismatch",
      message: /golden sample 1 of 3: .* must be/,
    });
    assert.equal(s.state.phase, "failed");
    const { label, fault, model } = await s.infer(sample, silent);
    assert.deepEqual([label, fault?.code, model], [null, "golden-mismatch", null]);
    const activated = s.activate(source());
    await turn();
    assert.equal((await s.infer(sample, silent)).fault?.code, "model-loading");
    await activated;
    assert.notEqual((await s.infer(sample, silent)).label, null);
  });

  it("refuses more samples than may wait, at once", async () => {
    const s = slot({ ...placed("in-process"), queueLimit: 2 });
    await s.activate(source());
    const [a, b, c] = await Promise.all([1, 2, 3].map(() => s.infer(sample, silent)));
    assert.ok(a.label !== null && b.label !== null);
    assert.deepEqual(c.fault, { code: "overload", message: "2 samples wait for the model, limit 2" });
    assert.deepEqual(s.queue, { waiting: 0, refused: 1 });
  });

  it("answers with a fault when the model's worker dies, and loads it again", async () => {
    const clock = new ManualClock();
    const s = slot(placed("worker"), clock);
    const workers = new WorkerWatch();
    await s.activate(source());
    workers.stop();
    const asked = s.infer(sample, silent);
    await workers.killLast();
    assert.equal((await asked).fault?.code, "model-lost");
    assert.equal(s.state.phase, "lost");
    assert.equal((await s.infer(sample, silent)).fault?.code, "model-lost");
    const ready = new Promise<void>((resolve) => s.onChange(({ phase }) => phase === "ready" && resolve()));
    clock.advance(1000);
    await ready;
    agrees(await s.infer(sample, silent), answer(1, 40, 1));
  });

  it("says that ONNX Runtime is missing, with the line that mends it", async () => {
    assert.match(
      await faultOf(missing("MODULE_NOT_FOUND", "Cannot find module 'onnxruntime-node'")),
      /npm install onnxruntime-node/,
    );
    assert.match(
      await faultOf(missing("ERR_DLOPEN_FAILED", "Error relocating libonnxruntime.so.1")),
      /glibc 2\.28.*Alpine.*Debian/,
    );
    assert.match(
      await faultOf(
        missing("MODULE_NOT_FOUND", "Cannot find module '../bin/napi-v6/linux/riscv64/onnxruntime_binding.node'"),
      ),
      /no build for/,
    );
  });

  it("does not put up with another backend than the one named, unless it may, and then says so", async () => {
    const strict = slot({ ...placed("in-process"), backend: "tensorrt" });
    await assert.rejects(strict.activate(source()), {
      code: "backend-missing",
      message: /tensorrt is not there; there are: onnx/,
    });
    const lenient = slot({ ...placed("in-process"), backend: "tensorrt", allowFallback: true });
    await lenient.activate(source());
    const { backend } = await lenient.infer(sample, silent);
    assert.equal(backend?.kind, "onnx");
    assert.equal(backend?.fallback?.from, "tensorrt");
    assert.match(backend?.fallback?.reason ?? "", /not there/);
  });

  it("reports a run that fails once in its state, and that it works again", async () => {
    let failing = false;
    const real = new OnnxBackend();
    const flaky: Backend = {
      kind: "onnx",
      async load(candidate, options) {
        const model = await real.load(candidate, options);
        const run: Model["run"] = (feeds, rows) =>
          failing ? Promise.reject(new EdgeError("runtime", "out of memory")) : model.run(feeds, rows);
        return { info: model.info, run, onLost: () => undefined, release: () => model.release() };
      },
    };
    const s = slot(placed("in-process"), systemClock, [flaky]);
    await s.activate(source());
    const states: (string | undefined)[] = [];
    s.onChange((state) => states.push(state.fault?.message));
    failing = true;
    for (let i = 0; i < 3; i++)
      assert.deepEqual((await s.infer(sample, silent)).fault, { code: "runtime", message: "out of memory" });
    failing = false;
    for (let i = 0; i < 3; i++) assert.equal((await s.infer(sample, silent)).fault, undefined);
    assert.deepEqual(states, ["out of memory", undefined]);
  });
});
