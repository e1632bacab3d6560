// What sensor-fuse and tensorrt-infer would send. Every sample has an id of its own.
const hex = RED.util.generateId() + RED.util.generateId();
const parts = [hex.slice(0, 8), hex.slice(8, 12), "7" + hex.slice(13, 16), "8" + hex.slice(17, 20), hex.slice(20, 32)];
const { label, confidence, temperature } = msg.payload;
const good = (unit) => ({ unit, quality: "good", age_ms: 10, source: "example" });

msg.asset = { id: "motor-1", line: "line-1", station: "test-1" };
msg.context = { thresholds: { temp_warning: 85, temp_critical: 95, vibration_max: 3 } };
msg.sensor_data = { vibration_x: 1.8, vibration_y: 1.2, temperature };
msg.fusion = {
  id: parts.join("-"),
  at: new Date().toISOString(),
  complete: true,
  channels: { vibration_x: good("mm/s"), vibration_y: good("mm/s"), temperature: good("°C") },
};
msg.prediction = {
  label,
  confidence,
  probabilities: { [label]: confidence },
  model: null,
  backend: null,
  latency_ms: 0,
};
msg.simulated = true;
return msg;
