import type { NodeAPI } from "node-red";
import { systemClock, type Clock } from "../../lib/clock";
import { asError } from "../../lib/errors";
import { within } from "../../lib/fusion/link";
import type { RawConfig } from "./config";
import { fromDialog } from "./dialog";

/** What a dialog's test button shows. */
export interface TestAnswer {
  readonly ok: boolean;
  readonly text: string;
}

/** Long enough for a slow server, short enough for somebody who waits at a dialog. */
const LIMIT_MS = 15_000;

/**
 * "Test connection" of a config node: answers with what `test` found, always names the place that was tried, and never
 * keeps the dialog waiting.
 * @param place where the dialog's values lead to; may throw where they lead nowhere
 */
export function testRoute(
  RED: NodeAPI,
  type: string,
  place: (body: RawConfig) => string,
  test: (body: RawConfig) => Promise<TestAnswer>,
): void {
  RED.httpAdmin.post(`/context-edge/${type}/test`, RED.auth.needsPermission(`${type}.write`), (request, response) => {
    const body = fromDialog(request.body);
    answerOf(
      () => test(body),
      () => place(body),
      systemClock,
    ).then(
      (answer) => response.json(answer),
      () => response.status(500).end(),
    );
  });
}

/** Never rejects, and answers within 15 s. */
export async function answerOf(
  test: () => Promise<TestAnswer>,
  place: () => string,
  clock: Clock,
): Promise<TestAnswer> {
  const begun = Promise.resolve().then(test);
  const { ok, text } = await within(begun, LIMIT_MS, "the test", clock).catch((error: unknown) => ({
    ok: false,
    text: asError(error).message,
  }));
  return { ok, text: placed(text, place) };
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
