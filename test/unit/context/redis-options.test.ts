import assert from "node:assert/strict";
import { minimal } from "../../../lib/context/redis-connection";
import { aclRemedy, plainly, redisError } from "../../../lib/context/redis-errors";
import { redisHost, redisOptions, type RedisSettings } from "../../../lib/context/redis-options";
import { withCode } from "./support";

const settings = (url: string, more: Partial<RedisSettings> = {}): RedisSettings => ({
  url,
  username: "",
  password: "",
  db: undefined,
  tls: { ca: "", cert: "", key: "", servername: "", verify: true },
  ...more,
});

describe("a Redis URL", () => {
  it("gives host, port, database, user and password", () => {
    const { host, port, db, username, password, tls } = redisOptions(
      settings("redis://edge:p%40ss@redis.plant:6400/2"),
    );
    assert.deepEqual([host, port, db, username, password, tls], ["redis.plant", 6400, 2, "edge", "p@ss", undefined]);
  });

  it("gives way to what the credentials and the database field say", () => {
    const options = redisOptions(settings("redis://a:b@h/2", { username: "edge", password: "secret", db: 5 }));
    assert.deepEqual([options.username, options.password, options.db, options.port], ["edge", "secret", 5, 6379]);
  });

  it("of TLS checks the certificate against its host, unless told otherwise", () => {
    assert.deepEqual(redisOptions(settings("rediss://redis.plant")).tls, {
      rejectUnauthorized: true,
      servername: "redis.plant",
    });
    assert.deepEqual(redisOptions(settings("rediss://10.0.0.7")).tls, { rejectUnauthorized: true });
    const tls = { ca: "", cert: "", key: "", servername: "redis.plant", verify: false };
    assert.deepEqual(redisOptions(settings("rediss://[::1]:6380", { tls })).tls, {
      rejectUnauthorized: false,
      servername: "redis.plant",
    });
    assert.equal(redisOptions(settings("rediss://[::1]:6380")).host, "::1");
  });

  it("that is none is refused in words", () => {
    for (const wrong of ["", "localhost", "http://localhost", "redis://", "redis://h/x", "redis://h/-1"]) {
      assert.throws(() => redisOptions(settings(wrong)), withCode("store-url"), wrong);
    }
    const tls = { ...settings("").tls, ca: "/nowhere/ca.pem" };
    assert.throws(() => redisOptions(settings("rediss://h", { tls })), withCode("store-tls"));
    const noPem = { ...tls, ca: __filename };
    assert.throws(() => redisOptions(settings("rediss://h", { tls: noPem })), /is not in PEM format/);
  });

  it("is the same host with or without its default port, and another with another scheme", () => {
    assert.equal(redisHost("redis://h/2"), redisHost("redis://user:pw@h:6379"));
    assert.notEqual(redisHost("redis://h"), redisHost("rediss://h"));
    assert.notEqual(redisHost("redis://h"), redisHost("redis://h:6380"));
  });
});

describe("what Redis refuses", () => {
  const prefixes = ["context:", "asset:"];

  it("is said with the rule that mends it", () => {
    const command = "NOPERM User edge has no permissions to run the 'client|tracking' command";
    assert.equal(aclRemedy(command, "edge", prefixes), "ACL SETUSER edge +client|tracking");
    assert.equal(
      aclRemedy("NOPERM No permissions to access a key", "edge", prefixes),
      "ACL SETUSER edge ~context:* ~asset:*",
    );
    assert.equal(
      aclRemedy("NOPERM No permissions to access a channel", "", prefixes),
      "ACL SETUSER default &__redis__:invalidate",
    );
    assert.equal(aclRemedy("ERR syntax error", "edge", prefixes), undefined);
  });

  it("is unavailable, but another type under the key is invalid", () => {
    assert.equal(redisError(new Error("LOADING Redis is loading"), "reading k", "", []).code, "context-unavailable");
    assert.equal(redisError(new Error("WRONGTYPE Operation against"), "reading k", "", []).code, "context-invalid");
  });

  it("is said plainly", () => {
    assert.equal(
      plainly(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })),
      "nothing listens there (connection refused)",
    );
    assert.equal(plainly(new Error("WRONGPASS invalid username-password pair")), "user name or password is wrong");
    for (const code of ["ETIMEDOUT", "ECONNRESET"])
      assert.match(plainly(Object.assign(new Error("x"), { code })), /TLS.*rediss:|rediss:/);
    assert.match(plainly(new Error("READONLY You can't write against a read only replica.")), /replica/);
    assert.match(plainly(new Error("LOADING Redis is loading the dataset in memory")), /still loading/);
    assert.equal(
      plainly(new Error('Unknown RESP type 72 "H". Please report this.')),
      "what answers there is no Redis server",
    );
    assert.match(plainly(new Error("MOVED 866 10.0.0.1:7001")), /Redis Cluster/);
  });
});

describe("prefixes that Redis is asked to follow", () => {
  it("do not overlap", () => {
    assert.deepEqual(minimal(["context:", "asset:", "context:a", "asset:"]).toSorted(), ["asset:", "context:"]);
    assert.deepEqual(minimal(["", "context:"]), [""]);
  });
});
