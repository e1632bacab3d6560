import { CONNECTING } from "../../lib/fusion/link";
import type { PeerLog } from "../../lib/operation/peer-log";

/** Tells a log what the watcher of a source of readings has heard: "" while it works, `CONNECTING` while nothing is known. */
export function hearPeer(peer: PeerLog, trouble: string): void {
  if (trouble === "") peer.working();
  else if (trouble === CONNECTING) peer.unused();
  else peer.lost(trouble);
}
