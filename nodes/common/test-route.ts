import type { NodeAPI } from "node-red";
import { systemClock, type Clock } from "../../lib/clock";
import { asError, EdgeError } from "../../lib/errors";
import { within } from "../../lib/waiting";
import type { RawConfig } from "./config";
import { fromDialog, jsonOnly } from "./dialog";

/** What a dialog's test button shows. */
export interface TestAnswer {
  readonly ok: boolean;
  readonly text: string;
}

/** What a dialog is answered: a sentence for somebody who waits, and what it asked for. */
export interface DialogAnswer extends TestAnswer {
  /** Why it failed, as the node's help lists it. */
  readonly code?: string;
}

/** Long enough for a slow server, short enough for somebody who waits at a dialog. */
const LIMIT_MS = 15_000;

/**
 * "Test connection" of a config node: answers with what `test` found, always names the place that was tried, and never
 * keeps the dialog waiting.
 * @param place where the dialog's values lead to; may throw where they lead nowhere
 * @param needs a further permission that values ask for
 */
export function testRoute(
  RED: NodeAPI,
  type: string,
  place: (body: RawConfig) => string,
  test: (body: RawConfig) => Promise<TestAnswer>,
  needs?: (body: RawConfig) => string | undefined,
): void {
  dialogRoute(RED, type, "test", place, test, needs);
}

/**
 * Answers what a config node's dialog asks of the place that its settings lead to; otherwise as `testRoute`.
 * @param action the route's last word
 */
export function dialogRoute(
  RED: NodeAPI,
  type: string,
  action: string,
  place: (body: RawConfig) => string,
  answer: (body: RawConfig) => Promise<DialogAnswer>,
  needs: (body: RawConfig) => string | undefined = () => undefined,
): void {
  RED.httpAdmin.post(
    `/context-edge/${type}/${action}`,
    RED.auth.needsPermission(`${type}.write`),
    jsonOnly,
    (request, response, next) => {
      const permission = needs(fromDialog(RED, request.body));
      if (permission === undefined) next();
      else RED.auth.needsPermission(permission)(request, response, next);
    },
    (request, response) => {
      const body = fromDialog(RED, request.body);
      answerOf(
        () => answer(body),
        () => place(body),
        systemClock,
        action === "test" ? "the test" : action,
      ).then(
        (given) => response.json(given),
        () => response.status(500).end(),
      );
    },
  );
}

/** Never rejects, and answers within 15 s. @param what for the message that it took too long */
export async function answerOf(
  ask: () => Promise<DialogAnswer>,
  place: () => string,
  clock: Clock,
  what = "the test",
): Promise<DialogAnswer> {
  const begun = Promise.resolve().then(ask);
  const answer = await within(begun, LIMIT_MS, what, clock).catch((error: unknown) => ({
    ok: false,
    text: asError(error).message,
    ...(error instanceof EdgeError ? { code: error.code } : {}),
  }));
  return { ...answer, text: placed(answer.text, place) };
}

function placed(text: string, place: () => string): string {
  try {
    const where = place();
    return where === "" || text.includes(where) ? text : `${where}: ${text}`;
  } catch {
    // Settings that lead nowhere: the text says what is wrong with them.
    return text;
  }
}
