import assert from "node:assert/strict";
import * as fc from "fast-check";
import { addresses, clusterRedis, placesOf, sentinelRedis, shown } from "../../../lib/context/redis-target";
import { withCode } from "./support";

const access = {
  username: "edge",
  password: "of the servers",
  db: 3,
  tls: { ca: "", cert: "", key: "", servername: "redis.plant", verify: true },
  nodes: "s1, s2:26380 [::1]:26381",
  secure: false,
  addressMap: "",
};
const sentinel = { username: "guard", password: "of the Sentinels", secure: true };

describe("addresses of Redis", () => {
  it("are hosts with a port, separated by commas, semicolons or white space", () => {
    assert.deepEqual(addresses(" a, b:1;[::1]:2\n10.0.0.7 ", 6379), [
      { host: "a", port: 6379 },
      { host: "b", port: 1 },
      { host: "::1", port: 2 },
      { host: "10.0.0.7", port: 6379 },
    ]);
    for (const wrong of ["", " , ", "redis://a", "a:0", "a:65536", "a:b", "u@a", "::1", "a b:c"])
      assert.throws(() => addresses(wrong, 1), withCode("store-nodes"), wrong);
  });

  it("are written as they are read, and any text is addresses or refused", () => {
    const names = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 65_535 }), (name, port) => {
        assert.deepEqual(addresses(shown({ host: name, port }), 1), [{ host: name, port }]);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          assert.ok(addresses(text, 1).every(({ host, port }) => host !== "" && port >= 1 && port <= 65_535));
        } catch (error) {
          assert.ok(withCode("store-nodes")(error), String(error));
        }
      }),
    );
  });

  it("are the same place in any order, and another with one more", () => {
    assert.equal(placesOf({ nodes: "b, a:26379" }, "sentinel"), placesOf({ nodes: "a b" }, "sentinel"));
    assert.notEqual(placesOf({ nodes: "a" }, "cluster"), placesOf({ nodes: "a,b" }, "cluster"));
  });
});

describe("a way to Redis", () => {
  it("keeps the secrets of Sentinels and servers apart", () => {
    const target = sentinelRedis({ ...access, masterName: "line-1", sentinel });
    assert.ok(target.kind === "sentinel");
    const { options, asking } = target;
    assert.deepEqual([options.username, options.password, options.db], ["edge", "of the servers", 3]);
    assert.deepEqual([options.sentinelUsername, options.sentinelPassword], ["guard", "of the Sentinels"]);
    assert.deepEqual([asking.username, asking.password, asking.db], ["guard", "of the Sentinels", 0]);
    assert.equal(options.tls, undefined, "TLS of the Sentinels is not that of the servers");
    assert.deepEqual(options.sentinelTLS, { rejectUnauthorized: true, servername: "redis.plant" });
    const open = sentinelRedis({
      ...access,
      secure: true,
      masterName: "m",
      sentinel: { username: "", password: "", secure: false },
    });
    assert.ok(open.kind === "sentinel");
    assert.ok(open.options.tls && open.options.enableTLSForSentinelMode);
    assert.deepEqual([open.asking.username, open.asking.password, open.asking.tls], [undefined, undefined, undefined]);
    assert.throws(() => sentinelRedis({ ...access, masterName: "my master", sentinel }), withCode("store-master"));
  });

  it("takes announced addresses for others", () => {
    const target = clusterRedis({ ...access, addressMap: "10.0.0.5:6379=redis.plant:7001, 10.0.0.6=redis.plant:7002" });
    assert.ok(target.kind === "cluster");
    assert.deepEqual(target.options.natMap, {
      "10.0.0.5:6379": { host: "redis.plant", port: 7001 },
      "10.0.0.6:6379": { host: "redis.plant", port: 7002 },
    });
    for (const wrong of ["a", "a=b=c", "=b", "a=", "a:x=b"])
      assert.throws(() => clusterRedis({ ...access, addressMap: wrong }), withCode("store-nodes"), wrong);
  });
});
