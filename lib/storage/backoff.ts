/**
 * Back-off with full jitter: a random time up to a limit that doubles with every failure. A fleet that lost its server
 * together must not come back together. (M. Brooker, "Exponential Backoff And Jitter", AWS, 2015.)
 * @param failures in a row, from 1
 * @param random from [0, 1)
 * @returns milliseconds
 */
export function backoffMs(failures: number, random: number, baseMs = 1_000, capMs = 300_000): number {
  return Math.floor(random * Math.min(capMs, baseMs * 2 ** (failures - 1)));
}
