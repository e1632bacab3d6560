// How the Line page draws a channel: its state, its bar with the limits, its last values, its age. The builder puts these
// among its methods.
export default {
  usable(channel) {
    return (
      channel.value !== null &&
      channel.quality !== "stale" &&
      channel.quality !== "bad" &&
      channel.quality !== "missing"
    );
  },
  stateOfChannel(channel) {
    if (!this.usable(channel)) return channel.quality === "good" ? "no value" : channel.quality;
    if (channel.critical !== null && channel.value >= channel.critical) return "▲ critical";
    if (channel.warning !== null && channel.value >= channel.warning) return "△ warning";
    return channel.quality === "uncertain" ? "uncertain" : "";
  },
  toneOfChannel(channel) {
    const state = this.stateOfChannel(channel);
    if (state === "") return "ce-ok";
    return state === "▲ critical" ? "ce-bad" : this.usable(channel) ? "ce-warn" : "ce-idle";
  },
  share(channel, value) {
    const [low, high] = channel.scale;
    return Math.min(100, Math.max(0, ((value - low) / (high - low || 1)) * 100));
  },
  zone(channel, from, to) {
    const left = this.share(channel, from);
    return { left: left + "%", width: Math.max(0, this.share(channel, to) - left) + "%" };
  },
  limits(channel) {
    const known = ["normal", "warning", "critical"].filter((name) => channel[name] !== null);
    return known.length ? known.map((name) => name + " " + this.number(channel[name])) : ["no limits known"];
  },
  /** The last values against their own spread, which is drawn no smaller than a quarter of the bar's scale. */
  spark(channel) {
    const values = channel.history.filter((value) => value !== null);
    if (values.length < 2) return "";
    const span = Math.max(Math.max(...values) - Math.min(...values), (channel.scale[1] - channel.scale[0]) / 4);
    const middle = (Math.max(...values) + Math.min(...values)) / 2;
    let pen = "M";
    return channel.history
      .map((value, index) => {
        if (value === null) {
          pen = "M";
          return "";
        }
        const x = (index / (channel.history.length - 1)) * 100;
        const y = 15 - ((value - middle) / span) * 26;
        const point = pen + x.toFixed(1) + " " + y.toFixed(1);
        pen = "L";
        return point;
      })
      .join("");
  },
  quality(channel) {
    if (channel.age_ms === null) return "never seen";
    const age = channel.age_ms + Math.max(0, this.now - this.receivedAt);
    const doubt = channel.quality === "good" ? "" : channel.quality;
    return this.joined(doubt, age < 1500 ? "now" : this.duration(age) + " old");
  },
};
