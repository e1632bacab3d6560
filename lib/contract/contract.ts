/** Whether a value is what the message contract says, and if not, why. */
import type { Golden, Ldo, Manifest } from "../messages";
import type { Bundle, Envelope, Pointer, Statement } from "../messages-release";
import {
  checkBundle,
  checkEnvelope,
  checkGolden,
  checkLdo,
  checkManifest,
  checkPointer,
  checkStatement,
  type Fault,
} from "./generated/checks";

const CHECKS = {
  "ldo/1": checkLdo,
  "model/1": checkManifest,
  "golden/1": checkGolden,
  "pointer/1": checkPointer,
  envelope: checkEnvelope,
  bundle: checkBundle,
  statement: checkStatement,
};
export interface Contracts {
  "ldo/1": Ldo;
  "model/1": Manifest;
  "golden/1": Golden;
  "pointer/1": Pointer;
  /** DSSE. */
  envelope: Envelope;
  /** Sigstore, in key mode. */
  bundle: Bundle;
  /** in-toto, of a model's signature. */
  statement: Statement;
}

/** How many faults are named. */
const SHOWN = 3;

/** @returns undefined for a value that keeps the contract, else what is wrong: "/sensor_data/temperature must be number" */
export function breach(contract: keyof Contracts, value: unknown): string | undefined {
  const check = CHECKS[contract];
  if (check(value)) return undefined;
  return worded(check.errors ?? [], contract);
}

/** @returns the value under its type, or what is wrong with it */
export function conforming<C extends keyof Contracts>(
  contract: C,
  value: unknown,
): { readonly value: Contracts[C] } | { readonly breach: string } {
  const wrong = breach(contract, value);
  return wrong === undefined ? { value: value as Contracts[C] } : { breach: wrong };
}

function worded(faults: readonly Fault[], contract: string): string {
  const leaves = faults.filter(({ keyword }) => keyword !== "anyOf");
  // Where null is one of the choices, that it is not null says nothing.
  const telling = leaves.filter(({ message }) => message !== "must be null");
  const said = (telling.length > 0 ? telling : leaves).map(
    ({ instancePath, message }) => `${instancePath || "/"} ${message ?? "is wrong"}`,
  );
  const more = said.length > SHOWN ? `, and ${said.length - SHOWN} more` : "";
  return said.length > 0 ? `${said.slice(0, SHOWN).join(", ")}${more}` : `does not match ${contract}`;
}
