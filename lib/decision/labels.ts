import type { LabelSpec } from "../messages";

const ASK = "Inspect the asset and confirm or correct the label.";

/**
 * What a label means: from the model's manifest when it declares the label; else only the normal label is known, and
 * anything else is a fault of severity high. A label that nobody declared is never taken for harmless.
 */
export class LabelBook {
  private readonly specs = new Map<string, LabelSpec>();

  constructor(
    readonly declared: readonly LabelSpec[] | undefined,
    private readonly normalLabel: string,
  ) {
    for (const spec of declared ?? []) this.specs.set(spec.name, spec);
  }

  spec(label: string): LabelSpec {
    const spec = this.specs.get(label);
    if (spec !== undefined) return spec;
    const normal = this.declared === undefined && label.toLowerCase() === this.normalLabel.toLowerCase();
    return normal
      ? { name: label, kind: "normal", severity: "low", action: "" }
      : { name: label, kind: "fault", severity: "high", action: ASK };
  }
}
