import assert from "node:assert/strict";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "../../../lib/storage/make-directory";
import { scratch } from "../../support/cache";

describe("making a directory", () => {
  const dir = scratch("make-directory");
  after(() => rmSync(dir, { recursive: true, force: true }));

  it("makes what is missing, and says where that began", () => {
    assert.equal(makeDirectory(join(dir, "a", "b", "c")), join(dir, "a"));
    assert.ok(existsSync(join(dir, "a", "b", "c")));
    assert.equal(makeDirectory(join(dir, "a", "b", "c")), undefined);
  });

  it("does not take a file for a directory, nor make one below it", () => {
    writeFileSync(join(dir, "file"), "");
    assert.throws(() => makeDirectory(join(dir, "file")), { code: "EEXIST" });
    assert.throws(() => makeDirectory(join(dir, "file", "below")), /EEXIST|ENOTDIR/);
  });

  it("comes back with the error where a file system makes none, and does not hang", function () {
    if (!existsSync("/proc/self")) this.skip();
    assert.throws(() => makeDirectory("/proc/context-edge/data"), { code: "ENOENT" });
  });
});
