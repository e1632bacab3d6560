// The one word for an asset, its colour and why: what the Line page shows across the hall. The builder puts these among its
// methods.
export default {
  /** Sign, word and colour of an asset: what its last decision says, never calmer than what is still open. */
  toneOf(asset) {
    const silentMs = this.now - this.receivedAt;
    if (silentMs > 15_000)
      return {
        tone: "ce-warn",
        sign: "–",
        word: "not connected",
        title: "Not connected",
        why: "nothing from Node-RED for " + this.duration(silentMs) + " · what stands below is as old",
      };
    const judged = this.stateAtScan(asset);
    const state = asset.lack ? this.withoutReadings(asset, judged) : judged;
    const { open, worst } = this.openOf(asset);
    if (open === 0 || (state.tone !== "ce-ok" && state.tone !== "ce-idle")) return state;
    return { ...state, tone: worst ? "ce-warn" : "ce-idle" };
  },
  /** Alerts of an asset: how many are open, how many nobody has acknowledged, the worst that is not silent. */
  openOf({ alerts }) {
    const unseen = alerts.filter((alert) => !alert.acknowledged);
    const loud = unseen.filter((alert) => !this.shelved(alert));
    const active = loud.filter((alert) => alert.active);
    return { open: alerts.length, unseen: unseen.length, worst: this.worst(active.length ? active : loud) };
  },
  /** The most severe; of two alike the first. */
  worst(found) {
    return found.reduce(
      (worst, each) => (worst && this.rank(worst.severity) >= this.rank(each.severity) ? worst : each),
      null,
    );
  },
  /** What a decision found, the worst of it first of all: the model's fault, and the limits that were exceeded. */
  findings({ decision, alerts }) {
    const { limits, fault } = decision;
    const alert = alerts.find((each) => each.label === fault);
    const own = fault ? [{ text: this.fault(fault), severity: alert ? alert.severity : "medium" }] : [];
    return own.concat(
      limits.map((limit) => ({
        text: this.words(limit.channel) + " beyond its limit",
        severity: limit.severity,
        excess: limit,
      })),
    );
  },
  stateAtScan(asset) {
    const { decision, prediction } = asset;
    if (!decision)
      return { tone: "ce-idle", sign: "○", word: "waiting", title: "Waiting", why: "No sample has been judged yet" };
    const label = prediction && prediction.label;
    const sure = label ? this.percent(prediction.confidence) + " sure" : "";
    const when = "at the scan, " + this.ago(decision.at);
    const { text: found, severity, excess } = this.worst(this.findings(asset)) || { text: "alert", severity: "high" };
    const model = excess && label ? "model: " + this.fault(label) + ", " + sure : sure;
    const evidence = [severity, excess ? this.excess(excess) : "", model, this.history(decision)];
    switch (decision.outcome) {
      case "alert":
      case "repeat":
        return {
          tone: this.toneOfSeverity(severity),
          sign: this.signOf(severity),
          word: found,
          title: this.first(found),
          why: this.joined(when, ...evidence),
        };
      case "shelved":
        return {
          tone: "ce-warn",
          sign: "◐",
          word: "shelved",
          title: this.first(found) + ", shelved",
          why: this.joined(when, ...evidence),
        };
      case "delayed":
        return {
          tone: "ce-warn",
          sign: "△",
          word: "suspected",
          title: this.first(found) + " suspected",
          why: this.joined(when, model, "waiting for a second sample"),
        };
      case "review":
        return {
          tone: "ce-warn",
          sign: "?",
          word: "in doubt",
          title: "In doubt",
          why: this.joined(when, label ? "perhaps " + this.fault(label) : "", sure),
        };
      case "normal":
        return { tone: "ce-ok", sign: "✓", word: "normal", title: "Normal", why: this.joined(when, sure) };
      default:
        return {
          tone: "ce-idle",
          sign: "–",
          word: "not judged",
          title: "Not judged",
          why: this.joined(when, asset.unjudged || decision.reasons.map(this.plainly).join(" · ")),
        };
    }
  },
  /** What was judged last says nothing of now. */
  withoutReadings({ lack, decision }, judged) {
    const names = lack.channels.map(this.words).join(", ") || "required channels";
    const clock = (at) =>
      new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    const since = lack.since ? "not usable since " + clock(lack.since) + ", " + this.ago(lack.since) : "never read";
    const usual = decision && decision.outcome !== "unjudged";
    return {
      tone: judged.tone === "ce-bad" ? "ce-bad" : "ce-warn",
      sign: "–",
      word: "no readings",
      title: "No readings",
      why: this.joined(names + " " + since, usual ? "last judged " + judged.word + ", " + this.ago(decision.at) : ""),
    };
  },
  /** Since when an alarm is open, or until when it is silent. */
  history({ reasons }) {
    const state = /: ((?:open since|shelved until|held back).*)/;
    const told = reasons.map((reason) => state.exec(reason)).find(Boolean);
    return told ? this.plainly(told[1]) : "";
  },
};
