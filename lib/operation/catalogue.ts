/**
 * Every metric there is: its name without the prefix, what it means, and which labels it has beside those of the node. Names
 * follow Prometheus: base units (seconds, bytes), `_total` for what only grows. Labels take few values: no code of a scan, no
 * run, no text of an error.
 */
interface Metric {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels?: readonly string[];
}

export const METRICS = {
  messages_received_total: { type: "counter", help: "Messages that the input of a node has accepted." },
  messages_sent_total: { type: "counter", help: "Messages that a node has sent.", labels: ["output"] },
  messages_done_total: { type: "counter", help: "Messages that a node is done with, failed ones included." },
  messages_failed_total: { type: "counter", help: "Messages that ended in an error, by err.code.", labels: ["code"] },
  queue_messages: { type: "gauge", help: "Messages that are under way in a node." },
  queue_limit: { type: "gauge", help: "Messages that may be under way in a node at once.", labels: ["policy"] },
  queue_lost_total: {
    type: "counter",
    help: "Messages that found the queue full, by what its policy did.",
    labels: ["policy"],
  },
  lookups_total: {
    type: "counter",
    help: "Scans by what became of them: found, repeat, or the code of why not.",
    labels: ["result"],
  },
  latency_seconds: { type: "histogram", help: "How long a step took: lookup, fuse, infer, total.", labels: ["step"] },
  predictions_total: { type: "counter", help: "Samples by what the model made of them.", labels: ["result"] },
  decisions_total: { type: "counter", help: "Samples by how they were judged.", labels: ["outcome"] },
  alarm_events_total: { type: "counter", help: "Changes of Maintenance Event Records.", labels: ["event"] },
  alarm_transitions_lost_total: {
    type: "counter",
    help: "Transitions of records that had to go, the oldest first, before they were stored or uploaded.",
  },
  mers_open: { type: "gauge", help: "Maintenance Event Records that are not closed." },
  mers_active: { type: "gauge", help: "Maintenance Event Records whose condition holds now." },
  limits_unguarded: { type: "gauge", help: "Limits whose channel is not usable, so that they do not guard." },
  samples_total: { type: "counter", help: "Fused samples, by whether they can be judged.", labels: ["result"] },
  channels_unusable: { type: "gauge", help: "Channels, over all assets, that have no usable reading." },
  readings_unmatched_total: { type: "counter", help: "Messages in which no channel found a reading." },
  source_up: { type: "gauge", help: "1 while a source of readings is connected and delivers.", labels: ["source"] },
  source_skew_seconds: {
    type: "gauge",
    help: "By how much a source's stamps are ahead of the device's clock.",
    labels: ["source"],
  },
  store_up: { type: "gauge", help: "1 while the context store answers.", labels: ["store"] },
  ldos_total: { type: "counter", help: "Labeled Data Objects, by what became of them.", labels: ["result"] },
  spool_rows: { type: "gauge", help: "Records that are not in the bucket yet, dead letters included." },
  spool_bytes: { type: "gauge", help: "Bytes of the records that are not in the bucket yet." },
  spool_oldest_seconds: { type: "gauge", help: "Age of the oldest record that is not in the bucket." },
  spool_dead_letters: { type: "gauge", help: "Segments that the object store refused for good." },
  spool_uploaded_rows_total: { type: "counter", help: "Records that were brought to the bucket." },
  uploads_failed_total: { type: "counter", help: "Uploads that failed, each attempt." },
  spool_health: { type: "gauge", help: "1 for the state that the spool is in.", labels: ["state"] },
  model_info: { type: "gauge", help: "1, with the model that serves.", labels: ["model", "version", "backend"] },
  model_ready: { type: "gauge", help: "1 while a model serves." },
  model_loads_total: { type: "counter", help: "Models that were loaded since Node-RED started." },
  device_info: {
    type: "gauge",
    help: "1, with what the device is called.",
    labels: ["device", "site", "line", "mode"],
  },
  device_mode: { type: "gauge", help: "1 for the mode that the device is in.", labels: ["mode"] },
  ready: { type: "gauge", help: "1 while every configured node is in working order." },
  reasons: { type: "gauge", help: "Reasons why nodes are not in working order.", labels: ["severity"] },
  clock_plausible: { type: "gauge", help: "1 while the wall clock can be believed." },
  build_info: { type: "gauge", help: "1, with the versions that run.", labels: ["version", "node_version"] },
  process_cpu_seconds_total: { type: "counter", help: "CPU time of Node-RED as a whole, user and system." },
  process_resident_bytes: { type: "gauge", help: "Resident memory of Node-RED as a whole." },
  process_start_time_seconds: { type: "gauge", help: "When Node-RED was started, Unix time." },
  event_loop_busy_ratio: {
    type: "gauge",
    help: "Share of the time since the scrape before in which the event loop was busy.",
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
/** Metrics that count words: they have one label of their own. */
export type TallyName =
  "lookups_total" | "predictions_total" | "decisions_total" | "alarm_events_total" | "samples_total" | "ldos_total";
export const PREFIX = "context_edge_";
