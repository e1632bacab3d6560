/** Check digits and characters of GS1 keys. */

/**
 * The check digit that belongs behind `digits` (GTIN, SSCC, GLN, GRAI, GSRN, …): weights 3 and 1 from the right.
 * GS1 General Specifications, section 7.9.1.
 * @param digits decimal digits only
 */
export function mod10(digits: string): string {
  let sum = 0;
  for (let i = digits.length - 1, weight = 3; i >= 0; i--, weight = 4 - weight)
    sum += (digits.charCodeAt(i) - 48) * weight;
  return String((10 - (sum % 10)) % 10);
}

const CHARSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
const CHARSET_32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83];

/**
 * The two check characters of a Global Model Number (8013): modulo 1021, 32 with prime weights from the right.
 * GS1 General Specifications, section 7.9.5.
 * @returns undefined when `body` is longer than 23 characters or leaves character set 82
 */
export function gmnCheckPair(body: string): string | undefined {
  if (body.length > PRIMES.length) return undefined;
  let sum = 0;
  for (let i = 0; i < body.length; i++) {
    const value = CHARSET_82.indexOf(body[i] as string);
    if (value < 0) return undefined;
    sum += value * (PRIMES[body.length - 1 - i] as number);
  }
  const rest = sum % 1021;
  return (CHARSET_32[rest >> 5] as string) + (CHARSET_32[rest & 31] as string);
}
