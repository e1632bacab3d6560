import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { systemClock } from "../../lib/clock";
import type { RunsOptions } from "../../lib/plant/ldos";
import { S3Store } from "../../lib/storage/s3-store";
import { writeSegments } from "../../simulator/segments";
import { startVersitygw, type TestS3 } from "../../test/support/s3";

const ROOT = join(__dirname, "..", "..");

export const FAULT_SHARE = 0.35;
/** What all of the plant's runs have alike: the defaults of `simulate -- segments`. */
const RUNS = {
  faultShare: FAULT_SHARE,
  drift: 0,
  device: "plant-sim",
  days: 42,
  startMs: Date.parse("2026-01-05"),
} as const;
export type Runs = Omit<RunsOptions, keyof typeof RUNS>;

interface Ended {
  readonly seconds: number;
  readonly stdout: string;
}

/**
 * Runs Python in the trainer's environment and folder to its end; what it says on stderr is passed on.
 * @returns the seconds it took, and its stdout
 */
export async function trainerRun(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const found = await promisify(execFile)(process.execPath, [join(ROOT, "scripts", "trainer-env.mjs")]);
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const cwd = join(ROOT, "trainer");
    const child = spawn(found.stdout.trim(), args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve({ seconds: (performance.now() - started) / 1000, stdout });
      else reject(new Error(`${args.join(" ")} ended with ${code}`));
    });
  });
}

/** A real S3 server, whose prefixes stand for buckets, and the trainer beside it. */
export class Learning {
  private constructor(private readonly server: TestS3) {}

  static async start(): Promise<Learning> {
    return new Learning(await startVersitygw());
  }

  url(prefix: string): string {
    return `s3://${this.server.options.bucket}/${prefix}`;
  }

  /** Lets the plant write runs under a prefix. @param rows in a segment */
  async write(prefix: string, runs: Runs, rows?: number): Promise<void> {
    const store = new S3Store({ ...this.server.options, prefix: `${prefix}/` }, systemClock);
    try {
      await writeSegments(store, { ...RUNS, ...runs }, rows);
    } finally {
      await store.close();
    }
  }

  /** `trainerRun` with this server in the environment. */
  run(args: readonly string[]): Promise<Ended> {
    const { credentials, endpoint, region } = this.server.options;
    return trainerRun(args, {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials?.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey,
    });
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
