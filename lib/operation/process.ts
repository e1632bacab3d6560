import { performance, type EventLoopUtilization } from "node:perf_hooks";
import type { Clock } from "../clock";
import type { Inspect } from "./part";

/** A clock before this is not set: a board without a battery starts in 1970. */
const PLAUSIBLE_SINCE = Date.UTC(2026, 0, 1);

/** What is told of the process as a whole. @param version of this package */
export function processReport(version: string, clock: Clock): Inspect {
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
    const plausible = clock.now() >= PLAUSIBLE_SINCE;
    report.gauge("clock_plausible", plausible ? 1 : 0);
    if (plausible) return;
    report.reason({
      severity: "degraded",
      code: "clock-implausible",
      cause: `the clock says ${new Date(clock.now()).toISOString()}: segments wait until it is set`,
    });
  };
}
