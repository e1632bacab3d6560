/**
 * The evaluation draw: each sample is drawn with the known probability of its stratum, whatever its outcome, so that
 * estimates can weigh by 1 / probability. It is a hash of the sample's id: the same sample draws the same everywhere,
 * and nobody can draw again.
 */
import { hash } from "node:crypto";
import type { Stratum } from "../messages";

export interface DrawSettings {
  readonly salt: string;
  readonly probability: Readonly<Record<Stratum, number>>;
  /** Share of the drawn items that hide the prediction from the reviewer. */
  readonly hiddenShare: number;
}

export const DESIGNED_DRAW: Readonly<Record<Stratum, number>> = {
  alert_model: 0.2,
  alert_limit: 0,
  review: 0.1,
  normal: 0.02,
  unjudged: 0,
};

export interface Drawn {
  readonly stratum: Stratum;
  readonly probability: number;
  readonly hidden: boolean;
}

const HEX_DIGITS = 13;
const SPACE = 2 ** (4 * HEX_DIGITS);

/**
 * SHA-256(salt ‖ 0x00 ‖ id): its first 52 bits, read as a fraction, decide whether the sample is drawn, 52 bits of its
 * second half whether the prediction is hidden.
 */
export function draw(fusionId: string, stratum: Stratum, settings: DrawSettings): Drawn | null {
  const probability = settings.probability[stratum];
  if (probability <= 0) return null;
  const digest = hash("sha256", `${settings.salt}\0${fusionId}`, "hex");
  if (fraction(digest, 0) >= probability) return null;
  return { stratum, probability, hidden: fraction(digest, 32) < settings.hiddenShare };
}

function fraction(hex: string, from: number): number {
  return Number.parseInt(hex.slice(from, from + HEX_DIGITS), 16) / SPACE;
}
