/** One thing that is wrong with a value, as JSON Schema validators report it. */
export interface Fault {
  /** JSON Pointer; "" for the whole. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
}

/** A check leaves what it found wrong in `errors` until it is called again. */
interface Check {
  (value: unknown): boolean;
  errors: Fault[] | null;
}

export const checkLdo: Check;
export const checkManifest: Check;
export const checkGolden: Check;
export const checkPointer: Check;
export const checkEnvelope: Check;
export const checkBundle: Check;
export const checkStatement: Check;
