import type { Clock } from "./clock";
import { EdgeError } from "./errors";

/**
 * `promise`, or an error after `ms`: a peer that accepts and never answers must not hold us.
 * @param what was being done, as the error says it
 * @param late makes the error of that text, where it must be another one than `timeout`
 * @throws EdgeError `timeout`
 */
export function within<T>(
  promise: Promise<T>,
  ms: number,
  what: string,
  clock: Clock,
  late = (text: string): Error => new EdgeError("timeout", text),
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(late(`${what}: no answer within ${ms.toLocaleString("en-US")} ms`)));
    promise.then(resolve, reject).finally(cancel);
  });
}

/** Resolves after `ms`, or as soon as `signal` is aborted. Leaves nothing on the signal, which may live for long. */
export function pause(ms: number, signal: AbortSignal, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener("abort", end, { once: true });
  });
}
