import assert from "node:assert/strict";
import { AssetTable } from "../../../lib/assets";
import { commandOf } from "../../../lib/command";
import { MOST_ALARMS } from "../../../lib/decision/capacity";
import { COMMANDS, parseCommand } from "../../../lib/decision/commands";
import { EdgeError } from "../../../lib/errors";
import { RandomMessages, shown } from "../../support/random-messages";
import { Plant } from "./plant";

const MESSAGES = 250_000;

const TABLE = new AssetTable([{ id: "motor-1", line: "line-1", station: "", readers: ["A100"] }]);

interface Insides {
  state: { assets: Map<string, Map<string, unknown>>; floods: Map<string, unknown> };
  owners: Map<string, unknown>;
}

describe("decision: a quarter of a million messages of which anything may come", function () {
  this.timeout(120_000);

  it("are each judged, obeyed, counted or refused with a reason", async () => {
    const plant = await Plant.start({ model: { n: 1, m: 1 }, floodLimit: 1e9 }, { assets: TABLE });
    const desk = (plant as unknown as { desk: Parameters<typeof plant.book.command>[0] }).desk;
    const messages = new RandomMessages(
      { fusion: 70, prediction: 12, sensor_data: 30, context: 30, asset: 20, command: 5, unusable: 10 },
      99,
    );
    const outcomes = { judged: 0, notices: 0, obeyed: 0, refused: 0 };
    let ids = 0;
    for (let n = 0; n < MESSAGES; n++) {
      const message = messages.next();
      const { fusion } = message;
      // As sensor-fuse mints them, in most: a sample that comes again is judged once.
      if (typeof fusion === "object" && fusion !== null && messages.draw(4) > 0)
        message.fusion = { ...fusion, id: `sample-${ids++}` };
      try {
        const command = commandOf(message, COMMANDS);
        if (command && !fusion) {
          await plant.book.command(desk, parseCommand(command));
          outcomes.obeyed++;
        } else {
          const decided = plant.decider.decide(message);
          if (decided === undefined) outcomes.notices++;
          else {
            assert.match(decided.decision.outcome, /^(alert|repeat|delayed|shelved|review|normal|unjudged)$/);
            await decided.settled;
            outcomes.judged++;
          }
        }
      } catch (error) {
        if (!(error instanceof EdgeError)) throw new Error(`thrown at ${shown(message)}`, { cause: error });
        outcomes.refused++;
      }
      if (n % 1000 === 0) plant.clock.advance(messages.draw(2_000));
    }
    const { judged, duplicates, notices } = plant.decider.counts;
    assert.deepEqual([judged, duplicates + notices], [outcomes.judged, outcomes.notices]);
    assert.ok(judged > MESSAGES / 4, `${judged} were judged`);
    assert.ok(outcomes.refused > 0);
    const { state, owners } = plant.book as unknown as Insides;
    const alarms = [...state.assets.values()].reduce((sum, labels) => sum + labels.size, 0);
    assert.ok(alarms > 0 && alarms <= MOST_ALARMS, `${alarms} alarms`);
    assert.ok(owners.size <= MOST_ALARMS, `${owners.size} owners`);
    assert.ok(state.floods.size <= MOST_ALARMS, `${state.floods.size} floods`);
    const { assets } = plant.decider.limits.unguarded as unknown as { assets: Map<string, unknown> };
    assert.ok(assets.size <= 1_000);
    plant.book.detach(desk);
    await plant.book.close();
  });
});
