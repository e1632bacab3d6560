// One second of a motor at 25 Hz, as a 16-bit accelerometer of ±16 g sends it. A damaged bearing rings at 3 kHz each time a
// ball passes the flaw, 87 times a second.
const RATE_HZ = 10240;
const COUNTS_PER_G = 2048;

if (msg.topic === "damage") {
  context.set("damaged", msg.payload === true);
  return null;
}
const shock = context.get("damaged") ? 1.5 : 0;
const wave = Buffer.alloc(RATE_HZ * 2);
for (let i = 0; i < RATE_HZ; i++) {
  const t = i / RATE_HZ;
  const sinceShock = t % (1 / 87);
  const g =
    0.2 * Math.sin(2 * Math.PI * 25 * t) +
    0.05 * Math.sin(2 * Math.PI * 50 * t + 1) +
    0.02 * (Math.random() - 0.5) +
    shock * Math.exp(-sinceShock * 900) * Math.sin(2 * Math.PI * 3000 * sinceShock);
  wave.writeInt16LE(Math.round(g * COUNTS_PER_G), i * 2);
}
return [
  [
    { topic: "motor-1/temperature", payload: 140 + Math.random(), unit: "°F" },
    { topic: "motor-1/acceleration", payload: wave, dtype: "int16le", rate_hz: RATE_HZ },
  ],
];
