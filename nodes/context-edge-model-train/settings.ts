import { join } from "node:path";
import { systemClock, type Clock } from "../../lib/clock";
import { EdgeError } from "../../lib/errors";
import { isSafeName } from "../../lib/ids";
import type { Monthly } from "../../lib/training/cause";
import { LocalPlace, type LocalOptions } from "../../lib/training/local-place";
import { PLACES, type Place } from "../../lib/training/run";
import type { PromotionKeys } from "../../lib/training/promotion";
import type { Workplace } from "../../lib/training/workplace";
import { GithubPlace } from "../../lib/training/github-place";
import { texts, type ConfigReader } from "../common/config";
import type { DeviceService, ObjectsService } from "../common/services";
import { readGithub, type TrainSecrets } from "./github";
import { pythonOf } from "./python";

export interface TrainSettings {
  readonly place: Place;
  readonly model: string;
  readonly deadlineMs: number;
  readonly monthly: Monthly | undefined;
  readonly python: string;
  readonly flags: LocalOptions["flags"];
  readonly publishes: boolean;
  /** Inputs of the workflow that do not depend on the run. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly pollMs: number;
  /** Files that a promotion signs with, and verifies with. */
  readonly keys: PromotionKeys;
  /** Ring whose model a new one is measured against, and that a promotion is for unless it says another. */
  readonly ring: string;
}

/** A date, "last", or nothing. */
const SINCE = /^(?:last|\d{4}-\d\d-\d\d)?$/;

/** @param ring of the device @throws EdgeError `config-…` */
export function readSettings(config: ConfigReader, ring: string): TrainSettings {
  const model = config.text("model_name");
  if (!isSafeName(model)) {
    throw new EdgeError(
      "config-name",
      `model-train: model_name "${model}" must be 1 to 63 of a-z 0-9 . _ -, starting with a letter or digit`,
    );
  }
  const since = config.text("since", "");
  if (!SINCE.test(since)) {
    throw new EdgeError(
      "config-choice",
      `model-train: since is "${since}", must be last, a date as 2026-11-24, or empty`,
    );
  }
  const limit = String(config.number("limit", 100_000, { min: 1, max: 100_000_000, integer: true }));
  const validated = config.flag("validated");
  const key = config.text("key", "");
  const trusted = texts(config, "release_keys");
  const publishes = config.flag("publish", true) && key !== "";
  return {
    place: config.choice<Place>("place", PLACES, "local"),
    model,
    deadlineMs: config.number("deadline_h", 6, { min: 0.01, max: 720 }) * 3_600_000,
    monthly: config.flag("monthly")
      ? {
          day: config.number("monthly_day", 1, { min: 1, max: 28, integer: true }),
          hour: config.number("monthly_hour", 3, { min: 0, max: 23, integer: true }),
        }
      : undefined,
    python: config.text("python", ""),
    flags: {
      reading: [...(since === "" ? [] : ["--since", since]), "--limit", limit, ...(validated ? ["--validated"] : [])],
      comparing: ["--current", ring],
      releasing: [...(key === "" ? [] : ["--key", key]), ...(publishes ? ["--publish"] : [])],
    },
    publishes,
    inputs: { since, limit, validated: String(validated) },
    keys: {
      pointer: config.text("pointer_key", ""),
      pointers: texts(config, "pointer_keys"),
      release: trusted.length > 0 || key === "" ? trusted : [key],
    },
    ring,
    pollMs: config.number("poll_s", 15, { min: 1, max: 3600 }) * 1000,
  };
}

/** @throws EdgeError `config-…`, `secret-elsewhere`, and those of the object store's settings */
export function openPlace(
  config: ConfigReader,
  secrets: TrainSecrets,
  settings: TrainSettings,
  device: DeviceService,
  objects: ObjectsService,
  clock: Clock = systemClock,
): Workplace {
  const { url, env } = objects.access();
  const folder = join(device.dataDir, "training");
  if (settings.place === "github") {
    const bucket = config.text("bucket", url);
    if (!bucket.startsWith("s3://")) {
      throw new EdgeError("config-choice", `model-train: a workflow cannot read ${bucket}`, {
        remedy: "keep the records in an S3 bucket that it reaches, or train on this machine",
      });
    }
    const client = readGithub(config, secrets);
    return new GithubPlace({ client, folder, inputs: { ...settings.inputs, bucket }, pollMs: settings.pollMs, clock });
  }
  return new LocalPlace({
    folder,
    command: async () => ({ ...(await pythonOf(settings.python)), env }),
    storeUrl: url,
    flags: settings.flags,
    publishes: settings.publishes,
    clock,
  });
}
