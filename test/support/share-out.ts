/**
 * Shares things out among places, one at a time at each: nearly all of a trial's time is waiting.
 * @param attempt returns what went wrong, if anything
 * @returns what went wrong, of all
 */
export async function shareOut<P, T>(
  places: readonly P[],
  things: readonly T[],
  attempt: (place: P, thing: T) => Promise<string | undefined>,
): Promise<string[]> {
  const waiting = [...things];
  const failed: string[] = [];
  const work = async (place: P): Promise<void> => {
    for (let thing = waiting.pop(); thing !== undefined; thing = waiting.pop()) {
      // oxlint-disable-next-line no-await-in-loop
      const wrong = await attempt(place, thing);
      if (wrong !== undefined) failed.push(wrong);
    }
  };
  await Promise.all(places.map(work));
  return failed;
}
