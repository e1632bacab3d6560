import type { Node, NodeAPI, NodeDef } from "node-red";
import { faultPrediction } from "../../lib/inference/active";
import type { Lease } from "../../lib/inference/registry";
import type { ModelSlot, SlotState } from "../../lib/inference/slot";
import { asError } from "../../lib/errors";
import type { EdgeMessage } from "../../lib/messages";
import { onClose, onInput, shorten } from "../common/adapter";
import { ConfigReader, service, type RawConfig } from "../common/config";
import type { ModelService } from "../common/services";
import { StatusLine } from "../common/status";

/** Judges fused samples with the model of a slot. Every sample goes on: judged, or with the reason why not. */
export = function (RED: NodeAPI): void {
  function TensorrtInfer(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    let lease: Lease<ModelSlot>;
    let why: boolean;
    try {
      const raw = config as unknown as RawConfig;
      why = new ConfigReader(raw, "tensorrt-infer").flag("why");
      lease = service<ModelService>(RED, raw["model"], "context-edge-model", "tensorrt-infer").open();
    } catch (error) {
      passUnjudged(this, asError(error).message);
      return;
    }
    const slot = lease.value;
    const status = new StatusLine(this);
    let notJudged: string | undefined;
    let logged: string | undefined;
    const show = (): void => {
      const fault = slot.state.fault?.message;
      if (fault !== undefined && fault !== logged) this.error(fault);
      logged = fault;
      status.set(...describe(slot.state, notJudged));
    };
    const unfollow = slot.onChange(show);
    show();

    onInput(this, async (message: EdgeMessage, send) => {
      const prediction = await (message.unusable
        ? slot.pass(faultPrediction("unusable", message.unusable.reason))
        : slot.infer(message, { why }));
      const fault = slot.state.phase === "ready" ? prediction.fault?.message : undefined;
      if (fault !== notJudged) {
        notJudged = fault;
        show();
      }
      message.prediction = prediction;
      message.payload = prediction;
      send(message);
    });
    onClose(this, () => {
      unfollow();
      status.close();
      lease.release();
    });
  }
  RED.nodes.registerType("tensorrt-infer", TensorrtInfer);
};

/** With no model at all samples still go on, so that the limits behind this node guard. */
function passUnjudged(node: Node, reason: string): void {
  node.error(reason);
  new StatusLine(node).set("red", "ring", shorten(reason));
  onInput(node, (message, send) => {
    message.prediction = message.unusable
      ? faultPrediction("unusable", message.unusable.reason)
      : faultPrediction("no-model", reason);
    message.payload = message.prediction;
    send(message);
  });
}

type Shown = Parameters<StatusLine["set"]>;

function describe(state: SlotState, notJudged: string | undefined): Shown {
  const name = state.model ? `${state.model.name} ${state.model.version}` : (state.candidate ?? "");
  if (state.phase === "empty") return ["grey", "ring", "collect only"];
  if (state.phase === "loading") return ["yellow", "ring", `loading ${name}`];
  const lacking = state.phase === "ready" ? "dot" : "ring";
  if (state.fault) return ["red", lacking, shorten(`${state.fault.code}: ${state.fault.message}`)];
  if (notJudged !== undefined) return ["yellow", "dot", shorten(`not judged: ${notJudged}`)];
  return ["green", "dot", `${state.info?.title} · ${name}`];
}
