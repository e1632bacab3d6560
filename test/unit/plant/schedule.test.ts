import assert from "node:assert/strict";
import * as fc from "fast-check";
import { KeyTemplate } from "../../../lib/context/key-template";
import { NoRead, readScan } from "../../../lib/context/scan";
import { CODE_FORMS, codeText, contextKey, scannedText } from "../../../lib/plant/codes";
import { Random } from "../../../lib/plant/random";
import { EPISODE_RUNS, FaultCourse, MAX_FAULT_SHARE } from "../../../lib/plant/schedule";

describe("random faults of a rig", () => {
  for (const share of [0, 0.1, 0.35, MAX_FAULT_SHARE]) {
    it(`make ${share * 100} % of runs faulty when told so, in episodes of ${EPISODE_RUNS} runs`, () => {
      const course = new FaultCourse(new Random(1), share);
      let faulty = 0;
      let episodes = 0;
      let before: unknown = null;
      for (let run = 0; run < 100_000; run++) {
        const fault = course.next();
        if (fault) faulty++;
        if (fault && fault !== before) episodes++;
        before = fault;
      }
      assert.ok(Math.abs(faulty / 100_000 - share) < 0.015, `share ${faulty / 100_000}`);
      if (share > 0) assert.ok(Math.abs(faulty / episodes - EPISODE_RUNS) < 0.3, `length ${faulty / episodes}`);
    });
  }

  it("clearing ends the episode under way and changes nothing that is drawn later", () => {
    const cleared = new FaultCourse(new Random(2), 0.5);
    while (!cleared.next());
    cleared.clear();
    const same = new FaultCourse(new Random(3), 0.35);
    const other = new FaultCourse(new Random(3), 0.35);
    for (let i = 0; i < 10; i++) {
      same.next();
      other.next();
    }
    other.clear();
    const rest = Array.from({ length: 200 }, () => [same.next(), other.next()] as const);
    assert.deepEqual(rest.at(-1)?.[0], rest.at(-1)?.[1]);
  });
});

describe("codes", () => {
  const name = { gtin: "09506000134352", batch: "B564B4-1-0001", unit: 7 };
  const template = new KeyTemplate("context:{code}");

  it("come in three forms", () => {
    assert.equal(codeText("plain", name), "B564B4-1-0001-007");
    assert.equal(codeText("gs1", name), "010950600013435210B564B4-1-0001\u001d21007");
    assert.equal(codeText("digital-link", name), "https://id.example.org/01/09506000134352/10/B564B4-1-0001/21/007");
  });

  it("are found under their key by the default key template, whatever their form", () => {
    fc.assert(
      fc.property(fc.constantFrom(...CODE_FORMS), fc.integer({ min: 1, max: 999 }), (form, unit) => {
        const code = codeText(form, { ...name, unit });
        const scan = readScan(scannedText(form, code), new NoRead([]));
        assert.equal(scan.code, code);
        const key = template.render({ scan, reader: undefined, asset: undefined, context: undefined });
        assert.equal(key, contextKey(code));
        if (form !== "plain") assert.deepEqual([scan.gs1?.["gtin"], scan.gs1?.["batch"]], [name.gtin, name.batch]);
      }),
    );
  });
});
