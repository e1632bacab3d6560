// How the Training page says what became of runs and gates; the builder puts these among its methods.
export default {
  toneOfRun({ phase, stopping }) {
    const open = ["requested", "dispatching", "dispatched", "running"].includes(phase);
    if (stopping && open) return { tone: "ce-warn", sign: "◐", word: "stopping" };
    const going = { tone: "ce-ok", sign: "●", word: "training" };
    return (
      {
        requested: { ...going, word: "about to start" },
        dispatching: { ...going, word: "being started" },
        dispatched: { ...going, word: "started" },
        running: going,
        done: { tone: "ce-ok", sign: "✓", word: "candidate ready" },
        failed: { tone: "ce-bad", sign: "✗", word: "failed" },
        stopped: { tone: "ce-idle", sign: "–", word: "stopped" },
        already: { tone: "ce-idle", sign: "–", word: "trained elsewhere" },
      }[phase] || { tone: "ce-idle", sign: "?", word: phase }
    );
  },
  /** Where it runs; "" for what is no address that a person can be sent to. */
  linkOf(run) {
    return run && /^https:\/\//.test(run.url || "") ? run.url : "";
  },
  /** Why it was trained, for a person. */
  causeOf(cause) {
    const [kind, rest] = cause.split(/-(.*)/);
    const words = { manual: "by hand", month: "monthly, " + rest, count: "corrections", fpr: "false alarms" };
    return words[kind] || cause;
  },
  gateName(name) {
    return this.words(name.replace(":", " of "));
  },
  released({ candidate }) {
    if (!candidate) return "";
    const where = candidate.key
      ? "in the object store"
      : candidate.release_sha256
        ? "signed, not published"
        : "not signed";
    return "version " + candidate.version + ", " + where;
  },
  toneOfGate({ result }) {
    return (
      {
        pass: { tone: "ce-ok", sign: "✓" },
        fail: { tone: "ce-bad", sign: "✗" },
        waived: { tone: "ce-warn", sign: "◐" },
        "not enough rows": { tone: "ce-warn", sign: "?" },
      }[result] || { tone: "ce-idle", sign: "○" }
    );
  },
  /** A share, a number of milliseconds or a difference: as many digits as tell something. */
  figure(value) {
    if (value === null || value === undefined) return "–";
    return Math.abs(value) >= 10 ? value.toFixed(1) : String(Number(value.toPrecision(3)));
  },
  interval({ low, high }) {
    return low === undefined || high === undefined ? "" : "(" + this.figure(low) + "–" + this.figure(high) + ")";
  },
};
