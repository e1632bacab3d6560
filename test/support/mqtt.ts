import { execFile } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { scratch } from "./cache";
import { debianPrograms, type DebianPrograms } from "./debian";
import { freePort } from "./ports";
import { TestProcess } from "./process";

/** A message as a subscriber gets it. */
export interface Heard {
  readonly topic: string;
  readonly retained: boolean;
  readonly payload: string;
}

export interface Subscriber {
  readonly heard: readonly Heard[];
  stop(): Promise<void>;
}

/** Debian's mosquitto on a free loopback port; it keeps nothing over a restart. */
export interface TestBroker {
  readonly port: number;
  start(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** mosquitto_sub, QoS 1: what is retained now, then what comes. */
  subscribe(topic: string): Promise<Subscriber>;
  /** mosquitto_pub, QoS 1; resolves when the broker has it. */
  publish(topic: string, payload: string): Promise<void>;
  stop(): Promise<void>;
}

export async function mosquitto(): Promise<TestBroker> {
  const programs = await debianPrograms(
    ["mosquitto", "mosquitto-clients"],
    ["mosquitto", "mosquitto_sub", "mosquitto_pub"],
  );
  const port = await freePort();
  const dir = scratch("mosquitto");
  const config = join(dir, "mosquitto.conf");
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type all\n`);
  let server: TestProcess | undefined;
  return {
    port,
    start: async () => {
      server = new TestProcess(programs.path("mosquitto"), ["-c", config, "-v"], { env: programs.env });
      await server.line(/mosquitto version .* running/);
    },
    kill: async () => server?.stop("SIGKILL"),
    subscribe: (topic) => subscribe(programs, port, topic),
    publish: async (topic, payload) => {
      const args = ["-h", "127.0.0.1", "-p", String(port), "-q", "1", "-t", topic, "-m", payload];
      await promisify(execFile)(programs.path("mosquitto_pub"), args, { env: programs.env });
    },
    stop: async () => {
      await server?.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function subscribe(programs: DebianPrograms, port: number, topic: string): Promise<Subscriber> {
  const heard: Heard[] = [];
  const args = ["-h", "127.0.0.1", "-p", String(port), "-q", "1", "-t", topic, "-F", "%r\t%t\t%p", "-d"];
  // Into a pipe it would keep its lines until there are many.
  const command = ["-oL", programs.path("mosquitto_sub"), ...args];
  const client = new TestProcess("stdbuf", command, { env: programs.env });
  client.each((line) => {
    const [, flag, name, payload] = /^([01])\t([^\t]*)\t(.*)$/.exec(line) ?? [];
    if (name !== undefined && payload !== undefined) heard.push({ topic: name, retained: flag === "1", payload });
  });
  await client.line(/received SUBACK/);
  return { heard, stop: () => client.stop() };
}
