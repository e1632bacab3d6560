import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readFolder } from "../../lib/release/folder";
import { newKey, readPublicKeys } from "../../lib/release/keys";
import type { Bent } from "../support/bend";
import { AROUND, SIGNATURES } from "../support/bent-bundles";
import { FILES, HARMLESS, STATEMENTS } from "../support/bent-statements";
import { scratch } from "../support/cache";
import { Reference, referencePython, type Verdict } from "../support/model-signing";
import { signed, writeFolder } from "../support/signed-release";

const CONTENT = new Map([
  ["golden.json", Buffer.from("[]")],
  ["model.json", Buffer.from("{}")],
  ["model.onnx", Buffer.from([8, 10])],
  ["report.json", Buffer.from("")],
]);

async function ours(folder: string, trusted: string): Promise<Verdict> {
  try {
    await readFolder(folder, readPublicKeys(trusted, "trusted keys"));
    return { ok: true };
  } catch (error) {
    assert.equal((error as Error).name, "EdgeError", String(error));
    return { ok: false, why: String(error) };
  }
}

describe("OpenSSF Model Signing, against the reference library", function () {
  this.timeout(120_000);
  const dir = scratch("model-signing");
  const by = newKey();
  const original = signed(CONTENT, by);
  const keyFile = join(dir, "key.pem");
  let reference: Reference;
  let count = 0;
  before(() => {
    writeFileSync(keyFile, by.pem);
    reference = new Reference();
  });
  after(async () => {
    await reference.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** What each of the two makes of a release. */
  async function judge({ bundle, files = original.files, trusted = by.public.pem }: Bent): Promise<[Verdict, Verdict]> {
    const folder = join(dir, `release-${++count}`);
    writeFolder(folder, files, Buffer.from(bundle));
    const pub = join(dir, `trusted-${count}.pem`);
    writeFileSync(pub, trusted);
    return [await ours(folder, trusted), await reference.verify(folder, join(folder, "model.sig"), pub)];
  }

  it("what the reference signs verifies here, and the reference's own command verifies what is signed here", async () => {
    const folder = join(dir, "theirs");
    writeFolder(folder, CONTENT);
    assert.deepEqual(await reference.sign(folder, keyFile), { ok: true });
    const { signed: read, files } = await readFolder(folder, [newKey().public, by.public]);
    assert.deepEqual([...files.keys()], [...CONTENT.keys()]);
    assert.equal(read.signer.fingerprint, by.public.fingerprint);

    const mine = join(dir, "mine");
    writeFolder(mine, CONTENT, original.bundle);
    const pub = join(dir, "mine.pub.pem");
    writeFileSync(pub, by.public.pem);
    const args = ["-m", "model_signing", "verify", "key", mine, "--public_key", pub];
    const said = execFileSync(referencePython(), [...args, "--signature", join(mine, "model.sig")], {
      encoding: "utf8",
    });
    assert.match(said, /Verification succeeded/);
  });

  for (const { name, bend } of HARMLESS) {
    it(`both take: ${name}`, async () => {
      const [here, there] = await judge(bend(original));
      assert.deepEqual([here, there], [{ ok: true }, { ok: true }]);
    });
  }

  for (const [what, cases] of Object.entries({ AROUND, SIGNATURES, STATEMENTS, FILES })) {
    describe(`${what.toLowerCase()}, bent`, () => {
      for (const { name, bend, reference: expected, why } of cases) {
        it(why === undefined ? `both refuse: ${name}` : `only this reader refuses: ${name} — ${why}`, async () => {
          const [here, there] = await judge(bend(original));
          assert.equal(here.ok, false, "taken here");
          assert.equal(there.ok ? "verifies" : "refuses", expected, there.why);
          assert.equal(expected === "verifies", why !== undefined);
        });
      }
    });
  }

  it("both refuse a link in the folder", async () => {
    const folder = join(dir, "link");
    const outside = join(dir, "outside.json");
    writeFolder(folder, new Map([...CONTENT].filter(([name]) => name !== "report.json")), original.bundle);
    writeFileSync(outside, readFileSync(keyFile).subarray(0, 0));
    symlinkSync(outside, join(folder, "report.json"));
    const pub = join(dir, "link.pub.pem");
    writeFileSync(pub, by.public.pem);
    assert.equal((await ours(folder, by.public.pem)).ok, false);
    assert.equal((await reference.verify(folder, join(folder, "model.sig"), pub)).ok, false);
  });
});
