import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../cli/run";
import { systemClock } from "../../../lib/clock";
import { newKey, readPublicKeys } from "../../../lib/release/keys";
import { channelKey } from "../../../lib/release/objects";
import { readPointer } from "../../../lib/release/pointer";
import { FolderStore } from "../../../lib/storage/folder-store";
import { sha256 } from "../../../lib/storage/hash";
import { scratch } from "../../support/cache";
import { MODEL, newKeys, point, pointerTo, publish, RING, version } from "../../support/published";
import { signed, writeFolder } from "../../support/signed-release";

const ROOT = join(__dirname, "..", "..", "..");

async function command(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(args, { out: (line) => out.push(line), err: (line) => err.push(line), env: {} });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

describe("the command context-edge", () => {
  const dir = scratch("cli");
  const keys = newKeys();
  const one = version("1.0.0", keys.release);
  const file = (name: string): string => join(dir, name);
  let store: FolderStore;
  before(async () => {
    writeFileSync(file("pointer.pem"), keys.pointer.pem);
    writeFileSync(file("release.pub.pem"), keys.release.public.pem);
    store = new FolderStore(file("store"), systemClock);
    await publish(store, "1.0.0", one);
    writeFolder(file("release"), one.files, one.bundle);
  });
  after(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const promotion = (ring: string, ...more: string[]): string[] => [
    "promote",
    MODEL,
    "1.0.0",
    ring,
    `--store=${file("store")}`,
    `--key=${file("pointer.pem")}`,
    `--trust=${file("release.pub.pem")}`,
    ...more,
  ];

  it("runs as a program, and ends with the code of what it found", () => {
    const program = ["--import=tsx", join(ROOT, "cli", "context-edge.ts")];
    const help = execFileSync(process.execPath, [...program, "--help"], { cwd: ROOT, encoding: "utf8" });
    assert.match(help, /keys new\|show[^]*verify RELEASE[^]*promote MODEL VERSION RING/);
    const wrong = spawnSync(process.execPath, [...program, "demote"], { cwd: ROOT, encoding: "utf8" });
    assert.deepEqual([wrong.status, wrong.stdout], [2, ""]);
    assert.match(wrong.stderr, /usage: there is no command "demote": keys, verify, promote/);
  });

  for (const name of ["keys", "verify", "promote"]) {
    it(`${name} --help says how, with the exit codes`, async () => {
      const { code, out } = await command(name, "--help");
      assert.equal(code, 0);
      assert.match(out, new RegExp(`^context-edge ${name}[^]*Exit codes: 0 done`));
    });
  }

  it("makes two keys that only their owner reads, and never over others", async () => {
    const made = await command("keys", "new", "--out", file("keys/deep"));
    assert.equal(made.code, 0, made.err);
    const names = ["pointer-key.pem", "pointer-key.pub.pem", "release-key.pem", "release-key.pub.pem"];
    assert.deepEqual(
      readdirSync(file("keys/deep")).toSorted((a, b) => a.localeCompare(b)),
      names,
    );
    for (const name of names)
      assert.equal(statSync(file(`keys/deep/${name}`)).mode & 0o777, name.endsWith(".pub.pem") ? 0o644 : 0o600);
    const [key] = readPublicKeys(readFileSync(file("keys/deep/release-key.pub.pem"), "utf8"), "k");
    assert.ok(made.out.includes(key?.fingerprint ?? "none"));
    rmSync(file("keys/deep/pointer-key.pem"));
    const before = readFileSync(file("keys/deep/release-key.pem"));
    assert.equal((await command("keys", "new", "--out", file("keys/deep"))).code, 2);
    assert.ok(before.equals(readFileSync(file("keys/deep/release-key.pem"))));
    assert.equal(readdirSync(file("keys/deep")).length, 3);
    const shown = await command("keys", "show", file("keys/deep"));
    assert.deepEqual([shown.code, shown.out.split("\n").length], [0, 3]);
    assert.match(shown.out, /release-key\.pem: private, ECDSA P-256, [0-9a-f]{64}\n/);
  });

  it("shows what is no key as such, beside those that are", async () => {
    writeFileSync(file("none.pem"), "hello");
    const { code, out, err } = await command("keys", "show", file("none.pem"), file("release.pub.pem"));
    assert.deepEqual([code, /none\.pem: .*no PEM/.test(err), /release\.pub\.pem: public/.test(out)], [2, true, true]);
  });

  it("verifies a folder and an object of a folder store alike", async () => {
    const trust = ["--trust", file("release.pub.pem")];
    const folder = await command("verify", file("release"), ...trust);
    const object = await command("verify", file(`store/releases/${MODEL}/1.0.0.json`), ...trust);
    assert.deepEqual([folder.code, object.code], [0, 0], folder.err + object.err);
    assert.equal(folder.out, object.out);
    writeFolder(file("apart"), one.files);
    writeFileSync(file("apart.sig"), one.bundle);
    assert.equal((await command("verify", file("apart"), "--signature", file("apart.sig"), ...trust)).code, 0);
  });

  const bent: [name: string, bend: (folder: string) => void, code: RegExp][] = [
    ["a file more", (folder) => writeFileSync(join(folder, "more"), ""), /release-files: .*more is not signed/],
    ["a hidden file", (folder) => writeFileSync(join(folder, ".more"), ""), /release-files/],
    ["a folder more", (folder) => mkdirSync(join(folder, "more")), /release-files/],
    ["a file less", (folder) => rmSync(join(folder, "golden.json")), /release-files/],
    ["a file changed", (folder) => writeFileSync(join(folder, "golden.json"), "{}"), /blob-mismatch/],
    ["no signature", (folder) => rmSync(join(folder, "model.sig")), /release-files/],
    [
      "a link in place of a file",
      (folder) => {
        rmSync(join(folder, "report.json"));
        symlinkSync(file("release/report.json"), join(folder, "report.json"));
      },
      /release-files: .*is not a file/,
    ],
  ];
  for (const [name, bend, code] of bent) {
    it(`does not verify a folder with ${name}`, async () => {
      const folder = file(name.replaceAll(" ", "-"));
      writeFolder(folder, one.files, one.bundle);
      bend(folder);
      const { code: exit, err } = await command("verify", folder, "--trust", file("release.pub.pem"));
      assert.equal(exit, 3, err);
      assert.match(err, code);
    });
  }

  it("does not verify a genuine release under another name, nor files that its manifest does not name", async () => {
    await publish(store, "9.9.9", one);
    const trust = ["--trust", file("release.pub.pem")];
    const misnamed = await command("verify", file(`store/releases/${MODEL}/9.9.9.json`), ...trust);
    assert.deepEqual([misnamed.code, /release-misnamed/.test(misnamed.err)], [3, true], misnamed.err);
    const more = signed(new Map([...one.files, ["plugin.so", Buffer.from("\x7fELF")]]), keys.release);
    writeFolder(file("more"), more.files, more.bundle);
    const { code, err } = await command("verify", file("more"), ...trust);
    assert.deepEqual([code, /release-files: the release has plugin\.so/.test(err)], [3, true], err);
  });

  it("promotes, renews and revokes; the epochs of the pointers before stay in it", async () => {
    const first = await command(...promotion("a", "--reason", "first"));
    assert.equal(first.code, 0, first.err);
    const again = await command(...promotion("a", "--expires", "2099-01-01T00:00:00Z", "--revoke", sha256("bad")));
    assert.equal(again.code, 0, again.err);
    assert.match(
      again.out,
      /pointer 1 → 2\nversion 1\.0\.0, as before\n[^]*expires never → 2099[^]*revokes [0-9a-f]{64}/,
    );
    const third = await command(...promotion("a"));
    assert.equal(third.code, 0, third.err);
    const stands = await store.get(channelKey({ model: MODEL, ring: "a" }));
    const { pointer } = readPointer(stands?.body ?? Buffer.of(), [keys.pointer.public], { model: MODEL, ring: "a" });
    assert.deepEqual([pointer.pointer_seq, pointer.recent_epochs.length, pointer.revoked], [3, 2, [sha256("bad")]]);
  });

  it("only says what would change with --dry-run", async () => {
    const { code, out } = await command(...promotion("dry", "--dry-run"));
    assert.deepEqual([code, /nothing was written/.test(out)], [0, true]);
    assert.equal(await store.get(channelKey({ model: MODEL, ring: "dry" })), undefined);
  });

  it("refuses to build on a pointer that it does not trust, unless told whose it is", async () => {
    const before = newKey();
    writeFileSync(file("before.pub.pem"), before.public.pem);
    await point(store, pointerTo("1.0.0", one.bundle, 5, { ring: "rotated" }), before);
    const alone = await command(...promotion("rotated"));
    assert.deepEqual([alone.code, /signature-untrusted/.test(alone.err)], [3, true], alone.err);
    const told = await command(...promotion("rotated", "--pointer-trust", file("before.pub.pem")));
    assert.deepEqual([told.code, /pointer 5 → 6/.test(told.out)], [0, true], told.err);
  });

  it("lets one of two that promote at once win, and tells the other", async () => {
    const both = await Promise.all([command(...promotion(RING)), command(...promotion(RING))]);
    const codes = both.map(({ code }) => code).toSorted((a, b) => a - b);
    // Who reads after the other has written builds on it: both win, one after the other.
    assert.ok(codes[0] === 0 && (codes[1] === 0 || codes[1] === 3), JSON.stringify(both));
    const lost = both.find(({ code }) => code === 3);
    if (lost) assert.match(lost.err, /pointer-moved/);
  });

  const misused: [args: string[], message: RegExp][] = [
    [["verify"], /one RELEASE/],
    [["verify", file("release")], /--trust is missing/],
    [["verify", file("release"), "--trust", file("nowhere")], /ENOENT/],
    [["verify", file("release"), "--trust", file("pointer.pem")], /this is a private key/],
    [["verify", file("nowhere"), "--trust", file("release.pub.pem")], /is no folder/],
    [["verify", "s3://bucket/elsewhere", "--trust", file("release.pub.pem")], /must end with releases/],
    [["verify", file("release"), "--frobnicate"], /Unknown option/],
    [["promote", MODEL, "1.0.0"], /MODEL VERSION RING/],
    [["promote", "../x", "1.0.0", RING], /"\.\.\/x": 1 to 63/],
    [promotion(RING, "--expires", "tomorrow"), /is no time/],
    [promotion(RING, "--expires", "2020-01-01"), /is over already/],
    [promotion(RING, "--expect", "-1"), /--expect/],
    [promotion(RING, "--revoke", "A/B"), /neither a version nor a SHA-256/],
    [
      ["promote", MODEL, "4.0.0", RING, ...promotion(RING).slice(4)],
      /release-missing: .*releases\/small\/4\.0\.0\.json/,
    ],
    [["keys"], /there are "new" and "show"/],
    [["keys", "show"], /which file or folder/],
    [["keys", "show", file("nowhere")], /is not there/],
  ];
  for (const [args, message] of misused) {
    it(`says what is wrong with: ${args.slice(0, 2).join(" ").replaceAll(dir, "")} … ${String(message)}`, async () => {
      const { code, out, err } = await command(...args);
      assert.equal(code, 2, err);
      assert.match(err, message);
      assert.doesNotMatch(out, /written to/);
    });
  }
});
