import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { systemClock } from "../../../lib/clock";
import { openStoreUrl } from "../../../lib/storage/store-url";

const opened = (url: string, env: NodeJS.ProcessEnv = {}): string => openStoreUrl(url, systemClock, env).description;

describe("the store that a command line names", () => {
  it("is a bucket with its prefix, at the endpoint of the environment", () => {
    assert.equal(
      opened("s3://plant/line-1", { AWS_ENDPOINT_URL: "http://127.0.0.1:9000/" }),
      "bucket plant/line-1/ at http://127.0.0.1:9000",
    );
    const both = { AWS_ENDPOINT_URL: "http://other", AWS_ENDPOINT_URL_S3: "https://s3.plant.example" };
    assert.equal(opened("s3://plant", both), "bucket plant at https://s3.plant.example");
    assert.equal(opened("s3://plant/", { AWS_REGION: "eu-central-1" }), "bucket plant at AWS eu-central-1");
  });

  it("is a folder, from where the command runs", () => {
    assert.equal(opened(tmpdir()), `folder ${tmpdir()}`);
    assert.equal(opened("objects"), `folder ${process.cwd()}/objects`);
  });

  for (const url of ["", "gs://plant", "http://127.0.0.1/plant", "s3://P", "s3://plant/../x"]) {
    it(`is refused as ${JSON.stringify(url)}`, () => {
      assert.throws(() => opened(url), { name: "EdgeError" });
    });
  }
});
