import { EdgeError, asError } from "../errors";
import type { Backend, LoadOptions, Model, Release } from "./backend";

/** What a configuration may ask for. */
export type BackendChoice = "auto" | "onnx" | "tensorrt";

/**
 * Loads a release with the backend that was asked for. "auto" takes the first that loads, in the order given. A named
 * one that is not there, or cannot load, is an error, unless falling back is allowed: then the next is taken, and says
 * on every prediction what it stands in for.
 *
 * @throws EdgeError `backend-missing`, or what the last backend that was tried threw
 */
export async function loadWith(
  choice: BackendChoice,
  backends: readonly Backend[],
  allowFallback: boolean,
  release: Release,
  options: Omit<LoadOptions, "fallback">,
): Promise<Model> {
  const named = backends.find((backend) => backend.kind === choice);
  let failure: Error | undefined;
  if (choice === "auto") failure = new EdgeError("backend-missing", "no backend is there");
  else if (!named)
    failure = new EdgeError(
      "backend-missing",
      `the backend ${choice} is not there; there are: ${backends.map((b) => b.kind).join(", ")}`,
    );
  else {
    try {
      return await named.load(release, { ...options, fallback: null });
    } catch (error) {
      failure = asError(error);
    }
  }
  if (choice !== "auto" && !allowFallback) throw failure;
  const fallback = choice === "auto" ? null : { from: choice, reason: failure.message };
  for (const backend of backends) {
    if (backend === named) continue;
    try {
      return await backend.load(release, { ...options, fallback });
    } catch (error) {
      failure = asError(error);
    }
  }
  throw failure;
}
