/**
 * The place where one model serves. A new one is staged beside it — read, verified, loaded off the event loop, warmed
 * up, asked its golden samples — and only then takes over, by switching a pointer; the old one answers what it was asked
 * and is released. Whatever fails on the way leaves the old one serving. With no model every answer says why.
 */
import type { Clock } from "../clock";
import { EdgeError, asError, errorCode } from "../errors";
import type { Fault, Manifest, ModelRef, Prediction } from "../messages";
import { ActiveModel, faultPrediction } from "./active";
import type { ReleaseSource } from "./assemble";
import type { Backend, LoadOptions, ModelInfo } from "./backend";
import { loadWith, type BackendChoice } from "./backends";
import type { Sample } from "./encode";
import { InferenceLine } from "./line";

export interface SlotConfig {
  readonly backend: BackendChoice;
  readonly allowFallback: boolean;
  readonly load: Omit<LoadOptions, "fallback">;
  /** Samples that may wait for the model; more are answered with the fault `overload`. */
  readonly queueLimit: number;
}

export interface SlotState {
  /** empty: told to serve nothing. lost: its worker died, it is being loaded again. */
  readonly phase: "empty" | "loading" | "ready" | "failed" | "lost";
  readonly model?: ModelRef;
  readonly info?: ModelInfo;
  /** Name of what is being loaded, or failed to, while nothing serves. */
  readonly candidate?: string;
  /** Why there is no model, or why the last run failed. */
  readonly fault?: Fault;
  /** The last release that was to take over and could not. */
  readonly refused?: { readonly candidate: string; readonly fault: Fault };
}

const RELOAD_FIRST_MS = 1_000;
const RELOAD_MOST_MS = 60_000;

export class ModelSlot {
  /** Models loaded in this process, by all slots: a deploy must not add to it. */
  static loads = 0;
  private current: SlotState = { phase: "empty" };
  private active: ActiveModel | undefined;
  private source: ReleaseSource | undefined;
  private staging: Promise<unknown> = Promise.resolve();
  private reloadMs = RELOAD_FIRST_MS;
  private cancelReload: (() => void) | undefined;
  private readonly ending = new AbortController();
  private readonly listeners = new Set<(state: SlotState) => void>();
  private readonly line: InferenceLine;

  constructor(
    private readonly config: SlotConfig,
    private readonly backends: readonly Backend[],
    private readonly clock: Clock,
  ) {
    this.line = new InferenceLine(config.queueLimit, () => clock.monotonic(), {
      run: (fault) => this.ran(fault),
      warn: (error) => this.ran({ code: "runtime", message: error.message }),
    });
  }

  get state(): SlotState {
    return this.current;
  }

  /** Aborted when the slot is closed. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  private get closed(): boolean {
    return this.signal.aborted;
  }

  get manifest(): Manifest | undefined {
    return this.active?.release.manifest;
  }

  /** Samples that may wait. */
  get limit(): number {
    return this.line.limit;
  }

  /** Samples waiting, and refused since the start because too many were. */
  get queue(): { readonly waiting: number; readonly refused: number } {
    return { waiting: this.line.size, refused: this.line.refused };
  }

  /** Told on every change of state; returns what ends that. */
  onChange(listener: (state: SlotState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Judges a sample with the model that serves now. Never rejects; answers keep the order of the questions, up to `overload`.
   * Faults: `no-model`, `model-loading`, `model-lost`, `overload`, `runtime`, and those of Encoder.
   */
  infer(sample: Sample, options: { readonly why: boolean }): Promise<Prediction> {
    if (this.active) return this.line.ask(this.active, sample, options.why);
    return this.line.inTurn(this.nothing());
  }

  /** Hands on a sample that cannot be judged, after those that were asked for before it. */
  pass(prediction: Prediction): Promise<Prediction> {
    const { active } = this;
    return this.line.inTurn(
      active ? { ...prediction, model: active.ref, backend: active.model.info.backend } : prediction,
    );
  }

  /**
   * Stages a release and lets it take over. One at a time, in the order asked for.
   * @throws EdgeError when it is refused; then the old model serves on
   */
  activate(source: ReleaseSource): Promise<void> {
    const result = this.staging.then(() => this.replace(source));
    this.staging = result.catch(() => undefined);
    return result;
  }

  /** Something is on its way that will be activated when it is here. */
  expect(candidate: string): void {
    if (!this.active && !this.closed) this.show({ phase: "loading", candidate });
  }

  /** Says why what was to take over cannot; what serves, serves on. */
  refuse(candidate: string, error: unknown): void {
    if (this.closed) return;
    const fault = { code: errorCode(error), message: asError(error).message };
    if (this.active) this.show({ ...this.current, refused: { candidate, fault } });
    else this.show({ phase: "failed", candidate, fault });
  }

  /** Settles when no model is left. */
  async close(): Promise<void> {
    this.ending.abort();
    this.cancelReload?.();
    await this.staging;
    const { active } = this;
    this.active = undefined;
    this.source = undefined;
    this.show({ phase: "empty" });
    await this.letGo(active);
  }

  private async replace(source: ReleaseSource): Promise<void> {
    if (this.closed) throw new EdgeError("slot-closed", "the model slot is closed");
    this.cancelReload?.();
    if (!this.active) this.show({ phase: "loading", candidate: source.name });
    let next: ActiveModel;
    try {
      next = await this.stage(source);
    } catch (error) {
      this.refuse(source.name, error);
      throw error;
    }
    const old = this.active;
    this.active = next;
    this.source = source;
    next.model.onLost((reason) => this.lost(next, reason));
    this.show({ phase: "ready", model: next.ref, info: next.model.info });
    await this.letGo(old);
  }

  /** A model that cannot be released is a leak to be told, not a reason to refuse the one that serves. */
  private async letGo(model: ActiveModel | undefined): Promise<void> {
    try {
      await model?.retire();
    } catch (error) {
      this.ran({ code: "runtime", message: asError(error).message });
    }
  }

  private async stage(source: ReleaseSource): Promise<ActiveModel> {
    const { backend, allowFallback, load } = this.config;
    const release = await source.open();
    const model = await loadWith(backend, this.backends, allowFallback, release, load);
    ModelSlot.loads++;
    try {
      const next = new ActiveModel(release, model);
      await next.verifyGolden();
      if (this.closed) throw new EdgeError("slot-closed", "the model slot was closed while a model was loading");
      return next;
    } catch (error) {
      await model.release();
      throw error;
    }
  }

  /** The model died under us: serve nothing rather than something stale, and load it again, less and less eagerly. */
  private lost(which: ActiveModel, reason: Error): void {
    if (this.active !== which || this.closed) return;
    this.active = undefined;
    const fault = { code: "model-lost", message: reason.message };
    this.show({ phase: "lost", candidate: which.ref.name, fault });
    void this.letGo(which);
    this.reloadLater();
  }

  private reloadLater(): void {
    const { source } = this;
    if (!source) return;
    this.cancelReload = this.clock.after(this.reloadMs, () => void this.reload(source));
    this.reloadMs = Math.min(this.reloadMs * 2, RELOAD_MOST_MS);
  }

  private async reload(source: ReleaseSource): Promise<void> {
    try {
      await this.activate(source);
      this.reloadMs = RELOAD_FIRST_MS;
    } catch {
      // The reason stands in the state since the activation failed.
      if (!this.closed) this.reloadLater();
    }
  }

  private nothing(): Prediction {
    const { phase, candidate, fault } = this.current;
    if (phase === "loading") return faultPrediction("model-loading", `${candidate} is being loaded`);
    if (fault) return faultPrediction(fault.code, fault.message);
    return faultPrediction("no-model", "no model is chosen: samples are collected, not judged");
  }

  /** Said once when runs begin to fail, and once when they work again. */
  private ran(fault: Fault | undefined): void {
    const { fault: before, ...rest } = this.current;
    if (rest.phase !== "ready" || before?.message === fault?.message) return;
    this.show(fault === undefined ? rest : { ...rest, fault });
  }

  private show(state: SlotState): void {
    this.current = state;
    for (const listener of this.listeners) listener(state);
  }
}
