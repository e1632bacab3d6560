import { EdgeError, asError } from "../errors";

/** What a failed request to S3 means for the one who made it. */
export interface S3Failure {
  /**
   * `missing`: no such object; `condition`: 412; `unknown`: may have been carried out, or will be next time; `object`,
   * `store`: refused, and will be again until the object, or a setting, is another.
   */
  readonly kind: "missing" | "condition" | "unknown" | "object" | "store";
  readonly error: EdgeError;
}

/**
 * Sorts what the SDK throws. Servers differ: what decides is the error's code where it is telling, else the status.
 * @param what "put ldo/v1/… in bucket ldo", for the message
 */
export function explainS3(thrown: unknown, what: string): S3Failure {
  const reason = asError(thrown) as Error & { code?: string; $metadata?: { httpStatusCode?: number } };
  const status = reason.$metadata?.httpStatusCode;
  const detail = `${what}: ${[status, reason.name, reason.message].filter(Boolean).join(" ")}`;
  const failure = (kind: S3Failure["kind"], code: string, remedy?: string): S3Failure => ({
    kind,
    error: new EdgeError(code, detail, remedy === undefined ? { cause: thrown } : { cause: thrown, remedy }),
  });
  if (status === undefined) return failure(...explainNetwork(reason));
  const named = BY_NAME[reason.name];
  if (named) return failure(...named);
  if (status === 412) return failure("condition", "objects-condition");
  if (status === 404) return failure("missing", "objects-missing");
  if (status === 401 || status === 403) {
    return failure("store", "objects-denied", "check access key and secret, and what the key may do with this bucket");
  }
  if (status === 413) return failure("object", "objects-too-large");
  if (status === 429 || status >= 500) return failure("unknown", "objects-busy");
  if (status >= 300 && status < 400) return failure("store", "objects-refused", "check endpoint and region");
  return failure("object", "objects-refused");
}

type Explained = [kind: S3Failure["kind"], code: string, remedy?: string];

const REGION: Explained = ["store", "objects-refused", "check the region"];

/** Error codes of S3 that say more than their status. */
const BY_NAME: Readonly<Record<string, Explained>> = {
  NoSuchBucket: ["store", "objects-bucket", "create the bucket, or correct its name"],
  InvalidBucketName: ["store", "objects-bucket", "correct the bucket's name"],
  NoSuchKey: ["missing", "objects-missing"],
  NotFound: ["missing", "objects-missing"],
  InvalidAccessKeyId: ["store", "objects-denied", "the access key is not known there: correct it"],
  // versitygw says so, with 404.
  XAdminUserNotFound: ["store", "objects-denied", "the access key is not known there: correct it"],
  SignatureDoesNotMatch: ["store", "objects-denied", "the secret does not belong to the access key: enter it again"],
  RequestTimeTooSkewed: [
    "store",
    "objects-clock",
    "this device's clock and the server's are too far apart: set the time (NTP)",
  ],
  RequestExpired: [
    "store",
    "objects-clock",
    "this device's clock and the server's are too far apart: set the time (NTP)",
  ],
  AuthorizationHeaderMalformed: REGION,
  PermanentRedirect: REGION,
  ExpiredToken: ["store", "objects-denied", "the session has expired: enter new keys"],
  EntityTooLarge: ["object", "objects-too-large"],
  NotImplemented: ["store", "objects-refused", "the server lacks conditional writes"],
  PreconditionFailed: ["condition", "objects-condition"],
  // Two writers met; AWS asks to try again.
  ConditionalRequestConflict: ["unknown", "objects-busy"],
  OperationAborted: ["unknown", "objects-busy"],
  // The body did not arrive as it was sent, or not in time.
  RequestTimeout: ["unknown", "objects-timeout"],
  IncompleteBody: ["unknown", "objects-busy"],
  BadDigest: ["unknown", "objects-busy"],
  XAmzContentSHA256Mismatch: ["unknown", "objects-busy"],
  SlowDown: ["unknown", "objects-busy"],
};

/** No status: the connection failed, before or after the server got the request. */
function explainNetwork(reason: Error & { code?: string }): Explained {
  const code = reason.code ?? "";
  if (/CERT|TLS|SSL/.test(code))
    return [
      "unknown",
      "objects-unreachable",
      "the server's certificate is not trusted: NODE_EXTRA_CA_CERTS names further ones",
    ];
  // The SDK calls a reset a TimeoutError too: its code is what tells.
  if (/^E[A-Z]+$/.test(code) && code !== "ETIMEDOUT") return ["unknown", "objects-unreachable"];
  if (reason.name === "CredentialsProviderError") return ["store", "objects-denied", "enter access key and secret"];
  return [
    "unknown",
    reason.name === "TimeoutError" || reason.name === "AbortError" ? "objects-timeout" : "objects-unreachable",
  ];
}
