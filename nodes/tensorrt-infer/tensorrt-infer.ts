import type { Node, NodeAPI, NodeDef } from "node-red";
import { faultPrediction } from "../../lib/inference/active";
import type { Lease } from "../../lib/storage/registry";
import type { ModelSlot, SlotState } from "../../lib/inference/slot";
import { asError, EdgeError } from "../../lib/errors";
import type { EdgeMessage, Fault } from "../../lib/messages";
import type { Report } from "../../lib/operation/part";
import { onClose, onInput, shorten, type Send } from "../common/adapter";
import { ConfigReader, service, type RawConfig } from "../common/config";
import type { ModelService } from "../common/services";
import { inspect, partOf } from "../common/operation";
import { StatusLine } from "../common/status";
import { Wiring } from "./wiring";

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
    const wiring = new Wiring(RED, this, slot, () => show());
    const show = (): void => {
      const fault = slot.state.fault ?? wiring.misfit ?? slot.state.refused?.fault;
      if (fault !== undefined && fault.message !== logged) this.error(fault.message);
      logged = fault?.message;
      status.set(...describe(slot.state, wiring.misfit, notJudged));
    };
    const unfollow = slot.onChange(() => wiring.check());
    show();

    const part = partOf(this);
    const { counts } = part;
    inspect(this, (report) => tell(report, slot.state, wiring.misfit));
    const input = async (message: EdgeMessage, send: Send): Promise<void> => {
      const prediction = await (message.unusable
        ? slot.pass(faultPrediction("unusable", message.unusable.reason))
        : slot.infer(message, { why }));
      const fault = slot.state.phase === "ready" ? prediction.fault?.message : undefined;
      if (fault !== notJudged || (!prediction.fault && wiring.misfit)) {
        notJudged = fault;
        if (!prediction.fault) wiring.judged();
        show();
      }
      message.prediction = prediction;
      message.payload = prediction;
      counts.count("predictions_total", prediction.fault?.code ?? prediction.label ?? "none");
      if (!prediction.fault) counts.took("infer", prediction.latency_ms);
      else if (prediction.fault.code === "overload") part.lose();
      send(message);
    };
    onInput(this, input, { limit: slot.limit, policy: "unjudged" });
    onClose(this, () => {
      unfollow();
      wiring.close();
      status.close();
      lease.release();
    });
  }
  RED.nodes.registerType("tensorrt-infer", TensorrtInfer);
};

/** With no model at all samples still go on, so that the limits behind this node guard. */
function passUnjudged(node: Node, reason: string): void {
  node.error(reason);
  partOf(node).refused = new EdgeError("no-model", reason);
  new StatusLine(node).set("red", "ring", shorten(reason));
  onInput(node, (message, send) => {
    message.prediction = message.unusable
      ? faultPrediction("unusable", message.unusable.reason)
      : faultPrediction("no-model", reason);
    message.payload = message.prediction;
    send(message);
  });
}

function tell(
  report: Report,
  { phase, model, info, fault, candidate, refused }: SlotState,
  misfit: Fault | undefined,
): void {
  report.gauge("model_ready", phase === "ready" ? 1 : 0);
  if (model && info) {
    const { kind, provider, device } = info.backend;
    report.gauge("model_info", 1, {
      model: model.name,
      version: model.version,
      backend: `${kind} ${provider} ${device}`,
    });
  }
  if (misfit) report.reason({ severity: "down", code: misfit.code, cause: misfit.message });
  if (refused) report.reason({ severity: "degraded", code: refused.fault.code, cause: refused.fault.message });
  if (phase === "empty" || (phase === "ready" && !fault)) return;
  const cause = fault?.message ?? `${candidate} is being loaded`;
  report.reason({ severity: "down", code: fault?.code ?? "model-loading", cause });
}

type Shown = Parameters<StatusLine["set"]>;

function describe(state: SlotState, misfit: Fault | undefined, notJudged: string | undefined): Shown {
  const name = state.model ? `${state.model.name} ${state.model.version}` : (state.candidate ?? "");
  if (state.phase === "empty") return ["grey", "ring", "collect only"];
  if (state.phase === "loading") return ["yellow", "ring", `loading ${name}`];
  const lacking = state.phase === "ready" ? "dot" : "ring";
  if (state.fault) return ["red", lacking, shorten(`${state.fault.code}: ${state.fault.message}`)];
  if (misfit) return ["red", "ring", shorten(`${misfit.code}: ${misfit.message}`, 60)];
  // The one before serves.
  if (state.refused)
    return ["yellow", "dot", shorten(`${name} · ${state.refused.fault.code}: ${state.refused.fault.message}`)];
  if (notJudged !== undefined) return ["yellow", "dot", shorten(`not judged: ${notJudged}`)];
  return ["green", "dot", `${state.info?.title} · ${name}`];
}
