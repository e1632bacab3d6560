import type { Manifest } from "../messages";

export type CalibrationSpec = Manifest["calibration"]["fp32"];

/**
 * Calibrated probabilities of one row of logits: softmax((logits + bias) / temperature), with the largest exponent taken
 * out first so that nothing overflows. Temperature scaling: Guo et al. 2017, https://arxiv.org/abs/1706.04599; the bias
 * per class corrects for training at other than natural rates.
 *
 * @param logits rows × labels, row-major
 * @param row which row to read
 * @param into labels long; its content is replaced
 * @returns index of the most probable label, or -1 when the logits hold a NaN or infinity
 */
export function calibrate(
  logits: Float32Array,
  row: number,
  { temperature, bias }: CalibrationSpec,
  into: Float64Array,
): number {
  const count = into.length;
  const from = row * count;
  let best = 0;
  for (let i = 0; i < count; i++) {
    const z = ((logits[from + i] as number) + (bias[i] as number)) / temperature;
    if (!Number.isFinite(z)) return -1;
    into[i] = z;
    if (z > (into[best] as number)) best = i;
  }
  const top = into[best] as number;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const e = Math.exp((into[i] as number) - top);
    into[i] = e;
    sum += e;
  }
  for (let i = 0; i < count; i++) into[i] = (into[i] as number) / sum;
  return best;
}
