/**
 * `npm run soak -- random [messages] [seed]`, `npm run soak -- plant [seconds] [seed]`,
 * `npm run soak -- pairs [servers at once]`: what takes too long for a test. Ends
 * with what was found as JSON, and with 1 when that is not as it must be.
 */
import { soakPairs } from "../test/soak/pairs/run";
import { soakPlant } from "../test/soak/plant/run";
import { soakRandom } from "../test/soak/random/run";

type Soak = (
  amount: number | undefined,
  seed: number,
  say: (line: string) => void,
) => Promise<{ report: object; good: boolean }>;

const MOST_COMPLAINTS = 40;
const MOST_GROWTH = 64 * 2 ** 20;

const SOAKS: Readonly<Record<string, Soak>> = {
  random: async (messages = 1_000_000, seed, say) => {
    const report = await soakRandom(messages, seed, say);
    return { report, good: report.answered === report.sent && report.grown < MOST_GROWTH };
  },
  pairs: async (places = 6, _seed, say) => {
    const report = await soakPairs(places, say);
    return { report, good: report.opcua.failed.length === 0 && report.modbus.failed.length === 0 };
  },
  plant: async (seconds = 600, seed, say) => {
    const report = await soakPlant({ seconds, seed, say });
    const { complaints } = report;
    const shown = { ...report, complaints: complaints.slice(0, MOST_COMPLAINTS), complaintCount: complaints.length };
    return { report: shown, good: complaints.length === 0 };
  },
};

async function main([name = "", amount, seed = "1"]: readonly string[]): Promise<boolean> {
  const soak = SOAKS[name];
  if (!soak) throw new Error(`no soak "${name}": ${Object.keys(SOAKS).join(", ")}`);
  const { report, good } = await soak(amount === undefined ? undefined : Number(amount), Number(seed), (line) =>
    console.error(line),
  );
  console.log(JSON.stringify(report, null, 1));
  return good;
}

main(process.argv.slice(2)).then(
  (good) => process.exit(good ? 0 : 1),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
