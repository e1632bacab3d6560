import type * as Sdk from "@aws-sdk/client-s3";
import type { Clock } from "../clock";
import { EdgeError } from "../errors";
import { uuidv7 } from "../ids";
import { sha256 } from "./hash";
import { assertKey, assertPrefix } from "./keys";
import {
  MAX_OBJECT_BYTES,
  type Condition,
  type HeadInfo,
  type ObjectInfo,
  type ObjectStore,
  type PutOptions,
  type PutOutcome,
  type StoredObject,
} from "./object-store";
import { explainS3, type S3Failure } from "./s3-errors";
import { raceOnce } from "./store-race";

export interface S3Options {
  /** "https://s3.plant.example"; absent: AWS's own for the region. */
  readonly endpoint?: string;
  readonly region: string;
  readonly bucket: string;
  /** Ends with a slash, or is empty: stands before every key. */
  readonly prefix?: string;
  /** bucket in the path (most servers) rather than in the host name (AWS). */
  readonly pathStyle: boolean;
  /** Absent: what the AWS SDK finds in the environment. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** A request that takes longer is given up, outcome unknown. */
  readonly timeoutMs?: number;
  /** Called with the server's clock, in milliseconds since 1970, as it stood within a second of now. */
  readonly serverTime?: (epochMs: number) => void;
}

const TIMEOUT_MS = 30_000;
const QUICK_MS = 1_000;

type Command<T> = (sdk: typeof Sdk, client: Sdk.S3Client, abortSignal: AbortSignal) => Promise<T>;

/** Objects in an S3 bucket, over the AWS SDK, which is loaded at the first request (it takes 0.2 s). */
export class S3Store implements ObjectStore {
  readonly description: string;
  readonly conditionalWrites: ObjectStore["conditionalWrites"];
  private readonly prefix: string;
  private loaded: { sdk: typeof Sdk; client: Sdk.S3Client } | undefined;

  /** @throws EdgeError `objects-key` for a prefix that cannot be one */
  constructor(
    private readonly options: S3Options,
    private readonly clock: Clock,
  ) {
    this.prefix = options.prefix ?? "";
    assertPrefix(this.prefix);
    this.description = `bucket ${options.bucket}${this.prefix && `/${this.prefix}`} at ${options.endpoint ?? `AWS ${options.region}`}`;
    this.conditionalWrites = raceOnce(this, () => uuidv7(clock.now()));
  }

  async put(key: string, body: Uint8Array, options: PutOptions = {}): Promise<PutOutcome> {
    assertKey(key);
    const { condition, contentType = "application/octet-stream", contentEncoding } = options;
    const digest = options.sha256 ?? sha256(body);
    try {
      const answer = await this.request(({ PutObjectCommand }, client, abortSignal) => {
        const command = new PutObjectCommand({
          Bucket: this.options.bucket,
          Key: this.prefix + key,
          Body: body,
          ContentLength: body.byteLength,
          ContentType: contentType,
          ...(contentEncoding && { ContentEncoding: contentEncoding }),
          ...(condition && ("ifMatch" in condition ? { IfMatch: condition.ifMatch } : { IfNoneMatch: "*" })),
          Metadata: { sha256: digest },
        });
        signWith(command, digest);
        return client.send(command, { abortSignal });
      });
      return { kind: "stored", etag: answer.ETag ?? "" };
    } catch (error) {
      const failure = this.explain(error, "put", key);
      if (failure.kind === "object" || failure.kind === "store")
        return { kind: "refused", about: failure.kind, error: failure.error };
      if (failure.kind === "missing") return missing(failure, condition);
      return this.settle(key, digest, failure, condition);
    }
  }

  /** Whether the body is there after a put that failed: a look at the key tells. */
  private async settle(key: string, digest: string, failure: S3Failure, condition?: Condition): Promise<PutOutcome> {
    try {
      const found = await this.headHashed(key);
      if (found?.sha256 === digest) return { kind: "exists-same", etag: found.etag };
      // After a time-out another version says nothing yet: this put may still be carried out after it. Nor does "there is
      // something" when nothing is there any more.
      const sure = failure.kind === "condition" && (found || (condition && "ifMatch" in condition));
      return sure ? { kind: "exists-other", found } : { kind: "unknown", error: failure.error };
    } catch (error) {
      if (failure.kind !== "condition") return { kind: "unknown", error: failure.error };
      const { kind, error: reason } = this.explain(error, "head", key);
      if (kind !== "store") return { kind: "unknown", error: reason };
      return {
        kind: "refused",
        about: "store",
        error: new EdgeError(reason.code, reason.message, {
          cause: error,
          remedy: `the key needs GetObject where it has PutObject`,
        }),
      };
    }
  }

  private async headHashed(key: string): Promise<HeadInfo | undefined> {
    const found = await this.head(key);
    if (!found || found.sha256) return found;
    const whole = await this.get(key);
    return whole && { ...whole, sha256: sha256(whole.body) };
  }

  async get(key: string, maxBytes = MAX_OBJECT_BYTES): Promise<StoredObject | undefined> {
    assertKey(key);
    return this.unlessMissing("get", key, async ({ GetObjectCommand }, client, abortSignal) => {
      const answer = await client.send(new GetObjectCommand(this.at(key)), { abortSignal });
      const size = answer.ContentLength ?? 0;
      if (size > maxBytes || !answer.Body) {
        answer.Body?.transformToWebStream().cancel().catch(ignore);
        throw new EdgeError("objects-too-large", `${key} has ${size} bytes, limit ${maxBytes}`);
      }
      return { ...info(key, answer), body: await answer.Body.transformToByteArray() };
    });
  }

  async head(key: string): Promise<HeadInfo | undefined> {
    assertKey(key);
    return this.unlessMissing("head", key, async ({ HeadObjectCommand }, client, abortSignal) =>
      info(key, await client.send(new HeadObjectCommand(this.at(key)), { abortSignal })),
    );
  }

  async *list(prefix: string, startAfter?: string): AsyncIterable<ObjectInfo> {
    assertPrefix(prefix);
    let token: string | undefined;
    do {
      const page = await this.explained("list", prefix, ({ ListObjectsV2Command }, client, abortSignal) => {
        const command = new ListObjectsV2Command({
          Bucket: this.options.bucket,
          Prefix: this.prefix + prefix,
          ...(token !== undefined
            ? { ContinuationToken: token }
            : startAfter !== undefined && { StartAfter: this.prefix + startAfter }),
        });
        return client.send(command, { abortSignal });
      });
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        if (Key === undefined) continue;
        yield {
          key: Key.slice(this.prefix.length),
          size: Size ?? 0,
          modifiedAt: LastModified?.getTime() ?? 0,
        };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async remove(key: string): Promise<void> {
    assertKey(key);
    await this.explained("delete", key, ({ DeleteObjectCommand }, client, abortSignal) =>
      client.send(new DeleteObjectCommand(this.at(key)), { abortSignal }),
    );
  }

  close(): Promise<void> {
    this.loaded?.client.destroy();
    this.loaded = undefined;
    return Promise.resolve();
  }

  private at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.options.bucket, Key: this.prefix + key };
  }

  private async unlessMissing<T>(verb: string, key: string, command: Command<T>): Promise<T | undefined> {
    try {
      return await this.request(command);
    } catch (error) {
      const failure = this.explain(error, verb, key);
      if (failure.kind === "missing") return undefined;
      throw failure.error;
    }
  }

  private async explained<T>(verb: string, key: string, command: Command<T>): Promise<T> {
    try {
      return await this.request(command);
    } catch (error) {
      throw this.explain(error, verb, key).error;
    }
  }

  private explain(thrown: unknown, verb: string, key: string): S3Failure {
    if (thrown instanceof EdgeError)
      return { kind: thrown.code === "objects-timeout" ? "unknown" : "object", error: thrown };
    return explainS3(thrown, `${verb} ${key} in ${this.description}`);
  }

  private async request<T>(command: Command<T>): Promise<T> {
    const timeoutMs = this.options.timeoutMs ?? TIMEOUT_MS;
    const { sdk, client } = this.load();
    const abort = new AbortController();
    const cancel = this.clock.after(timeoutMs, () => abort.abort());
    try {
      return await command(sdk, client, abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) throw error;
      throw new EdgeError("objects-timeout", `${this.description} did not answer within ${timeoutMs} ms`, {
        cause: error,
      });
    } finally {
      cancel();
    }
  }

  private load(): { sdk: typeof Sdk; client: Sdk.S3Client } {
    if (this.loaded) return this.loaded;
    const sdk = require("@aws-sdk/client-s3") as typeof Sdk;
    const { endpoint, region, pathStyle, credentials } = this.options;
    const client = new sdk.S3Client({
      region,
      forcePathStyle: pathStyle,
      ...(endpoint !== undefined && { endpoint }),
      ...(credentials && { credentials }),
      // Every retry is ours: a put that is repeated behind our back turns "stored" into "somebody else was first".
      maxAttempts: 1,
      // The signature already covers the body's SHA-256; servers other than AWS trip over the newer checksums.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    });
    if (this.options.serverTime) this.readServerTime(client, this.options.serverTime);
    this.loaded = { sdk, client };
    return this.loaded;
  }

  private readServerTime(client: Sdk.S3Client, heard: (epochMs: number) => void): void {
    const { clock } = this;
    client.middlewareStack.add(
      (next) => async (args) => {
        const asked = clock.monotonic();
        const result = await next(args);
        const tookMs = clock.monotonic() - asked;
        const at = serverClock(result.response);
        // What took longer says nothing to the second.
        if (Number.isFinite(at) && tookMs <= QUICK_MS) heard(at + tookMs / 2);
        return result;
      },
      { step: "deserialize", name: "serverTime", priority: "low" },
    );
  }
}

/** The Date header counts whole seconds, cut off: in the middle of them it is off by half a one. */
function serverClock(response: unknown): number {
  const { headers } = (response ?? {}) as { headers?: Readonly<Record<string, string>> };
  return Date.parse(headers?.["date"] ?? "") + 500;
}

/** 404 to a put: with ifMatch there is no such object; without, it can only be the bucket that is not there. */
function missing({ error }: S3Failure, condition?: Condition): PutOutcome {
  if (condition && "ifMatch" in condition) return { kind: "exists-other", found: undefined };
  const reason = new EdgeError("objects-bucket", error.message, {
    cause: error,
    remedy: "create the bucket, or correct its name",
  });
  return { kind: "refused", about: "store", error: reason };
}

/** Signs with the digest that is known already: hashing a segment again would hold the event loop for milliseconds. */
function signWith(command: Sdk.PutObjectCommand, digest: string): void {
  command.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers["x-amz-content-sha256"] = digest;
      return next(args);
    },
    { step: "build", name: "knownDigest" },
  );
}

function info(
  key: string,
  answer: {
    ContentLength?: number | undefined;
    ETag?: string | undefined;
    LastModified?: Date | undefined;
    Metadata?: Record<string, string> | undefined;
  },
): HeadInfo {
  return {
    key,
    size: answer.ContentLength ?? 0,
    etag: answer.ETag ?? "",
    modifiedAt: answer.LastModified?.getTime() ?? 0,
    sha256: answer.Metadata?.["sha256"],
  };
}

function ignore(): void {
  // The answer was too large and is thrown away; how its connection ends does not matter.
}
