import { once } from "node:events";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { scratch } from "../../test/support/cache";

const ROOT = join(__dirname, "..", "..");

/** What the nodes in bench/edge/nodes see of the rig. */
interface Shared {
  inlets: Map<string, (message: object) => void>;
  arrived(outlet: string, message: object): void;
  redis: unknown;
  session: unknown;
  feeds: () => unknown;
}

export interface RigOptions {
  readonly flow: readonly object[];
  /** False: a bare Node-RED, without this package. */
  readonly withPackage?: boolean;
  readonly redis?: unknown;
  readonly session?: unknown;
  readonly feeds?: () => unknown;
  /** Visible to function nodes as `global.get(name)`. */
  readonly globals?: Record<string, unknown>;
}

interface RedRuntime {
  init(server: Server, settings: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  events: NodeJS.EventEmitter;
}

/** An embedded Node-RED with this package in its palette, and inlets and outlets that the bench drives. */
export class Rig {
  private readonly waiting = new Map<string, (message: object) => void>();

  private constructor(
    private readonly red: RedRuntime,
    private readonly server: Server,
    private readonly shared: Shared,
    readonly userDir: string,
  ) {}

  static async start(options: RigOptions): Promise<Rig> {
    const userDir = scratch("bench");
    mkdirSync(join(userDir, "node_modules", "@context-edge"), { recursive: true });
    if (options.withPackage !== false) symlinkSync(ROOT, join(userDir, "node_modules", "@context-edge", "node-red"));
    writeFileSync(
      join(userDir, "package.json"),
      JSON.stringify({ name: "bench", dependencies: { "@context-edge/node-red": "*" } }),
    );
    writeFileSync(join(userDir, "flows.json"), JSON.stringify(options.flow));
    const shared: Shared = {
      inlets: new Map(),
      arrived: () => undefined,
      redis: options.redis,
      session: options.session,
      feeds: options.feeds ?? (() => undefined),
    };
    Object.assign(globalThis, { contextEdgeBench: shared });
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const red = (await import("node-red")).default as unknown as RedRuntime;
    red.init(server, {
      userDir,
      flowFile: "flows.json",
      httpAdminRoot: false,
      httpNodeRoot: false,
      nodesDir: join(__dirname, "nodes"),
      functionGlobalContext: options.globals ?? {},
      credentialSecret: "bench",
      telemetry: { enabled: false },
      logging: { console: { level: "warn", metrics: false, audit: false } },
    });
    const started = once(red.events, "flows:started");
    await red.start();
    await started;
    const rig = new Rig(red, server, shared, userDir);
    shared.arrived = (outlet, message) => rig.waiting.get(outlet)?.(message);
    return rig;
  }

  /** Sends into the bench-in of this name. */
  send(inlet: string, message: object): void {
    const push = this.shared.inlets.get(inlet);
    if (!push) throw new Error(`no inlet ${inlet}: ${[...this.shared.inlets.keys()].join(", ")}`);
    push(message);
  }

  /** Called for each message that reaches the bench-out of this name, until replaced. */
  onArrival(outlet: string, listener: (message: object) => void): void {
    this.waiting.set(outlet, listener);
  }

  async stop(): Promise<void> {
    await this.red.stop();
    this.server.close();
    rmSync(this.userDir, { recursive: true, force: true });
  }
}

export interface Block {
  /** Milliseconds from send to arrival, one per message, one message in flight. */
  readonly latencies: Float64Array;
  /** CPU milliseconds (user and system) per message. */
  readonly cpuMs: number;
}

/** `count` messages through a chain, one after the other. */
export function sequential(rig: Rig, chain: string, count: number, next: () => object): Promise<Block> {
  return new Promise((resolve) => {
    const latencies = new Float64Array(count);
    const cpu = process.cpuUsage();
    let sent = 0;
    let at = 0;
    const push = (): void => {
      at = performance.now();
      rig.send(chain, next());
    };
    rig.onArrival(chain, () => {
      latencies[sent++] = performance.now() - at;
      if (sent < count) setImmediate(push);
      else resolve({ latencies, cpuMs: cpuSince(cpu) / count });
    });
    push();
  });
}

/** Messages per second and CPU milliseconds per message with `inFlight` messages under way. */
export function flooded(
  rig: Rig,
  chain: string,
  count: number,
  inFlight: number,
  next: () => object,
): Promise<{ perSecond: number; cpuMs: number }> {
  return new Promise((resolve) => {
    const started = performance.now();
    const cpu = process.cpuUsage();
    let sent = 0;
    let done = 0;
    const push = (): void => {
      sent++;
      rig.send(chain, next());
    };
    rig.onArrival(chain, () => {
      done++;
      if (sent < count) push();
      if (done === count)
        resolve({ perSecond: (count / (performance.now() - started)) * 1000, cpuMs: cpuSince(cpu) / count });
    });
    for (let i = 0; i < inFlight; i++) push();
  });
}

/** `count` messages at a steady pace; resolves when the last one has arrived. */
export function paced(rig: Rig, chain: string, count: number, perSecond: number, next: () => object): Promise<void> {
  return new Promise((resolve) => {
    const started = performance.now();
    let sent = 0;
    let done = 0;
    const timer = setInterval(() => {
      const due = Math.min(count, ((performance.now() - started) / 1000) * perSecond);
      for (; sent < due; sent++) rig.send(chain, next());
      if (sent === count) clearInterval(timer);
    }, 1);
    rig.onArrival(chain, () => {
      if (++done === count) resolve();
    });
  });
}

function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
