import { performance, type EventLoopUtilization } from "node:perf_hooks";
import type { ClockWatch } from "../clock-watch";
import type { Inspect } from "./part";

/** What is told of the process as a whole. @param version of this package */
export function processReport(version: string, clock: Pick<ClockWatch, "trouble">): Inspect {
  let before: EventLoopUtilization | undefined;
  return (report) => {
    const { user, system } = process.cpuUsage();
    report.gauge("process_cpu_seconds_total", (user + system) / 1e6);
    report.gauge("process_resident_bytes", process.memoryUsage.rss());
    report.gauge("process_start_time_seconds", performance.timeOrigin / 1000);
    const now = performance.eventLoopUtilization();
    report.gauge("event_loop_busy_ratio", performance.eventLoopUtilization(now, before).utilization);
    before = now;
    report.gauge("build_info", 1, { version, node_version: process.versions.node });
    const trouble = clock.trouble();
    report.gauge("clock_plausible", trouble === undefined ? 1 : 0);
    if (trouble === undefined) return;
    report.reason({ severity: "degraded", code: "clock", cause: `${trouble}: segments wait until it is set` });
  };
}
