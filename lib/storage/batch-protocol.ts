import { isMainThread, parentPort } from "node:worker_threads";
import { EdgeError, asError, errorCode } from "../errors";

/** What became of one request of a batch. */
export type Outcome<T> = { readonly value: T } | { readonly error: EdgeError };

/** An error as it crosses threads: structured clone keeps neither class nor code. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
}

export type WireOutcome = { readonly value: unknown } | { readonly error: WireError };

/** What a worker sends: once how its start went, then one answer per batch, outcomes in the order of the requests. */
export type FromWorker =
  { readonly ready: true } | { readonly failed: WireError } | { readonly outcomes: WireOutcome[] };

export function toWire(thrown: unknown): WireError {
  const { message } = asError(thrown);
  const remedy = thrown instanceof EdgeError ? thrown.remedy : undefined;
  if (remedy === undefined) return { code: errorCode(thrown), message };
  return { code: errorCode(thrown), message: message.slice(0, -` — ${remedy}`.length), remedy };
}

export function fromWire(error: WireError): EdgeError {
  return new EdgeError(error.code, error.message, error.remedy === undefined ? {} : { remedy: error.remedy });
}

/** The file a worker serves from: answers batches until it is closed. */
export interface BatchServer<Request> {
  answer(batch: readonly Request[]): Outcome<unknown>[];
  close(): void;
}

/** The body of a worker thread: opens, says whether that worked, then answers one batch at a time. */
export function serveBatches<Request>(open: () => BatchServer<Request>): void {
  const port = parentPort;
  if (isMainThread || !port) throw new EdgeError("internal", "this file is the body of a worker thread");
  const post = (message: FromWorker): void => port.postMessage(message);
  let server: BatchServer<Request>;
  try {
    server = open();
  } catch (error) {
    post({ failed: toWire(error) });
    port.close();
    return;
  }
  port.on("message", (batch: readonly Request[] | "close") => {
    if (batch === "close") {
      server.close();
      port.close();
      return;
    }
    post({
      outcomes: server
        .answer(batch)
        .map((outcome) => ("error" in outcome ? { error: toWire(outcome.error) } : outcome)),
    });
  });
  post({ ready: true });
}
