import assert from "node:assert/strict";
import type { StoreState } from "../../../lib/context/store";
import { shownFor, type LastScan } from "../../../nodes/qr-context/status";

const PLACE = "redis 10.0.0.5:6379";
const ready: StoreState = { phase: "ready", text: "redis · cache" };
const connecting: StoreState = { phase: "waiting", text: `${PLACE} · connecting`, peer: { away: "" } };
const refused = "nothing listens there (connection refused)";
const away: StoreState = { phase: "waiting", text: `${PLACE} · ${refused}`, peer: { away: refused } };
const uncached: StoreState = { phase: "degraded", text: `${PLACE} · cache off: NOPERM — ACL SETUSER edge +ping` };

const shown = (state: StoreState, last: Partial<LastScan> = {}): string =>
  shownFor(state, PLACE, { fault: undefined, stale: false, ...last }).join(" ");

describe("the status of qr-context", () => {
  it("is green while lookups are answered", () => {
    assert.equal(shown(ready), "green dot redis · cache");
  });

  it("is red when lookups fail, and names the store", () => {
    assert.equal(shown(away), `red ring ${PLACE} · nothing listens there`);
    assert.equal(shown(connecting, { fault: "context-unavailable" }), `red ring ${PLACE} · connecting`);
    assert.equal(shown(ready, { fault: "context-deadline" }), `red dot ${PLACE} · no answer in time`);
    assert.equal(shown(uncached, { fault: "context-unavailable" }), `red dot ${PLACE} · lookups fail`);
  });

  it("is yellow when they are answered all the same, or it is not the store's fault", () => {
    assert.equal(shown(connecting), `yellow ring ${PLACE} · connecting`);
    assert.equal(shown(away, { stale: true }), `yellow dot from memory · ${PLACE} · nothing listens there`);
    assert.equal(shown(uncached), `yellow dot ${PLACE} · cache off`);
    assert.equal(shown(ready, { fault: "context-unknown" }), "yellow dot context-unknown · redis · cache");
  });
});
