import assert from "node:assert/strict";
import { EdgeError } from "../../../lib/errors";
import { channelSpec, type Trigger } from "../../../lib/fusion/channel";
import type { Fuser } from "../../../lib/fusion/fuser";
import { RandomMessages, shown } from "../../support/random-messages";
import { MOTOR, OTHER, setUp } from "./fuser-rig";

const CHANNELS = [
  channelSpec({ name: "temperature", unit: "°C", range: [-20, 200], features: ["mean"] }),
  channelSpec({ name: "vibration_x", unit: "mm/s", required: false }),
  channelSpec({ name: "hall", match: "hall/air", required: false }),
  channelSpec({ name: "m", match: "40", register: { type: "int16", order: "ABCD" }, required: false }),
];
/** On "channel" a reading of no asset makes a sample on each of up to 1,000. */
const MESSAGES: Readonly<Record<Trigger, number>> = {
  scan: 120_000,
  any: 60_000,
  run_end: 40_000,
  periodic: 20_000,
  channel: 10_000,
};

interface Insides {
  states: { byId: Map<string, unknown> };
  router: { routes: Map<string, unknown> };
  strangers: { names: Set<string> };
}

const counted = ({ matched, unmatched, strangers, counts }: Fuser): number =>
  matched + unmatched + strangers.readings + Object.values(counts).reduce((a, b) => a + b);

describe("fusion: a quarter of a million messages of which anything may come", function () {
  this.timeout(120_000);
  for (const [trigger, count] of Object.entries(MESSAGES) as [Trigger, number][]) {
    for (const assets of [[MOTOR, OTHER], []])
      it(`are each answered, with ${assets.length} assets declared and a sample on ${trigger}`, () => {
        const { fuser, clock, notices, emitted } = setUp(
          { channels: CHANNELS, trigger, triggerChannel: "temperature" },
          assets,
        );
        const messages = new RandomMessages({ payload: 80, topic: 70, scan: 6, asset: 20 }, 1000 + count);
        const { states, router, strangers } = fuser as unknown as Insides;
        let samples = 0;
        for (let n = 0; n < count / 2; n++) {
          const message = messages.next();
          const before = counted(fuser);
          try {
            const made = fuser.take(message);
            samples += made.length;
            for (const { message: sample, usable } of made) {
              assert.match(sample.fusion?.id ?? "", /^[0-9a-f-]{36}$/);
              assert.equal(usable, sample.unusable === undefined);
            }
            assert.ok(counted(fuser) > before, "nobody counted it");
          } catch (error) {
            if (!(error instanceof EdgeError)) throw new Error(`thrown at ${shown(message)}`, { cause: error });
          }
          if (n % 50 === 0) clock.advance(messages.draw(2_000));
          notices.length = 0;
          emitted.length = 0;
        }
        assert.ok(samples > 0);
        assert.ok(states.byId.size <= 1000 + assets.length, `${states.byId.size} assets`);
        assert.ok(router.routes.size <= 4096);
        assert.ok(strangers.names.size <= 64);
        const timers = (): number => (clock as unknown as { timers: unknown[] }).timers.length;
        assert.ok(timers() <= 2 * (states.byId.size + 1) + 1, `${timers()} timers`);
        fuser.close();
        assert.equal(timers(), 0);
      });
  }
});
