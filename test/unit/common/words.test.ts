import assert from "node:assert/strict";
import { kindOf } from "../../../lib/words";

describe("the kind of a value", () => {
  const kinds: [unknown, string][] = [
    [{}, "an object"],
    [[], "a list"],
    ["x", "a text"],
    [1.5, "a number"],
    [true, "true"],
    [null, "nothing"],
    [undefined, "nothing"],
    [() => 1, "a function"],
    [Symbol("x"), "a symbol"],
    [1n, "a bigint"],
  ];
  for (const [value, kind] of kinds) it(`${kind} is said so`, () => assert.equal(kindOf(value), kind));
});
