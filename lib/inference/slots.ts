import { systemClock } from "../clock";
import { EdgeError } from "../errors";
import { board } from "../operation/board";
import { Channel, type ChannelParts } from "../release/channel";
import { readPublicKeys } from "../release/keys";
import { bundledModel } from "./bundled";
import { Follower } from "./follower";
import { OnnxBackend } from "./onnx-backend";
import { Registry, type Lease } from "../storage/registry";
import { ModelSlot, type SlotConfig } from "./slot";

/** The slots of this process. */
const slots = new Registry<ModelSlot>();
/** Those that follow a channel. */
const followers = new WeakMap<ModelSlot, Follower>();

board.also((report) => report.gauge("model_loads_total", ModelSlot.loads));

export type SlotRequest = SlotConfig &
  (
    | { readonly source: "bundled"; readonly model: string }
    | {
        readonly source: "channel";
        readonly model: string;
        readonly ring: string;
        /** PEM, one key or several. */
        readonly releaseKeys: string;
        readonly pointerKeys: string;
        /** Which store, and where on the device: another one is another slot. */
        readonly from: string;
      }
    /** Collect only: samples are recorded, nothing is judged. */
    | { readonly source: "none" }
  );

/**
 * The slot for a configuration, loading its model if it is the first user. What fails stands in the slot's state.
 * @param parts what a channel is read through: the latest are used, because a slot outlives the nodes that it came from
 * @throws EdgeError `key-invalid` for a channel's keys
 */
export function openSlot(request: SlotRequest, parts?: ChannelParts): Lease<ModelSlot> {
  const lease = slots.acquire(nameOf(request), request, () => {
    const slot = new ModelSlot(request, [new OnnxBackend()], systemClock);
    if (request.source === "bundled") {
      const source = { name: request.model, open: async () => bundledModel(request.model).open() };
      // What fails stands in the slot's state, where the nodes that use it read it.
      slot.activate(source).catch(() => undefined);
    } else if (request.source === "channel") {
      if (!parts) throw new EdgeError("internal", "a channel without a device and a store");
      const { model, ring } = request;
      const releaseKeys = readPublicKeys(request.releaseKeys, "trusted release keys");
      const pointerKeys = readPublicKeys(request.pointerKeys, "trusted pointer keys");
      const channel = new Channel({ model, ring, releaseKeys, pointerKeys }, parts);
      const follower = new Follower(channel, slot, systemClock, Math.random);
      followers.set(slot, follower);
      void follower.start();
    }
    return slot;
  });
  if (parts) followers.get(lease.value)?.use(parts);
  return lease;
}

function nameOf(request: SlotRequest): string {
  if (request.source === "bundled") return `bundled/${request.model}`;
  return request.source === "channel" ? `channel/${request.model}/${request.ring}` : "none";
}
