/** The board as Prometheus reads it. The library that writes the text is loaded with the first scrape, not before. */
import type { Metric, Registry } from "prom-client";
import { loadOptional } from "../optional";
import type { Board, Value } from "./board";
import { METRICS, PREFIX, type MetricName } from "./catalogue";
import { BOUNDS_MS } from "./histogram";
import type { Part } from "./part";

interface Row {
  readonly value: number;
  readonly labels: Record<string, string | number>;
  readonly metricName?: string;
}

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

export class Exporter {
  private registry: Registry | undefined;
  private rows = new Map<string, Row[]>();

  constructor(private readonly board: Board) {}

  /** @throws EdgeError `library-missing` */
  async scrape(): Promise<Exposition> {
    this.registry ??= this.register();
    this.rows = collect(this.board);
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }

  /** Metrics of our own kind: the library's would be told of every message, these read what is there. */
  private register(): Registry {
    const prom = loadOptional("prom-client", "Metrics", () => require("prom-client") as typeof import("prom-client"));
    const registry = new prom.Registry();
    for (const [key, { type, help }] of Object.entries(METRICS)) {
      const name = PREFIX + key;
      const metric = { name, get: () => Promise.resolve({ name, help, type, values: this.rows.get(key) ?? [] }) };
      registry.registerMetric(metric as unknown as Metric);
    }
    return registry;
  }
}

/** @returns rows by metric, without the prefix */
function collect(board: Board): Map<string, Row[]> {
  const rows = new Map<string, Row[]>();
  const put = (metric: MetricName, row: Row): void => {
    const known = rows.get(metric);
    if (known) known.push(row);
    else rows.set(metric, [row]);
  };
  const { reasons, values, parts } = board.inspect();
  for (const part of parts) collectCounts(part, put);
  for (const { metric, value, part, labels } of values) {
    put(metric, { value, labels: { ...nodeLabels(part), ...labels } });
  }
  for (const severity of ["down", "degraded"] as const) {
    put("reasons", { value: reasons.filter((reason) => reason.severity === severity).length, labels: { severity } });
  }
  put("ready", { value: reasons.some(({ severity }) => severity === "down") ? 0 : 1, labels: {} });
  return rows;
}

type Put = (metric: MetricName, row: Row) => void;

function collectCounts({ identity, counts, queue, underWay }: Part, put: Put): void {
  const labels = nodeLabels(identity);
  if (queue) {
    put("messages_received_total", { value: counts.received, labels });
    put("messages_done_total", { value: counts.done, labels });
    put("queue_messages", { value: underWay, labels });
    put("queue_lost_total", { value: counts.lost, labels: { ...labels, policy: queue.policy } });
    if (queue.limit !== Infinity)
      put("queue_limit", { value: queue.limit, labels: { ...labels, policy: queue.policy } });
    for (const [output, value] of counts.sent.entries()) {
      put("messages_sent_total", { value: value ?? 0, labels: { ...labels, output: output + 1 } });
    }
  }
  for (const [code, value] of counts.failed) put("messages_failed_total", { value, labels: { ...labels, code } });
  for (const [metric, tally] of counts.tallies) {
    const [label] = METRICS[metric].labels;
    for (const [word, value] of tally) put(metric, { value, labels: { ...labels, [label]: word } });
  }
  for (const [step, { counts: perBound, sumMs }] of counts.steps) {
    const own = { ...labels, step };
    let below = 0;
    for (const [i, count] of perBound.entries()) {
      below += count;
      const bound = BOUNDS_MS[i];
      const le = bound === undefined ? "+Inf" : bound / 1000;
      put("latency_seconds", { metricName: `${PREFIX}latency_seconds_bucket`, value: below, labels: { ...own, le } });
    }
    put("latency_seconds", { metricName: `${PREFIX}latency_seconds_sum`, value: sumMs / 1000, labels: own });
    put("latency_seconds", { metricName: `${PREFIX}latency_seconds_count`, value: below, labels: own });
  }
}

/** The id is what no two nodes share; the name is for people. */
function nodeLabels(identity: Value["part"]): Record<string, string> {
  return identity ? { type: identity.type, node: identity.id, name: identity.name } : {};
}
