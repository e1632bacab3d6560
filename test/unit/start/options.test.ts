import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions, UsageError, type StartOptions } from "../../../scripts/start/options";

function read(args: string[], env: NodeJS.ProcessEnv = {}): StartOptions {
  const options = readOptions(args, env);
  assert.notEqual(options, "help");
  return options as StartOptions;
}

describe("the options of npm start", () => {
  it("listen on this machine alone when nothing is said", () => {
    const { host, port, portGiven, password } = read([]);
    assert.deepEqual(
      { host, port, portGiven, password },
      { host: "127.0.0.1", port: 1880, portGiven: false, password: undefined },
    );
  });

  for (const host of ["0.0.0.0", "192.168.1.20", "::", "127.evil.example", "localhost.example.org"]) {
    it(`refuse ${host} without a password`, () => {
      assert.throws(() => read(["--host", host]), /demands a password/);
    });
  }

  for (const host of ["127.0.0.1", "127.8.8.8", "localhost", "::1"]) {
    it(`take ${host} without one`, () => {
      assert.equal(read(["--host", host]).host, host);
    });
  }

  it("take the password from the environment or a file, and a short one from neither", () => {
    const folder = mkdtempSync(join(tmpdir(), "options-"));
    const file = join(folder, "password");
    try {
      writeFileSync(file, "long enough\n");
      assert.equal(read(["--password-file", file]).password, "long enough");
      assert.equal(read([], { CONTEXT_EDGE_PASSWORD: "long enough" }).password, "long enough");
      writeFileSync(file, "short");
      assert.throws(() => read(["--password-file", file]), /has 5 characters, at least 8/);
      assert.throws(() => read(["--password-file", join(folder, "none")]), /cannot be read/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const port of ["0", "65536", "x", "80.5"]) {
    it(`refuse port ${port}`, () => {
      assert.throws(() => read(["--port", port]), UsageError);
    });
  }

  it("refuse what they do not know", () => {
    assert.throws(() => read(["--prot", "1880"]), UsageError);
  });
});
