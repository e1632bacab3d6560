// How the pages say numbers, times and names; the builder puts these among the methods of each.
export default {
  joined(...parts) {
    return parts.filter(Boolean).join(" · ");
  },
  ago(at) {
    const age = this.now - Date.parse(at);
    return age < 1500 ? "just now" : this.duration(age) + " ago";
  },
  duration(ms) {
    const s = Math.round(ms / 1000);
    if (s < 90) return s + " s";
    if (s < 5400) return Math.round(s / 60) + " min";
    return s < 172800 ? Math.round(s / 3600) + " h" : Math.round(s / 86400) + " d";
  },
  /** A moment of today by its time alone. */
  time(at) {
    const date = new Date(at);
    const today = date.toDateString() === new Date(this.now).toDateString();
    return today ? date.toLocaleTimeString() : date.toLocaleString();
  },
  /** Three significant digits or so: what can be read in passing. */
  number(value) {
    if (value === null || value === undefined) return "–";
    const size = Math.abs(value);
    return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
  },
  /** No model is certain: what rounds to all or nothing is said as a bound. */
  percent(p) {
    if (p >= 0.995) return ">99 %";
    return p > 0 && p < 0.005 ? "<1 %" : Math.round(p * 100) + " %";
  },
  unit(unit) {
    return { degC: "°C", Cel: "°C", degF: "°F" }[unit] || unit;
  },
  words(name) {
    return String(name)
      .replace(/_m?s$/, (suffix) => " (" + suffix.slice(1) + ")")
      .replace(/_+/g, " ")
      .trim();
  },
  /** A label as the name of what is wrong. */
  fault(label) {
    return label === "other" ? "other fault" : this.words(label);
  },
  /** How severe two things are, to be compared. */
  rank(severity) {
    return ["low", "medium", "high", "critical"].indexOf(severity);
  },
  signOf(severity) {
    return { critical: "▲▲", high: "▲", medium: "△", low: "△" }[severity];
  },
  toneOfSeverity(severity) {
    return this.rank(severity) >= this.rank("high") ? "ce-bad" : "ce-warn";
  },
  /** How an exceeded limit is told: {channel, value, limit}. */
  excess({ channel, value, limit }) {
    return this.words(channel) + " " + this.number(value) + " against a limit of " + this.number(limit);
  },
  shelved({ shelved_until }) {
    return shelved_until !== null && Date.parse(shelved_until) > this.now;
  },
  first(text) {
    return text.charAt(0).toUpperCase() + text.slice(1);
  },
  /** A reason or cause as the decision node gives it, with times as the wall clock shows them and shares as elsewhere here. */
  plainly(text) {
    const local = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    return text
      .replace(/(?<= at )[\d.]+(?=, threshold)|(?<=, threshold |says so, at )[\d.]+$/g, (p) => this.percent(Number(p)))
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, local)
      .replace(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))))
      .replace(/ \([a-z_]+\.[\w.]+\)/g, "")
      .replace(/_/g, " ");
  },
  /** A scanned code with its invisible separator made visible. */
  code(text) {
    return text.replace(/\u001d/g, "‹GS›");
  },
  ldoLink(id) {
    return "../context-edge/ldo/" + encodeURIComponent(id);
  },
};
