import assert from "node:assert/strict";
import type { Pointer } from "../../../lib/messages-release";
import { signFiles } from "../../../lib/release/bundle";
import { seal } from "../../../lib/release/dsse";
import { newKey } from "../../../lib/release/keys";
import {
  readPointer,
  refuseExpired,
  refuseOlder,
  refuseRevoked,
  signPointer,
  type Moment,
} from "../../../lib/release/pointer";
import { sha256 } from "../../../lib/storage/hash";

const CHANNEL = { model: "motor-faults", ring: "stable" };
const pointer: Pointer = {
  schema: "pointer/1",
  ...CHANNEL,
  version: "1.2.0",
  release_sha256: sha256("bundle"),
  pointer_seq: 7,
  issued_at: "2026-11-24T10:00:00.000Z",
  expires_at: "2026-12-24T10:00:00.000Z",
  reason: "retrained",
  epoch: "0".repeat(32),
  recent_epochs: [],
};
const by = newKey();
const trusted = [newKey().public, by.public];
const TYPE = "application/vnd.context-edge.pointer+json";

/** Signed without the checks of who signs. */
function forged(value: object, type = TYPE, keyid = by.public.fingerprint): Uint8Array {
  return Buffer.from(JSON.stringify(seal(type, Buffer.from(JSON.stringify(value)), by, keyid)));
}

describe("a channel's pointer", () => {
  it("is read back as it was signed", () => {
    const read = readPointer(signPointer(pointer, by), trusted, CHANNEL);
    assert.deepEqual(read.pointer, pointer);
    assert.equal(read.signer.fingerprint, by.public.fingerprint);
    // Signatures are random: the same content signed again is the same pointer.
    const again = readPointer(signPointer(pointer, by), trusted, CHANNEL);
    assert.equal(read.contentSha256, again.contentSha256);
  });

  it("is refused whichever bit of it is turned", () => {
    const bytes = signPointer(pointer, by);
    const changed = Uint8Array.from(bytes);
    for (const [at, byte] of bytes.entries()) {
      for (let bit = 0; bit < 8; bit++) {
        changed[at] = byte ^ (1 << bit);
        assert.throws(() => readPointer(changed, trusted, CHANNEL), { name: "EdgeError" }, `byte ${at}, bit ${bit}`);
      }
      changed[at] = byte;
    }
  });

  const { expires_at: _, ...endless } = pointer;
  const refused: [name: string, bytes: Uint8Array, code: string, message?: RegExp][] = [
    ["for another model", forged({ ...pointer, model: "other" }), "pointer-invalid", /it is one for other\/stable/],
    ["for another ring", forged({ ...pointer, ring: "pilot" }), "pointer-invalid", /motor-faults\/pilot/],
    ["of another schema", forged({ ...pointer, schema: "pointer/2" }), "signature-invalid"],
    ["with an unknown field", forged({ ...pointer, force: true }), "signature-invalid"],
    ["without a number", forged({ ...pointer, pointer_seq: undefined }), "signature-invalid"],
    ["with number 0", forged({ ...pointer, pointer_seq: 0 }), "signature-invalid"],
    ["with a number that a double cannot hold", forged({ ...pointer, pointer_seq: 2 ** 53 }), "signature-invalid"],
    ["with a version that leaves its prefix", forged({ ...pointer, version: "1..2" }), "pointer-invalid", /object key/],
    ["with a version that is a path", forged({ ...pointer, version: "../1" }), "signature-invalid"],
    ["that expires before it is issued", forged({ ...pointer, expires_at: pointer.issued_at }), "pointer-invalid"],
    ["that expires never-ever", forged({ ...pointer, expires_at: "2026-13-99T10:00:00Z" }), "pointer-invalid"],
    ["that revokes what it names", forged({ ...pointer, revoked: [pointer.release_sha256] }), "pointer-invalid"],
    ["signed as another document", forged(pointer, "application/vnd.in-toto+json"), "signature-invalid"],
    ["signed by a stranger", signPointer(pointer, newKey()), "signature-untrusted", /says that it is signed by/],
    ["signed by a stranger, with a trusted key's name", forgedBy(), "signature-invalid", /was changed, or another key/],
    ["which is a release's bundle", signFiles(new Map([["a", sha256("")]]), "a", by), "signature-invalid"],
  ];
  function forgedBy(): Uint8Array {
    const envelope = seal(TYPE, Buffer.from(JSON.stringify(pointer)), newKey(), by.public.fingerprint);
    return Buffer.from(JSON.stringify(envelope));
  }
  for (const [name, bytes, code, message = /./] of refused) {
    it(`is refused ${name}`, () => {
      assert.throws(() => readPointer(bytes, trusted, CHANNEL), { code, message });
    });
  }

  it("cannot be signed where no device would take it", () => {
    assert.throws(() => signPointer({ ...pointer, version: "A" }, by), { code: "pointer-invalid" });
    assert.throws(() => signPointer({ ...pointer, reason: "two\nlines" }, by), { code: "pointer-invalid" });
  });

  it("is refused when it is older than one that was seen, or another of the same number", () => {
    const read = readPointer(signPointer(pointer, by), trusted, CHANNEL);
    const { contentSha256 } = read;
    for (const seen of [undefined, { seq: 6, contentSha256: "" }, { seq: 7, contentSha256 }]) refuseOlder(read, seen);
    assert.throws(() => refuseOlder(read, { seq: 8, contentSha256 }), { code: "pointer-older", message: /--after 8/ });
    assert.throws(() => refuseOlder(read, { seq: 7, contentSha256: sha256("") }), { code: "pointer-conflict" });
  });

  describe("that can expire", () => {
    const day = Date.parse("2026-12-01T00:00:00.000Z");
    const late = Date.parse("2026-12-24T10:00:00.000Z");
    const doubt = "no time service keeps the clock";
    const cases: [name: string, moment: Moment, code: string | undefined][] = [
      ["before the end", { now: day, doubt: undefined, notBefore: 0 }, undefined],
      ["a millisecond before the end", { now: late - 1, doubt: undefined, notBefore: 0 }, undefined],
      ["at the end", { now: late, doubt: undefined, notBefore: 0 }, "pointer-expired"],
      ["a clock in doubt that says before the end", { now: day, doubt, notBefore: 0 }, "clock-untrusted"],
      ["a clock in doubt that says 1970", { now: 0, doubt, notBefore: 0 }, "clock-untrusted"],
      ["a clock in doubt that says after the end", { now: late, doubt, notBefore: 0 }, "pointer-expired"],
      ["a clock set back behind what is known", { now: day, doubt: undefined, notBefore: late }, "pointer-expired"],
    ];
    for (const [name, moment, code] of cases) {
      it(`${name}: ${code ?? "activates"}`, () => {
        if (code === undefined) refuseExpired(pointer, moment);
        else assert.throws(() => refuseExpired(pointer, moment), { code });
        // Without an end the clock does not matter.
        refuseExpired(endless, moment);
      });
    }
  });

  it("stops what it revokes", () => {
    const old = { model: "motor-faults", version: "1.1.0", digests: [sha256("bundle"), sha256("root")] };
    refuseRevoked(old, new Set([sha256("other")]));
    for (const digest of old.digests)
      assert.throws(() => refuseRevoked(old, new Set([digest])), { code: "release-revoked" });
  });
});
