import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Portions } from "../../../lib/fusion/opcua/portions";

/** A server that takes so many operations in one request. */
function server(limit: number): { send: (items: number[]) => Promise<number[]>; requests: number[] } {
  const requests: number[] = [];
  return {
    requests,
    send: (items) => {
      requests.push(items.length);
      if (items.length > limit) return Promise.reject(new Error("serviceResult = BadTooManyOperations (0x80100000)"));
      return Promise.resolve(items.map((item) => item * 2));
    },
  };
}

describe("portions of a request", () => {
  it("bring every answer in its place, whatever the server's limit", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.integer(), { maxLength: 200 }),
        async (limit, size, items) => {
          const { send } = server(limit);
          assert.deepEqual(
            await new Portions(size).each(items, send),
            items.map((item) => item * 2),
          );
        },
      ),
    );
  });

  it("keep the size that passed", async () => {
    const { send, requests } = server(3);
    const portions = new Portions(8);
    const items = Array.from({ length: 8 }, (_, i) => i);
    await portions.each(items, send);
    const learning = requests.length;
    await portions.each(items, send);
    assert.ok(requests.slice(learning).every((count) => count <= 3));
  });

  it("pass on what fails for another reason, or for a single operation", async () => {
    const portions = new Portions(4);
    await assert.rejects(
      portions.each([1, 2], () => Promise.reject(new Error("BadSessionClosed"))),
      /BadSessionClosed/,
    );
    await assert.rejects(portions.each([1], server(0).send), /BadTooManyOperations/);
  });

  it("do not ask for ever where a server answers with fewer results than it was asked for", async () => {
    for (const answer of [[], [1], [1, 2, 3]]) {
      await assert.rejects(
        new Portions(4).each([1, 2], () => Promise.resolve(answer)),
        { code: "opcua-connection", message: `the server answered a request of 2 operations with ${answer.length}` },
      );
    }
  });
});
