// What the Training page makes of its runs; the builder puts these among its computed members.
export default {
  latest() {
    return this.view.runs[0] || null;
  },
  /** The run that goes on. */
  going() {
    return (
      this.view.runs.find((run) => ["requested", "dispatching", "dispatched", "running"].includes(run.phase)) || null
    );
  },
  /** The latest run that has a report. */
  judged() {
    return this.view.runs.find((run) => run.candidate) || null;
  },
  /** The latest run whose release lies in the store. */
  promotable() {
    return this.view.runs.find((run) => run.phase === "done" && run.candidate && run.candidate.key) || null;
  },
  state() {
    const run = this.latest;
    if (!this.heard) return { tone: "ce-idle", sign: "○", title: "Waiting", why: "nothing from Node-RED yet" };
    if (this.view.trouble && this.going)
      return { tone: "ce-warn", sign: "△", title: "Waiting", why: this.view.trouble.text };
    if (!run) return { tone: "ce-idle", sign: "○", title: "Not trained yet", why: "Start learns from the records" };
    const { tone, sign, word } = this.toneOfRun(run);
    const about = { done: this.released(run), failed: run.failure ? run.failure.text : "" }[run.phase];
    const stage = run.phase === "running" && run.progress ? run.progress.stage : "";
    const why = this.joined(stage, about, this.causeOf(run.cause), "by " + run.by, this.ago(run.since));
    return { tone, sign, title: this.first(word), why };
  },
  /** The stages of the run that goes on, as far as it has come; a workflow has steps of its own beside them. */
  steps() {
    const names = ["snapshot", "train", "export", "evaluate", "release"];
    const at = names.indexOf(this.going && this.going.progress ? this.going.progress.stage : "");
    return names.map((name, i) => ({ name, state: i < at ? "ce-done" : i === at ? "ce-now" : "ce-then" }));
  },
  epochs() {
    const { epoch, epochs, variant, macro_f1 } = (this.going && this.going.progress) || {};
    if (typeof epoch !== "number" || typeof epochs !== "number" || epochs <= 0) return null;
    return { at: epoch, of: epochs, variant, score: typeof macro_f1 === "number" ? macro_f1 : null };
  },
  /** Macro-F1 by epoch of what is trained now, from 0 to 1. */
  curve() {
    const { id, points } = this.view.curve;
    if (!this.going || id !== this.going.id || points.length === 0) return "";
    const { variant } = points[points.length - 1];
    const own = points.filter((point) => point.variant === variant && point.macro_f1 !== null);
    if (own.length < 2) return "";
    const x = (i) => ((i / (own.length - 1)) * 100).toFixed(2);
    return own.map((point, i) => (i === 0 ? "M" : "L") + x(i) + " " + (30 - point.macro_f1 * 30).toFixed(2)).join(" ");
  },
};
