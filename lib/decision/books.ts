import type { Clock } from "../clock";
import { AlarmBook } from "./book";
import type { AlarmStore } from "./store";

interface Shared {
  readonly book: AlarmBook;
  users: number;
}

const books = new Map<string, Shared>();

export interface AlarmBookLease {
  readonly book: AlarmBook;
  /** To be called once; the last user's release saves what is not saved yet. */
  release(): Promise<void>;
}

/**
 * The alarms of a device are one book in this process, however many decision nodes use it: one open record per asset and
 * label would not hold otherwise.
 * @param key names device and mode
 */
export function leaseAlarmBook(key: string, store: () => AlarmStore, clock: Clock): AlarmBookLease {
  let shared = books.get(key);
  if (!shared) {
    shared = { book: new AlarmBook(store(), clock), users: 0 };
    books.set(key, shared);
  }
  const held = shared;
  held.users++;
  return {
    book: held.book,
    async release() {
      held.users--;
      if (held.users > 0) return;
      books.delete(key);
      await held.book.close();
    },
  };
}
