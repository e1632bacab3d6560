import type { Node, NodeAPI } from "node-red";
import type { Snapshot } from "../../lib/fusion/asset-state";
import { whole } from "../../lib/words";
import { ConfigReader } from "../common/config";
import { fromDialog, jsonOnly } from "../common/dialog";

/** A node that can be asked what it holds. */
export interface Readable extends Node {
  /** The channels of the asset heard of last, and its name. */
  readOut?: () => { readonly snapshot: Snapshot; readonly asset: string | undefined };
}

/** What the dialog shows of one channel of the running node. */
export interface ChannelReadOut {
  readonly ok: boolean;
  readonly text: string;
  readonly value?: number | null;
  readonly unit?: string;
  readonly quality?: string;
  readonly reason?: string;
  readonly age_ms?: number | null;
  /** By how much the source's stamps are ahead of this device's clock. */
  readonly skew_ms?: number;
}

/** "Read once" of a channel that comes by wire: what the deployed node holds of it now. */
export function readRoute(RED: NodeAPI): void {
  RED.httpAdmin.post(
    "/context-edge/sensor-fuse/read",
    RED.auth.needsPermission("sensor-fuse.write"),
    jsonOnly,
    (request, response) => {
      const body = new ConfigReader(fromDialog(RED, request.body), "sensor-fuse");
      const node = RED.nodes.getNode(body.text("id", "")) as Readable | null;
      response.json(readOut(node, body.text("channel", "")));
    },
  );
}

/** @param node null where none of this id is deployed */
export function readOut(node: Pick<Readable, "readOut"> | null, channel: string): ChannelReadOut {
  const held = node?.readOut?.();
  if (!held) return { ok: false, text: "deploy first: a channel that comes by wire is read from the running node" };
  const { snapshot, asset } = held;
  const state = Object.hasOwn(snapshot.channels, channel) ? snapshot.channels[channel] : undefined;
  if (!state) return { ok: false, text: `the running node has no channel "${channel}": deploy first` };
  const { unit, quality, reason, age_ms, skew_ms } = state;
  const value = snapshot.data[channel] ?? null;
  const of = asset === undefined ? "" : ` (${asset})`;
  const shown = value === null ? (reason ?? quality) : `${[value, unit].join(" ").trim()}, ${age_ms ?? 0} ms ago${of}`;
  const text = skew_ms === undefined ? shown : `${shown}; ${skewInWords(skew_ms)}`;
  const stamped = skew_ms === undefined ? {} : { skew_ms };
  return { ok: true, text, value, unit, quality, ...(reason === undefined ? {} : { reason }), age_ms, ...stamped };
}

function skewInWords(ms: number): string {
  return `its stamps are ${whole(Math.abs(ms))} ms ${ms > 0 ? "ahead of" : "behind"} this device's clock`;
}
