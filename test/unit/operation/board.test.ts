import assert from "node:assert/strict";
import { EdgeError } from "../../../lib/errors";
import { Board } from "../../../lib/operation/board";
import { Exporter } from "../../../lib/operation/exposition";
import { healthOf } from "../../../lib/operation/health";

const SCAN = { id: "a1", type: "qr-context", name: 'line "1"' };

function running(): Board {
  const board = new Board();
  board.started();
  return board;
}

/** Sample lines by what stands before the value. */
async function scraped(board: Board): Promise<ReadonlyMap<string, number>> {
  const { text } = await new Exporter(board).scrape();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

describe("the board of nodes", () => {
  it("is ready when the flows run and no node is down, and says of each other one why", () => {
    const board = new Board();
    assert.deepEqual(
      healthOf(board).reasons.map(({ cause }) => cause),
      ["the flows are not started"],
    );
    board.started();
    const part = board.join(SCAN);
    assert.equal(healthOf(board).ready, true);
    part.inspect = (report) =>
      report.reason({ severity: "degraded", asset: "motor-1", code: "limit", cause: "no limit" });
    const degraded = healthOf(board);
    assert.deepEqual(
      [degraded.ready, degraded.reasons],
      [true, [{ ...SCAN, severity: "degraded", asset: "motor-1", code: "limit", cause: "no limit" }]],
    );
    part.refused = new EdgeError("config-node", "no store is chosen");
    const down = healthOf(board);
    assert.equal(down.ready, false);
    assert.deepEqual(
      down.reasons.map(({ severity, code }) => [severity, code]),
      [
        ["down", "config-node"],
        ["degraded", "limit"],
      ],
    );
  });

  it("still hears the others when one cannot be asked", () => {
    const board = running();
    board.join(SCAN).inspect = () => {
      throw new Error("gone");
    };
    board.join({ id: "a2", type: "decision", name: "" }).inspect = (report) =>
      report.reason({ severity: "degraded", cause: "heard" });
    assert.deepEqual(
      healthOf(board).reasons.map(({ cause }) => cause),
      ["cannot be asked: Error: gone", "heard"],
    );
  });

  it("lists a hundred reasons, those that are down first, and counts the rest", () => {
    const board = running();
    board.join(SCAN).inspect = (report) => {
      for (let n = 0; n < 150; n++) report.reason({ severity: n === 149 ? "down" : "degraded", cause: `channel ${n}` });
    };
    const { ready, reasons, more } = healthOf(board);
    assert.deepEqual([ready, reasons.length, more, reasons[0]?.cause], [false, 100, 50, "channel 149"]);
  });

  it("lets a node count on over a deploy, and forgets one that does not come back", async () => {
    const board = running();
    const key = 'context_edge_lookups_total{type="qr-context",node="a1",name="line \\"1\\"",result="found"}';
    const first = board.join(SCAN);
    first.counts.count("lookups_total", "found");
    board.leave(first);
    const second = board.join(SCAN);
    board.started();
    second.counts.count("lookups_total", "found");
    assert.equal((await scraped(board)).get(key), 2);
    board.leave(second);
    board.started();
    assert.equal((await scraped(board)).get(key), undefined);
  });

  it("bounds the words it tells apart: any number of codes ends in one", () => {
    const { counts } = running().join(SCAN);
    for (let n = 0; n < 1000; n++) counts.failure(new EdgeError(`code-${n}`, "text"));
    counts.failure(new Error("a library's own"));
    assert.equal(counts.failed.size, 41);
    assert.equal(counts.failed.get("other"), 961);
  });

  it("writes latencies as a histogram in seconds, each bound with all below it", async () => {
    const board = running();
    const { counts } = board.join(SCAN);
    for (const ms of [0.03125, 3, 3, 20_000]) counts.took("lookup", ms);
    const lines = await scraped(board);
    const at = (what: string, le = ""): number | undefined =>
      lines.get(
        `context_edge_latency_seconds_${what}{type="qr-context",node="a1",name="line \\"1\\"",step="lookup"${le === "" ? "" : `,le="${le}"`}}`,
      );
    assert.deepEqual(
      ["0.00005", "0.0025", "0.005", "10", "+Inf"].map((le) => at("bucket", le)),
      [1, 1, 3, 3, 4],
    );
    assert.deepEqual([at("count"), at("sum")], [4, 20.00603125]);
  });
});
