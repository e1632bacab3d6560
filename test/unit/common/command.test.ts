import assert from "node:assert/strict";
import { commandOf } from "../../../lib/command";
import type { EdgeMessage } from "../../../lib/messages";
import { fusion } from "../decision/support";

const sent = (command: unknown, more: EdgeMessage = {}): EdgeMessage => ({ ...more, command }) as EdgeMessage;

describe("the command of a message", () => {
  it("is the object that has a name", () => {
    const command = { name: "ack", mer_id: "MER-1" };
    assert.equal(commandOf(sent(command), "ack, list"), command);
    assert.equal(commandOf({}, "ack, list"), undefined);
  });

  const wrong: [unknown, RegExp][] = [
    ["ack", /msg\.command is the text "ack", must be an object with a name: ack, list — .*\{"name": "ack"\}/],
    [null, /msg\.command is null/],
    [{}, /an object without a name/],
    [{ name: 7 }, /an object without a name/],
    [{ name: "" }, /an object without a name/],
    [["ack"], /a list/],
    [true, /msg\.command is true/],
  ];
  for (const [command, message] of wrong) {
    it(`is refused in words when it is ${JSON.stringify(command)}`, () => {
      assert.throws(() => commandOf(sent(command), "ack, list"), { code: "command", message });
    });
    it(`is none of ours on a sample when it is ${JSON.stringify(command)}`, () => {
      assert.equal(commandOf(sent(command, { fusion: fusion() }), "ack, list"), undefined);
    });
  }
});
