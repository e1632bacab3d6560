import { userInfo } from "node:os";
import { systemClock } from "../lib/clock";
import { EdgeError, asError, errorCode } from "../lib/errors";
import { isSafeName } from "../lib/ids";
import { checked } from "../lib/inference/checked";
import { readPrivateKey, type PrivateKey, type PublicKey } from "../lib/release/keys";
import { commitPromotion, describePlan, planPromotion, type Revocation } from "../lib/release/promote";
import { requireConditions } from "../lib/storage/compare-and-swap";
import type { ObjectStore } from "../lib/storage/object-store";
import { EXIT, EXITS, parse, readText, readTrusted, withStore, wrongUse, type Command } from "./command";
import { describe } from "./release";

const HELP = `context-edge promote MODEL VERSION RING --store URL --key FILE --trust FILE… [options]
  Lets the devices of a ring run a release: checks it as a device does, then signs a pointer and writes it over the one that
  stands there, if nobody else has meanwhile. To go back, promote the older version: that is a new pointer, too.
  --store URL            s3://bucket[/prefix] or a folder
  --key FILE             private pointer key; the pointer that stands there must be signed by it, or by a --pointer-trust
  --trust FILE           public release keys; may be given several times
  --pointer-trust FILE   public pointer keys beside one's own, where another key signed before; several times
  --reason TEXT          why, for those who look later
  --expires TIME         from then on nothing is activated by this pointer: an ISO time, or 30d, 12h
  --revoke WHAT          a version, or the SHA-256 or root digest of a bundle, that no device is to activate any more; several times
  --expect N             number of the pointer that stands there (0: none); another one is refused
  --after N              a number that devices have seen, where the store was put back to an older state
  --dry-run              says what would change

${EXITS}`;

const several = { type: "string" as const, multiple: true as const, default: [] as string[] };
const OPTIONS = {
  store: { type: "string" as const },
  key: { type: "string" as const },
  trust: several,
  "pointer-trust": several,
  reason: { type: "string" as const, default: "" },
  expires: { type: "string" as const },
  revoke: several,
  expect: { type: "string" as const },
  after: { type: "string" as const },
  "dry-run": { type: "boolean" as const, default: false },
};

export const promote: Command = {
  help: HELP,
  async run(args, surroundings) {
    const { values, positionals } = parse(args, OPTIONS);
    const [model, version, ring, ...more] = positionals;
    if (model === undefined || version === undefined || ring === undefined || more.length > 0)
      throw wrongUse("promote: MODEL VERSION RING");
    const unsafe = [model, version, ring].find((name) => !isSafeName(name));
    if (unsafe !== undefined) throw wrongUse(`"${unsafe}": 1 to 63 of a-z 0-9 . _ -, beginning with a letter or digit`);
    const by = privateKey(values.key);
    const trusted = readTrusted(values.trust, "--trust");
    const others = values["pointer-trust"];
    const pointerKeys = [by.public, ...(others.length > 0 ? readTrusted(others, "--pointer-trust") : [])];
    if (values.store === undefined) throw wrongUse("--store is missing");
    const [expiresAt, expect, after] = [
      expiry(values.expires),
      count(values.expect, "--expect"),
      count(values.after, "--after"),
    ];
    return withStore(values.store, surroundings, async (store) => {
      await requireConditions(store);
      const found = await checked(store, model, version, trusted);
      for (const line of describe(found)) surroundings.out(line);
      const revoke = await Promise.all(values.revoke.map((what) => revocation(store, model, what, trusted)));
      const plan = await planPromotion(
        store,
        {
          model,
          ring,
          version,
          revoke,
          releaseSha256: found.signed.bundleSha256,
          releaseDigest: found.signed.digest,
          reason: values.reason === "" ? `promoted by ${userInfo().username}` : values.reason,
          ...(expiresAt !== undefined && { expiresAt }),
          ...(expect !== undefined && { expect }),
          ...(after !== undefined && { after }),
        },
        pointerKeys,
        systemClock,
      );
      for (const line of describePlan(plan)) surroundings.out(line);
      if (values["dry-run"]) surroundings.out("nothing was written (--dry-run)");
      else {
        await commitPromotion(store, plan, by, pointerKeys, systemClock);
        surroundings.out(`written to ${store.description}, signed by ${by.public.fingerprint}`);
      }
      return EXIT.done;
    });
  },
};

function privateKey(file: string | undefined): PrivateKey {
  if (file === undefined) throw wrongUse("--key is missing: the private pointer key");
  return readPrivateKey(readText(file), file);
}

/**
 * What is revoked by a SHA-256, or by a version: the release that stands under it in the store, verified, since whoever can
 * write there could otherwise have something else revoked in its place.
 */
async function revocation(
  store: ObjectStore,
  model: string,
  what: string,
  trusted: readonly PublicKey[],
): Promise<Revocation> {
  if (/^[0-9a-f]{64}$/.test(what)) return { digests: [what] };
  if (!isSafeName(what)) throw wrongUse(`--revoke "${what}" is neither a version nor a SHA-256`);
  try {
    const { signed } = await checked(store, model, what, trusted);
    return { version: what, digests: [signed.bundleSha256, signed.digest] };
  } catch (error) {
    throw new EdgeError(errorCode(error), `--revoke ${what}: ${asError(error).message}`, {
      cause: error,
      remedy: "nothing was written; to revoke what the store does not have as it was signed, name its SHA-256",
    });
  }
}

const UNIT_MS = { d: 86_400_000, h: 3_600_000 } as const;

/** @returns milliseconds since 1970 */
function expiry(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, amount, unit] = /^(\d{1,4})([dh])$/.exec(text) ?? [];
  const now = systemClock.now();
  const at = amount === undefined ? Date.parse(text) : now + Number(amount) * UNIT_MS[unit as "d" | "h"];
  if (!Number.isFinite(at) || (amount === undefined && !/^\d{4}-\d\d-\d\d/.test(text)))
    throw wrongUse(`--expires "${text}" is no time: 2027-01-31T12:00:00Z, 30d, 12h`);
  if (at <= now) throw wrongUse(`--expires ${text} is over already`);
  return at;
}

function count(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw wrongUse(`${option} "${text}" is no number of a pointer`);
  return value;
}
