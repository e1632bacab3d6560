import { systemClock } from "../clock";
import { board } from "../operation/board";
import { bundledModel } from "./bundled";
import { OnnxBackend } from "./onnx-backend";
import { Registry, type Lease } from "../storage/registry";
import { ModelSlot, type SlotConfig } from "./slot";

/** The slots of this process. */
const slots = new Registry<ModelSlot>();

board.also((report) => report.gauge("model_loads_total", ModelSlot.loads));

export type SlotRequest = SlotConfig &
  (
    | { readonly source: "bundled"; readonly model: string }
    /** Collect only: samples are recorded, nothing is judged. */
    | { readonly source: "none" }
  );

/** The slot for a configuration, loading its model if it is the first user. What fails stands in the slot's state. */
export function openSlot(request: SlotRequest): Lease<ModelSlot> {
  const name = request.source === "bundled" ? `bundled/${request.model}` : "none";
  return slots.acquire(name, request, () => {
    const slot = new ModelSlot(request, [new OnnxBackend()], systemClock);
    if (request.source === "bundled") {
      const source = { name: request.model, open: async () => bundledModel(request.model).open() };
      // What fails stands in the slot's state, where the nodes that use it read it.
      slot.activate(source).catch(() => undefined);
    }
    return slot;
  });
}
