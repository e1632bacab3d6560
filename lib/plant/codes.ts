/**
 * What stands on a unit: a plain code, a GS1 element string, or a GS1 Digital Link (GS1 General Specifications; Digital
 * Link URI Syntax). The whole code is the key of the unit's context, so the three forms need one key template.
 */
export const CODE_FORMS = ["plain", "gs1", "digital-link"] as const;
export type CodeForm = (typeof CODE_FORMS)[number];

/** FNC1 as a scanner sends it between fields of variable length. */
export const GS = "\u001d";

export interface UnitName {
  readonly gtin: string;
  readonly batch: string;
  /** Running number in the batch, from 1. */
  readonly unit: number;
}

/** The code on the unit: what its context is stored under. */
export function codeText(form: CodeForm, { gtin, batch, unit }: UnitName): string {
  const serial = String(unit).padStart(3, "0");
  if (form === "plain") return `${batch}-${serial}`;
  if (form === "gs1") return `01${gtin}10${batch}${GS}21${serial}`;
  return `https://id.example.org/01/${gtin}/10/${batch}/21/${serial}`;
}

/**
 * What a scanner sends for a code, without frame: an element string only tells that it is one by its symbology identifier
 * (ISO/IEC 15424), here that of GS1 DataMatrix.
 */
export function scannedText(form: CodeForm, code: string): string {
  return form === "gs1" ? `]d2${code}` : code;
}

/** The key under which the default key template (`context:{code}`, values percent-encoded) looks a code up. */
export function contextKey(code: string): string {
  return `context:${encodeURIComponent(code)}`;
}
