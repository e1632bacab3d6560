/** The simulated plant on the command line; `npm run simulate -- help` lists what it does. */
import { systemClock } from "../lib/clock";
import { EdgeError, asError } from "../lib/errors";
import { isSafeName } from "../lib/ids";
import { PRODUCTS, RIGS, SEEN_RIGS } from "../lib/plant/catalogue";
import { bestPossible } from "../lib/plant/bayes";
import { PRODUCT_CHOICES, productsOf } from "../lib/plant/ldos";
import { Random } from "../lib/plant/random";
import { MAX_FAULT_SHARE } from "../lib/plant/schedule";
import { SEGMENT_LIMITS } from "../lib/storage/pack";
import { openStoreUrl } from "../lib/storage/store-url";
import { CommandOptions } from "./options";
import { serve, SERVE_OPTIONS } from "./serve";
import { writeSegments } from "./segments";

const USAGE = `The simulated plant: ${PRODUCTS.length} products, ${RIGS.length} test rigs, seeded.

  npm run simulate -- segments --runs N --out FOLDER|s3://BUCKET [--seed 1] [--products seen|new|all] [--assets ${SEEN_RIGS}]
                      [--fault-share 0.35] [--device plant-sim] [--days 42] [--start 2026-01-05] [--drift 0] [--rows 1000]
      N runs as LDO segments of so many rows, in a bucket or a folder laid out as one, for training. A bucket's endpoint
      and credentials are the AWS SDK's own variables (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, …).

  npm run simulate -- serve [--opcua-port P] [--modbus-port P] [--scanner-port P] [--control-port P] [--host 127.0.0.1]
                      [--contexts FILE] [--record FILE] [--seed 1] [--assets ${SEEN_RIGS}] [--rate 10] [--cycle 2]
                      [--fault-share 0.1] [--first-fault 8] [--codes plain|gs1|digital-link|mixed] [--frame crlf|lf|stx]
      The plant as a process: what has a port is served, port 0 takes a free one; one JSON line says what is where.
      The scanner of the second asset is at the next port, and so on. Commands as JSON lines, here or at --control-port:
      {"name":"inject","state":"bearing_wear","asset":"motor-1","duration_s":20}, clear, new_product, drift, stop, start, status

  npm run simulate -- bayes [--runs 200000] [--seed 1] [--fault-share 0.35] [--products seen|new]
      The best accuracy that any judge can reach on this plant, by Monte Carlo.
`;

async function segments(args: readonly string[]): Promise<void> {
  const options = new CommandOptions(args, [
    "runs",
    "out",
    "seed",
    "products",
    "assets",
    "fault-share",
    "device",
    "days",
    "start",
    "drift",
    "rows",
  ]);
  const device = options.text("device", "plant-sim");
  if (!isSafeName(device)) throw new EdgeError("usage", `--device is "${device}", must be 1 to 63 of a-z 0-9 . _ -`);
  const startMs = Date.parse(options.text("start", "2026-01-05"));
  if (Number.isNaN(startMs))
    throw new EdgeError("usage", `--start is "${options.text("start")}", must be a date such as 2026-01-05`);
  const store = openStoreUrl(options.required("out"), systemClock);
  try {
    const runs = {
      seed: options.integer("seed", 1, 0, 2 ** 32 - 1),
      runs: options.integer("runs", 10_000, 1, 100_000_000),
      faultShare: options.number("fault-share", 0.35, 0, MAX_FAULT_SHARE),
      products: options.choice("products", PRODUCT_CHOICES, "seen"),
      assets: options.integer("assets", SEEN_RIGS, 1, RIGS.length),
      days: options.number("days", 42, 0.01, 10_000),
      drift: options.number("drift", 0, -10, 10),
      device,
      startMs,
    };
    const rows = options.integer("rows", SEGMENT_LIMITS.rows, 1, SEGMENT_LIMITS.rows);
    console.log(JSON.stringify(await writeSegments(store, runs, rows)));
  } finally {
    await store.close();
  }
}

function bayes(args: readonly string[]): void {
  const options = new CommandOptions(args, ["runs", "seed", "fault-share", "products"]);
  const runs = options.integer("runs", 200_000, 1_000, 100_000_000);
  const faultShare = options.number("fault-share", 0.35, 0, 0.99);
  const products = productsOf(options.choice("products", PRODUCT_CHOICES, "seen"));
  const random = new Random(options.integer("seed", 1, 0, 2 ** 32 - 1), "bayes");
  // A judge who knows less weighs more possibilities per run: fewer runs do.
  console.log(
    JSON.stringify(bestPossible(random, { knowledge: "product, recipe and asset", runs, faultShare, products })),
  );
  console.log(
    JSON.stringify(bestPossible(random, { knowledge: "product", runs: Math.ceil(runs / 4), faultShare, products })),
  );
  console.log(
    JSON.stringify(
      bestPossible(random, { knowledge: "readings alone", runs: Math.ceil(runs / 10), faultShare, products }),
    ),
  );
}

async function main([command = "help", ...args]: readonly string[]): Promise<void> {
  switch (command) {
    case "segments":
      return segments(args);
    case "serve":
      return serve(new CommandOptions(args, SERVE_OPTIONS));
    case "bayes":
      return bayes(args);
    case "help":
    case "--help":
      console.log(USAGE);
      return;
    default:
      throw new EdgeError("usage", `"${command}" is not a command`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(asError(error).message);
  if (error instanceof EdgeError && error.code === "usage") console.error(`\n${USAGE}`);
  process.exitCode = 1;
});
