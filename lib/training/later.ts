import type { EdgeError } from "../errors";

/** It did not work now, and may later: a server that is away, busy, or asks to be left alone for a while. */
export class Later extends Error {
  /** @param afterMs how long the other side asks to be left alone */
  constructor(
    readonly reason: EdgeError,
    readonly afterMs = 0,
  ) {
    super(reason.message, { cause: reason });
    this.name = "Later";
  }
}
