/** The source timestamps of OPC UA values: which are stamps at all, and what they say of two values. */
import type { DataValue } from "node-opcua-client";

/** Before 1971 it is the year 1601 of a server that has no stamp to give. */
const FIRST_STAMP = Date.UTC(1971, 0, 1);

type Stamped = Pick<DataValue, "sourceTimestamp">;

/** When a server says that a value was measured, in epoch ms; undefined where it does not. */
export function stampIn({ sourceTimestamp }: Stamped): number | undefined {
  const stamp = sourceTimestamp?.getTime();
  return stamp === undefined || Number.isNaN(stamp) || stamp < FIRST_STAMP ? undefined : stamp;
}

/** What was reported of a variable last. */
interface Reported {
  readonly lastSource: number | undefined;
  readonly fresh: boolean;
}

/** Whether a good value that was read is newer than what was reported. Without a stamp nobody can tell: it is not. */
export function isNewer({ lastSource, fresh }: Reported, read: Stamped & Pick<DataValue, "statusCode">): boolean {
  const stamp = stampIn(read);
  if (stamp === undefined || !read.statusCode.isGood()) return false;
  return fresh || lastSource === undefined || stamp > lastSource;
}
