import assert from "node:assert/strict";
import { createHash, generateKeyPairSync } from "node:crypto";
import * as fc from "fast-check";
import { readBundle, signFiles } from "../../../lib/release/bundle";
import { newKey, readPrivateKey, readPublicKeys } from "../../../lib/release/keys";
import { sha256 } from "../../../lib/storage/hash";
import { digestsOf, signed } from "../../support/signed-release";

const FILES = new Map([
  ["model.json", Buffer.from("{}")],
  ["golden.json", Buffer.from("[]")],
  ["model.onnx", Buffer.from([8, 10])],
]);

function pem(type: "ec" | "rsa" | "ed25519", namedCurve = "P-256"): string {
  const pair =
    type === "ec"
      ? generateKeyPairSync("ec", { namedCurve })
      : type === "rsa"
        ? generateKeyPairSync("rsa", { modulusLength: 2048 })
        : generateKeyPairSync("ed25519");
  return pair.publicKey.export({ type: "spki", format: "pem" }).toString();
}

describe("a release's bundle", () => {
  const { by, bundle } = signed(FILES);
  const trusted = [newKey().public, by.public];

  it("signed here says which files there are, and who signed", () => {
    const read = readBundle(bundle, trusted);
    assert.deepEqual([...read.files.keys()], ["golden.json", "model.json", "model.onnx"]);
    assert.deepEqual(new Map(read.files), digestsOf(FILES));
    assert.equal(read.signer.fingerprint, by.public.fingerprint);
    assert.equal(read.bundleSha256, sha256(bundle));
    const digests = [...read.files.values()].map((digest) => Buffer.from(digest, "hex"));
    assert.equal(read.digest, createHash("sha256").update(Buffer.concat(digests)).digest("hex"));
  });

  it("is refused whichever bit of it is turned", () => {
    const changed = Uint8Array.from(bundle);
    for (const [at, byte] of bundle.entries()) {
      for (let bit = 0; bit < 8; bit++) {
        changed[at] = byte ^ (1 << bit);
        assert.throws(() => readBundle(changed, trusted), { name: "EdgeError" }, `byte ${at}, bit ${bit}`);
      }
      changed[at] = byte;
    }
  });

  it("is refused cut short, and lengthened", () => {
    for (const length of [0, 1, 100, bundle.length - 1])
      assert.throws(() => readBundle(bundle.subarray(0, length), trusted), { code: "signature-invalid" });
    assert.throws(() => readBundle(Buffer.concat([bundle, Buffer.from("}")]), trusted), { code: "signature-invalid" });
    const huge = Buffer.concat([bundle, Buffer.alloc(2 << 20, " ")]);
    assert.throws(() => readBundle(huge, trusted), { code: "signature-invalid", message: /limit 1048576/ });
  });

  it("says what keeps it from being trusted", () => {
    assert.throws(() => readBundle(bundle, [newKey().public]), {
      code: "signature-untrusted",
      message: new RegExp(`signed by ${by.public.fingerprint.slice(0, 16)}, and trusted are`),
    });
    assert.throws(() => readBundle(bundle, []), { code: "signature-untrusted", message: /no key is trusted/ });
  });

  it("throws nothing but an EdgeError, whatever the bytes", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          assert.throws(() => readBundle(bytes, trusted), { name: "EdgeError" });
        },
      ),
    );
  });

  it("cannot be made for names that a release cannot have", () => {
    for (const name of ["../model.json", "a/b", ".hidden", "model.sig", "", "a..b", "ä", "a b"])
      assert.throws(() => signFiles(new Map([[name, sha256("")]]), "small", by), { code: "release-files" }, name);
    const twins = new Map([
      ["model.json", sha256("")],
      ["Model.json", sha256("")],
    ]);
    assert.throws(() => signFiles(twins, "small", by), { code: "release-files", message: /two files are called/ });
  });
});

describe("keys", () => {
  it("are read one or several from one text, with comments, and with line feeds written out", () => {
    const [a, b] = [newKey().public, newKey().public];
    const text = `# line 4\n${a.pem}\n${b.pem}`;
    const both = [a.fingerprint, b.fingerprint];
    assert.deepEqual(
      readPublicKeys(text, "keys").map((key) => key.fingerprint),
      both,
    );
    const oneLine = `${a.pem}${b.pem}`.replaceAll("\n", "\\n");
    assert.deepEqual(
      readPublicKeys(oneLine, "keys").map((key) => key.fingerprint),
      both,
    );
    assert.deepEqual(readPublicKeys(" \n", "keys"), []);
  });

  it("have one fingerprint, however their point is written", () => {
    const key = newKey();
    const { x = "", y = "" } = key.public.key.export({ format: "jwk" });
    // SubjectPublicKeyInfo with a compressed point (SEC 1, 2.3.3).
    const sign = (Buffer.from(y, "base64url").at(-1) as number) & 1 ? 3 : 2;
    const head = Buffer.from("3039301306072a8648ce3d020106082a8648ce3d030107032200", "hex");
    const der = Buffer.concat([head, Buffer.from([sign]), Buffer.from(x, "base64url")]);
    const text = `-----BEGIN PUBLIC KEY-----\n${der.toString("base64")}\n-----END PUBLIC KEY-----\n`;
    assert.equal(readPublicKeys(text, "keys")[0]?.fingerprint, key.public.fingerprint);
  });

  const refused: [name: string, text: string, message: RegExp][] = [
    ["a private key", newKey().pem, /private key.*stays with the one who signs/],
    ["RSA", pem("rsa"), /it is rsa, not ECDSA on P-256/],
    ["Ed25519", pem("ed25519"), /it is ed25519/],
    ["P-384", pem("ec", "P-384"), /it is secp384r1/],
    ["secp256k1", pem("ec", "secp256k1"), /it is secp256k1/],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", /says CERTIFICATE/],
    ["damage", newKey().public.pem.replace(/[A-Za-z]{9}/, "AAAAAAAAA"), /keys: /],
    ["words", "trust me", /"trust me" is no PEM/],
    ["one cut short", newKey().public.pem.slice(0, 90), /is no PEM/],
  ];
  for (const [name, text, message] of refused) {
    it(`refuse ${name}`, () => {
      assert.throws(() => readPublicKeys(text, "keys"), { code: "key-invalid", message });
    });
  }

  it("refuse the same key twice, and a private key of another curve", () => {
    const key = newKey().public;
    assert.throws(() => readPublicKeys(key.pem + key.pem, "keys"), { code: "key-invalid", message: /twice/ });
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
    const text = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    assert.throws(() => readPrivateKey(text, "the key"), { code: "key-invalid", message: /secp384r1/ });
    assert.throws(() => readPrivateKey(key.pem, "the key"), { code: "key-invalid", message: /no private key/ });
  });
});
