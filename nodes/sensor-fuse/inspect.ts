import type { Fuser } from "../../lib/fusion/fuser";
import type { Report } from "../../lib/operation/part";

/**
 * Why samples cannot be made: a source that is away, a channel that has no usable reading. An optional channel is no reason
 * to stand still.
 * @param sources what keeps each from working, "" for nothing
 * @param skews by how much the stamps of each are ahead of the device's clock, in milliseconds, where it is known
 */
export function tell(
  report: Report,
  fuser: Fuser,
  sources: ReadonlyMap<string, string>,
  skews: ReadonlyMap<string, number>,
): void {
  for (const [source, ms] of skews) report.gauge("source_skew_seconds", ms / 1000, { source });
  for (const [source, trouble] of sources) {
    report.gauge("source_up", trouble === "" ? 1 : 0, { source });
    if (trouble !== "") report.reason({ severity: "down", code: "source", cause: `${source}: ${trouble}` });
  }
  let unusable = 0;
  for (const { asset, required, trouble } of fuser.troubles()) {
    unusable++;
    report.reason({
      severity: required ? "down" : "degraded",
      code: trouble.code,
      cause: trouble.reason,
      ...(asset !== undefined && { asset }),
    });
  }
  report.gauge("channels_unusable", unusable);
  report.gauge("readings_unmatched_total", fuser.unmatched);
}
