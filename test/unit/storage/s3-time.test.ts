import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "../../../lib/clock";
import { S3Store } from "../../../lib/storage/s3-store";

describe("the clock of an S3 server", () => {
  it("is read from its answers, to the second", async () => {
    for (const offMs of [0, 3_600_000, -3_600_000]) {
      const server = createServer((_request, response) => {
        response.setHeader("date", new Date(Date.now() + offMs).toUTCString());
        response.end("body");
      });
      await once(server.listen(0, "127.0.0.1"), "listening");
      const heard: number[] = [];
      const store = new S3Store(
        {
          endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          region: "us-east-1",
          bucket: "b",
          pathStyle: true,
          credentials: { accessKeyId: "k", secretAccessKey: "s" },
          serverTime: (epochMs) => heard.push(epochMs - Date.now() - offMs),
        },
        systemClock,
      );
      await store.get("a");
      await store.get("b");
      assert.equal(heard.length, 2);
      for (const error of heard)
        assert.ok(Math.abs(error) <= 1_000, `${error} ms beside a server that is off by ${offMs} ms`);
      await store.close();
      server.closeAllConnections();
      server.close();
    }
  });
});
