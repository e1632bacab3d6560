import type { Queue } from "../../lib/operation/part";
import type { ConfigReader } from "./config";

const POLICIES = ["refuse", "drop-oldest"] as const;

/**
 * How many messages may be under way in a node, as its dialog says.
 * @param mayDrop whether an older message may give way: not where it may be on the disk, or raised, already
 * @throws EdgeError `config-number`, `config-choice`
 */
export function readQueue(config: ConfigReader, limit: number, { mayDrop = false } = {}): Queue {
  return {
    limit: config.number("queue", limit, { min: 1, max: 100_000, integer: true }),
    policy: mayDrop ? config.choice("queue_policy", POLICIES, "refuse") : "refuse",
  };
}
