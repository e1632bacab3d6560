/**
 * What `make` gives, made at the first call and kept. A failure is not kept: the next call makes it again, because a disk
 * that was full or a server that was away at the start may be well by now.
 */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
