/** What GitHub's REST API answers that is no success, in words that say what mends it. */
import { EdgeError } from "../errors";
import { isRecord } from "../path";
import { Later } from "./later";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined where the answer has none. */
  readonly body: unknown;
}

const MINUTE_MS = 60_000;
/** Of a limit that resets later than this the clock is wrong, or the answer. */
const LONGEST_LIMIT_MS = 3_600_000;
/** What a token must be allowed to do. */
export const RIGHTS =
  "a fine-grained token needs Actions: read and write on this repository, a classic one the scope repo";

/**
 * An answer as an error: `Later` for what passes by itself, EdgeError for what a person must mend.
 * @param what was asked for: "start the workflow mlops.yml"
 * @param now milliseconds since 1970, by the server's clock where it says
 */
export function refusal(answer: Answer, what: string, now: number): Error {
  const { status } = answer;
  const said = messageOf(answer);
  const limited = limitMs(answer, now);
  if (limited !== undefined) {
    const seconds = Math.ceil(limited / 1000);
    return new Later(
      new EdgeError("github-limit", `GitHub's rate limit: asked to wait ${seconds} s (${what})`),
      limited,
    );
  }
  if (status >= 500) return new Later(new EdgeError("github-down", `GitHub answers ${status} (${what}): ${said}`));
  if (status === 401)
    return new EdgeError("github-denied", `GitHub does not accept the token (${what}): ${said}`, {
      remedy: "it has expired or was revoked: enter another",
    });
  if (status === 403) return new EdgeError("github-denied", `the token may not ${what}: ${said}`, { remedy: RIGHTS });
  if (status === 422)
    return new EdgeError("github-input", `GitHub cannot ${what}: ${said}`, { remedy: inputRemedy(said) });
  if (status === 410) return new EdgeError("github-expired", `${what}: it is not kept any more (410)`);
  return new EdgeError("github-answer", `GitHub answers ${status} (${what}): ${said}`);
}

/**
 * How long to leave the server alone: `retry-after` first, then the reset of a limit that is used up, else a minute for an
 * answer that speaks of a limit (GitHub's "Best practices for using the REST API"). undefined where it is no limit.
 */
function limitMs({ status, headers, body }: Answer, now: number): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const after = Number(headers.get("retry-after") ?? Number.NaN);
  if (Number.isFinite(after) && after >= 0) return Math.min(after * 1000, LONGEST_LIMIT_MS);
  const reset = Number(headers.get("x-ratelimit-reset") ?? Number.NaN);
  if (headers.get("x-ratelimit-remaining") === "0" && Number.isFinite(reset)) {
    return Math.min(Math.max(reset * 1000 - now, 1_000), LONGEST_LIMIT_MS);
  }
  const said = isRecord(body) && typeof body["message"] === "string" ? body["message"] : "";
  return status === 429 || /rate limit/i.test(said) ? MINUTE_MS : undefined;
}

/** What it says itself, with its list of errors. */
export function messageOf({ body, status }: Answer): string {
  if (!isRecord(body)) return `no reason given (${status})`;
  const message = typeof body["message"] === "string" ? body["message"] : `no reason given (${status})`;
  const errors = Array.isArray(body["errors"]) ? body["errors"] : [];
  const named = errors.map((error: unknown) =>
    typeof error === "string" ? error : isRecord(error) && typeof error["message"] === "string" ? error["message"] : "",
  );
  return [message, ...named]
    .filter((part) => part !== "")
    .join("; ")
    .replace(/\s+/g, " ")
    .slice(0, 300);
}

function inputRemedy(said: string): string {
  if (/no ref found|reference/i.test(said)) return "the field Ref names no branch or tag of this repository";
  if (/workflow_dispatch/i.test(said)) return "the workflow lacks `on: workflow_dispatch` on that ref";
  return "the workflow's inputs are not those of mlops.yml as this version of the package has it: bring it up to date";
}
