import { EdgeError } from "../errors";
import { assertPrefix } from "./keys";
import type { S3Options } from "./s3-store";

export interface S3Secrets {
  access_key?: string;
  secret_key?: string;
}

/** As typed by somebody: every text may be empty. */
export interface S3Settings {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly pathStyle: boolean;
  readonly secrets: S3Secrets;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** @throws EdgeError `objects-config` */
export function readS3Settings({ endpoint, region, bucket, prefix, pathStyle, secrets }: S3Settings): S3Options {
  if (!BUCKET.test(bucket)) {
    throw new EdgeError("objects-config", `"${bucket}" cannot be a bucket's name: 3 to 63 of a-z 0-9 . -`);
  }
  const { access_key: accessKeyId = "", secret_key: secretAccessKey = "" } = secrets;
  if ((accessKeyId === "") !== (secretAccessKey === "")) {
    throw new EdgeError("objects-config", `the ${accessKeyId === "" ? "access key" : "secret"} is missing`, {
      remedy: "enter both, or none to take what the environment has (AWS_ACCESS_KEY_ID, …)",
    });
  }
  return {
    ...(endpoint !== "" && { endpoint: checkedEndpoint(endpoint) }),
    region,
    bucket,
    prefix: checkedPrefix(prefix),
    pathStyle,
    ...(accessKeyId !== "" && { credentials: { accessKeyId, secretAccessKey } }),
  };
}

function checkedEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (!bare || !["http:", "https:"].includes(url.protocol)) {
    throw new EdgeError(
      "objects-config",
      `the endpoint "${text.replace(/\/\/[^@/]*@/, "//…@")}" must read https://host:port`,
    );
  }
  return text.replace(/\/+$/, "");
}

function checkedPrefix(text: string): string {
  const prefix = text === "" || text.endsWith("/") ? text : `${text}/`;
  assertPrefix(prefix);
  return prefix;
}
