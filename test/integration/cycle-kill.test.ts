import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { BUNDLED_VERSION, linkedPalette, removeUserDir, startNodeRed, type NodeRed } from "../support/nodered";

const KILLS = 4;
const ASSETS = ["motor-1", "motor-2"];
/** Requests under way at once, for each asset. */
const AT_ONCE = 4;
const id = (n: number): string => `c1c1e00000000${n.toString(16).padStart(3, "0")}`;
const [TAB, DEVICE, STORE, ASK, MEANT, QR, TOLD, RESPONSE] = [0, 1, 2, 3, 4, 5, 6, 7].map(id);

const code = (func: string): object => ({ type: "function", func, outputs: 1 });

/** A scan by HTTP, answered with the number of its run: whoever has the answer was given that number. */
function countingFlow(): object[] {
  const at = { z: TAB, x: 100, y: 100 };
  return [
    { id: TAB, type: "tab", label: "Cycles" },
    { id: DEVICE, type: "context-edge-device", device_id: "edge-1", assets: ASSETS.map((asset) => ({ id: asset })) },
    { id: STORE, type: "context-edge-store", kind: "embedded", device: DEVICE },
    { ...at, id: ASK, type: "http in", url: "/ask/:what", method: "post", wires: [[MEANT]] },
    {
      ...at,
      id: MEANT,
      ...code(`
        const { what } = msg.req.params;
        if (what === "put") msg.command = { name: "put", key: "context:A100" };
        else if (what.startsWith("cycles:")) msg.command = { name: "get", key: what };
        else { msg.topic = what; msg.payload = "A100"; }
        return msg;`),
      wires: [[QR]],
    },
    {
      ...at,
      id: QR,
      type: "qr-context",
      device: DEVICE,
      store: STORE,
      count_cycles: true,
      debounce_ms: "0",
      deadline_ms: "10000",
      wires: [[TOLD], [TOLD]],
    },
    {
      ...at,
      id: TOLD,
      ...code(`
        const value = msg.command ? msg.event.value : msg.context;
        msg.payload = { number: value ? value.cycle_count : null };
        return msg;`),
      wires: [[RESPONSE]],
    },
    { ...at, id: RESPONSE, type: "http response", wires: [] },
  ];
}

/** The number in the answer; undefined where none came. */
const ask = async ({ url }: NodeRed, what: string): Promise<number | undefined> => {
  const answer = await fetch(`${url}/ask/${what}`, {
    method: "POST",
    headers: { "content-type": "application/json", connection: "close" },
    body: "{}",
  }).then(
    (response) => response.json() as Promise<{ number: number }>,
    () => undefined,
  );
  return answer?.number;
};

describe("the count of runs, killed", function () {
  this.timeout(120_000);
  let userDir: string;
  let red: NodeRed | undefined;
  before(() => (userDir = linkedPalette()));
  after(async () => {
    await red?.stop();
    removeUserDir(userDir);
  });

  const start = async (): Promise<NodeRed> =>
    (red = await startNodeRed({ version: BUNDLED_VERSION, userDir, flow: countingFlow() }));
  it(`loses and doubles no number that was given, over ${KILLS} SIGKILLs at random moments`, async () => {
    const given = new Map(ASSETS.map((asset) => [asset, [] as number[]]));
    const sent = new Map(ASSETS.map((asset) => [asset, 0]));
    for (let kill = 0; kill < KILLS; kill++) {
      const running = await start();
      if (kill === 0) await ask(running, "put");
      const alive = { now: true };
      const scanning = ASSETS.flatMap((asset) =>
        Array.from({ length: AT_ONCE }, async () => {
          while (alive.now) {
            sent.set(asset, (sent.get(asset) ?? 0) + 1);
            const number = await ask(running, asset);
            if (number !== undefined) given.get(asset)?.push(number);
          }
        }),
      );
      await sleep(200 + Math.random() * 500);
      await running.process.stop("SIGKILL");
      alive.now = false;
      await Promise.all(scanning);
    }
    const last = await start();
    for (const asset of ASSETS) {
      const numbers = given.get(asset) ?? [];
      const scans = sent.get(asset) ?? 0;
      const stored = (await ask(last, `cycles:${asset}`)) ?? 0;
      assert.ok(numbers.length > 50, `${numbers.length} numbers were given to ${asset}`);
      assert.equal(new Set(numbers).size, numbers.length, "a number was given twice");
      assert.ok(stored >= Math.max(...numbers), `${asset}: ${stored} stored, ${Math.max(...numbers)} given`);
      // Those without an answer may have been counted, once each: nobody else was.
      assert.ok(stored <= scans, `${asset}: ${stored} stored of ${scans} scans`);
      assert.equal(await ask(last, asset), stored + 1, "it goes on from there");
    }
  });
});
