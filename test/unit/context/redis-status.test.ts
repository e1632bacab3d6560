import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { statusOf, type Standing } from "../../../lib/context/redis-status";

describe("what a store says of its connections", () => {
  const data = new Redis({ lazyConnect: true });
  const said = (standing: Partial<Standing>): string => {
    const { phase, text } = statusOf({
      data,
      place: "redis 10.0.0.5:6379",
      cache: undefined,
      proven: true,
      lastError: "",
      cacheFault: "",
      ...standing,
    });
    return `${phase}: ${text}`;
  };

  it("is ready once it has answered, with its cache where changes are told", () => {
    assert.equal(said({}), "ready: redis");
    assert.equal(said({ cache: { isTrusted: true } }), "ready: redis · cache");
    assert.equal(said({ cache: { isTrusted: false } }), "ready: redis");
  });

  it("names what is in the way", () => {
    assert.equal(said({ proven: false }), "waiting: redis 10.0.0.5:6379 · connecting");
    assert.equal(
      said({ proven: false, lastError: "no answer for 2 s", cacheFault: "cache off" }),
      "waiting: redis 10.0.0.5:6379 · no answer for 2 s",
    );
    assert.equal(
      said({ cache: { isTrusted: false }, cacheFault: "cache off" }),
      "degraded: redis 10.0.0.5:6379 · cache off",
    );
  });
});
