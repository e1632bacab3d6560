/**
 * From a message to a Labeled Data Object on the disk. The promise: when `keep` resolves, the object is stored, and it
 * will be in the bucket once, however often its sample comes. What cannot be kept is an error, never a silence.
 */
import type { Clock } from "../clock";
import type { ClockWatch } from "../clock-watch";
import { EdgeError } from "../errors";
import type { EdgeMessage, Fusion, Ldo } from "../messages";
import { isRecord } from "../path";
import type { Spool } from "../storage/spool";
import { buildLdo, type LdoSource } from "./build";
import { ldoLine } from "./line";
import { checkLdo } from "./validate";

/** Objects under way to the disk; beyond, a message is refused: memory is not a spool. */
const MAX_UNDER_WAY = 10_000;

export interface Kept {
  readonly ldo: Ldo;
  /** "duplicate": its sample was kept before. */
  readonly outcome: "stored" | "duplicate";
}

export class LdoKeeper {
  private underWay = 0;

  constructor(
    private readonly source: LdoSource,
    private readonly spool: () => Promise<Pick<Spool, "append">>,
    private readonly clock: Clock,
    private readonly watch: Pick<ClockWatch, "stamp" | "steadyForMs">,
    private readonly limit = MAX_UNDER_WAY,
  ) {}

  /** @throws EdgeError `ldo-invalid`, `context-too-large`, `ldo-too-large`, `queue-full`, and what the spool refuses with */
  async keep(message: EdgeMessage): Promise<Kept> {
    if (this.underWay >= this.limit) {
      throw new EdgeError(
        "queue-full",
        `${this.underWay} objects wait for the disk, limit ${this.limit}: this one was refused`,
      );
    }
    this.underWay++;
    try {
      const ldo = buildLdo(message, sampleOf(message), this.source, {
        wallMs: this.clock.now(),
        clock: this.watch.stamp(),
        steadyForMs: this.watch.steadyForMs,
      });
      checkLdo(ldo);
      const line = ldoLine(ldo);
      const spool = await this.spool();
      // Somebody may be waiting for what an alarm was raised on.
      const urgent = ldo.decision?.outcome === "alert";
      return { ldo, outcome: await spool.append(ldo.ldo_id, line, { urgent }) };
    } finally {
      this.underWay--;
    }
  }
}

function sampleOf({ fusion }: EdgeMessage): Fusion {
  if (isRecord(fusion) && typeof fusion.id === "string" && typeof fusion.at === "string") return fusion;
  throw new EdgeError("ldo-invalid", "msg.fusion has no id and at: only a fused sample becomes an object", {
    remedy: "wire decision's output 3 here",
  });
}
