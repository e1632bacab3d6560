import { errorCode } from "../../lib/errors";
import type { Report } from "../../lib/operation/part";
import type { SpoolStats } from "../../lib/storage/spool";
import type { Refused } from "./status";

/**
 * How the spool is. While the store is away it does its work: objects are kept, and wait.
 * @param failure why there is no spool at all
 * @param refused the last records, if none was kept since
 */
export function tell(
  report: Report,
  stats: SpoolStats | undefined,
  failure: Error | undefined,
  refused: Refused | undefined,
): void {
  if (failure) {
    report.reason({ severity: "down", code: errorCode(failure), cause: `its spool is not open: ${failure.message}` });
  }
  if (refused) {
    const cause = `the last ${refused.count} records were refused: the errors in the log say why`;
    report.reason({ severity: "degraded", code: refused.code, cause });
  }
  if (!stats) return;
  const { health, error, open, sealed, dead } = stats;
  report.gauge("spool_rows", stats.backlogRows);
  report.gauge("spool_bytes", open.bytes + sealed.bytes + dead.bytes);
  report.gauge("spool_oldest_seconds", stats.oldestMs / 1000);
  report.gauge("spool_dead_letters", dead.segments);
  report.gauge("spool_uploaded_rows_total", stats.uploaded.rows);
  report.gauge("uploads_failed_total", stats.failedUploads);
  report.gauge("spool_health", 1, { state: health });
  if (health !== "ok") {
    const code = error?.code ?? health;
    const severity = health === "retrying" || health === "clock" ? "degraded" : "down";
    report.reason({ severity, code, cause: error?.message ?? health });
  }
  if (dead.segments > 0) {
    const cause = `the object store refused ${dead.segments} segments for good: send the command replay when it is mended`;
    report.reason({ severity: "degraded", code: "dead-letters", cause });
  }
}
