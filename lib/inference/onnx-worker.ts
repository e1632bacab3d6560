/**
 * The thread that runs a model too slow for the event loop. It holds one session and answers one run at a time.
 */
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { asError, errorCode } from "../errors";
import { Feeds, type FeedArray } from "./feeds";
import { OnnxSession, warmUp, type SessionSpec, type WarmUp } from "./onnx-session";

export interface RunRequest {
  readonly arrays: Readonly<Record<string, FeedArray>>;
  readonly rows: number;
}

export type WorkerAnswer =
  | { readonly kind: "ready"; readonly warm: WarmUp }
  | { readonly kind: "logits"; readonly logits: Float32Array }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

async function answer(port: MessagePort, work: () => Promise<WorkerAnswer>): Promise<void> {
  try {
    const done = await work();
    port.postMessage(done, done.kind === "logits" ? [done.logits.buffer as ArrayBuffer] : []);
  } catch (error) {
    port.postMessage({
      kind: "failed",
      code: errorCode(error, "runtime"),
      message: asError(error).message,
    } satisfies WorkerAnswer);
  }
}

async function open(port: MessagePort, spec: SessionSpec): Promise<WorkerAnswer> {
  const session = await OnnxSession.create(spec);
  port.on("message", ({ arrays, rows }: RunRequest) => {
    // The logits may lie in the runtime's memory: a copy can be handed over, that cannot.
    void answer(port, async () => ({
      kind: "logits",
      logits: (await session.run(new Feeds(spec.layout, rows, arrays), rows)).slice(),
    }));
  });
  return { kind: "ready", warm: await warmUp(session, spec.layout) };
}

if (parentPort) {
  const port = parentPort;
  void answer(port, () => open(port, workerData as SessionSpec));
}
