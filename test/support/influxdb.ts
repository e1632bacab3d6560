import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "./cache";
import { debianPrograms } from "./debian";
import { freePort } from "./ports";
import { TestProcess, until } from "./process";

/** Debian's InfluxDB (1.6) on free loopback ports. */
export interface TestInflux {
  readonly url: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Rows of a query in InfluxQL, by column. */
  query(q: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

interface Answer {
  results: { series?: { columns: string[]; values: unknown[][] }[]; error?: string }[];
}

export async function influxdb(database: string): Promise<TestInflux> {
  const programs = await debianPrograms(["influxdb"], ["influxd"]);
  const [port, rpc] = [await freePort(), await freePort()];
  const dir = scratch("influxdb");
  const folders = ["meta", "data", "wal"].map((name) => join(dir, name));
  for (const folder of folders) mkdirSync(folder);
  const config = join(dir, "influxdb.conf");
  writeFileSync(
    config,
    `reporting-enabled = false
bind-address = "127.0.0.1:${rpc}"
[meta]
dir = "${folders[0]}"
[data]
dir = "${folders[1]}"
wal-dir = "${folders[2]}"
[http]
bind-address = "127.0.0.1:${port}"
log-enabled = false
`,
  );
  const url = `http://127.0.0.1:${port}`;
  let server: TestProcess | undefined;
  const ask = async (q: string): Promise<Answer> => {
    const answer = await fetch(`${url}/query?db=${database}&q=${encodeURIComponent(q)}`, { method: "POST" });
    return (await answer.json()) as Answer;
  };
  return {
    url,
    start: async () => {
      server = new TestProcess(programs.path("influxd"), ["-config", config], { env: programs.env });
      await until("InfluxDB answers", async () => (await fetch(`${url}/ping`).catch(() => undefined))?.status === 204);
      await ask(`CREATE DATABASE ${database}`);
    },
    kill: async () => server?.stop("SIGKILL"),
    query: async (q) => {
      const { results } = await ask(q);
      const [result] = results;
      if (result?.error !== undefined) throw new Error(result.error);
      const series = result?.series?.[0];
      return (series?.values ?? []).map((row) =>
        Object.fromEntries(row.map((value, i) => [series?.columns[i], value])),
      );
    },
    stop: async () => {
      await server?.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
