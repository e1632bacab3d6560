import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { systemClock } from "../../lib/clock";
import { simulateLdos, type RunsOptions } from "../../lib/plant/ldos";
import { S3Store } from "../../lib/storage/s3-store";
import { writeSegments } from "../../simulator/segments";
import { startVersitygw, type TestS3 } from "../../test/support/s3";

const TRAINER = join(__dirname, "..", "..", "trainer");

/** The plant's runs that everybody who trains the bundled model has: scripts/train-model.mjs makes the same. */
export const RUNS: Pick<RunsOptions, "faultShare" | "drift" | "device" | "days" | "startMs"> = {
  faultShare: 0.35,
  drift: 0,
  device: "plant-sim",
  days: 42,
  startMs: Date.parse("2026-01-05"),
};

/** A real S3 server with prefixes for buckets, and the trainer beside it. */
export class Learning {
  private constructor(
    private readonly server: TestS3,
    private readonly python: string,
  ) {}

  static async start(): Promise<Learning> {
    const { stdout } = await promisify(execFile)(process.execPath, ["scripts/trainer-env.mjs"]);
    return new Learning(await startVersitygw(), stdout.trim());
  }

  url(prefix: string): string {
    return `s3://${this.server.options.bucket}/${prefix}`;
  }

  /** Lets the plant write runs under a prefix. */
  async write(prefix: string, runs: Omit<RunsOptions, keyof typeof RUNS> & Partial<RunsOptions>, rows?: number): Promise<void> {
    const store = new S3Store({ ...this.server.options, prefix: `${prefix}/` }, systemClock);
    try {
      await writeSegments(store, { ...RUNS, ...runs }, rows);
    } finally {
      await store.close();
    }
  }

  /** Runs a Python module of the trainer's environment to its end; its progress goes to stderr. @returns seconds, and its stdout */
  run(args: readonly string[]): Promise<{ seconds: number; stdout: string }> {
    const { credentials, endpoint, region } = this.server.options;
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials?.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey,
    };
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const child = spawn(this.python, args, { cwd: TRAINER, env, stdio: ["ignore", "pipe", "inherit"] });
      let stdout = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.once("error", reject);
      child.once("close", (code) => {
        if (code === 0) resolve({ seconds: (performance.now() - started) / 1000, stdout });
        else reject(new Error(`${args.join(" ")} ended with ${code}`));
      });
    });
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
