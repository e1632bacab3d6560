import type { Node, NodeAPI } from "node-red";
import { misfit } from "../../lib/inference/fit";
import type { ModelSlot } from "../../lib/inference/slot";
import type { Fault } from "../../lib/messages";
import { offeredTo, onDeployed } from "../common/upstream";

/**
 * Holds the model against the sensor-fuse nodes whose samples come over the wires: after every deploy, and whenever another
 * model serves. What stands in the samples themselves is checked again with each: a function on the way may change it.
 */
export class Wiring {
  /** What does not fit; undefined when all does, or nothing is known. */
  misfit: Fault | undefined;
  readonly close: () => void;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly slot: ModelSlot,
    private readonly changed: () => void,
  ) {
    this.close = onDeployed(RED, () => this.check());
  }

  check(): void {
    const { manifest } = this.slot;
    const offerings = manifest ? offeredTo(this.RED, this.node) : [];
    this.misfit = offerings.map((offering) => manifest && misfit(manifest, offering)).find(Boolean);
    this.changed();
  }

  /** A sample was judged: whatever the wires look like, it had what the model wants. */
  judged(): void {
    this.misfit = undefined;
  }
}
