/** The channels of a test rig: what sensor-fuse calls them, how old they may be, what is plausible. */
export const CHANNELS = [
  { name: "vibration_x", unit: "mm/s", min: "0", max: "50" },
  { name: "vibration_y", unit: "mm/s", min: "0", max: "50" },
  { name: "temperature", unit: "°C", min: "-40", max: "200" },
  { name: "current", unit: "A", min: "0", max: "100" },
].map((channel) => ({ ...channel, max_age_ms: "2000", required: true }));
