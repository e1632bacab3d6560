import { resolve } from "node:path";
import type { Clock } from "../clock";
import { EdgeError } from "../errors";
import { FolderStore } from "./folder-store";
import type { ObjectStore } from "./object-store";
import { readS3Settings } from "./s3-settings";
import { S3Store } from "./s3-store";

const S3_URL = /^s3:\/\/([^/]+)(?:\/(.*))?$/;

/**
 * The store that a command line names: `s3://bucket[/prefix]`, or a folder. Endpoint, region and credentials of a bucket
 * are the AWS SDK's own variables (AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, …), as the
 * trainer and every other S3 tool take them. A named endpoint is asked with the bucket in the path.
 *
 * @throws EdgeError `objects-config` for a URL of another kind, a bucket or an endpoint that cannot be one
 */
export function openStoreUrl(url: string, clock: Clock, env: NodeJS.ProcessEnv = process.env): ObjectStore {
  const s3 = S3_URL.exec(url);
  if (!s3) {
    if (url === "" || /^[a-z][a-z0-9+.-]*:\/\//i.test(url)) {
      throw new EdgeError("objects-config", `"${url}" must be s3://bucket/prefix or a folder`);
    }
    return new FolderStore(resolve(url), clock);
  }
  const endpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || "";
  const [, bucket = "", prefix = ""] = s3;
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || "us-east-1";
  return new S3Store(
    readS3Settings({ endpoint, region, bucket, prefix, pathStyle: endpoint !== "", secrets: {} }),
    clock,
  );
}
