import type { Clock } from "../clock";

/** Names that are remembered, so that each is announced once. */
const REMEMBERED = 64;
/** Names that change with every message must not become a notice with every message. */
const ANNOUNCE_EVERY_MS = 1000;

/**
 * Readings of assets that the device does not declare: all are counted, each name is announced once, at most one a second.
 * Names come from outside, so only the last few are remembered.
 */
export class Strangers {
  /** Readings of unknown assets so far. */
  readings = 0;
  /** The unknown asset announced last. */
  latest: string | undefined;
  private readonly names = new Set<string>();
  private announcedAt = -Infinity;

  /** @param announce called with the name as far as it fits into a line */
  constructor(
    private readonly clock: Clock,
    private readonly announce: (name: string) => void,
  ) {}

  note(name: string): void {
    this.readings++;
    const known = name.slice(0, 80);
    if (this.names.has(known)) return;
    const now = this.clock.monotonic();
    if (now - this.announcedAt < ANNOUNCE_EVERY_MS) return;
    this.announcedAt = now;
    const [oldest] = this.names;
    if (this.names.size >= REMEMBERED && oldest !== undefined) this.names.delete(oldest);
    this.names.add(known);
    this.latest = known;
    this.announce(known);
  }
}
