/** What is to be learnt: the channels of the flow's own sensor-fuse, the dialog's context fields, labels and gates. */
import type { NodeAPI } from "node-red";
import { EdgeError } from "../../lib/errors";
import type { Offer } from "../../lib/inference/fit";
import type { LabelSpec, Manifest } from "../../lib/messages";
import { configToml, GATES, type TrainedChannel, type TrainerConfig } from "../../lib/training/config-toml";
import { texts, type ConfigReader } from "../common/config";
import type { ModelService } from "../common/services";
import { allOffered, offeredBy, offeredTo } from "../common/upstream";

interface Field {
  readonly field: string;
  readonly use: "id" | "number" | "reference";
  /** Of a reference. */
  readonly channel: string;
  readonly fill: number | undefined;
}

/** How much of the dialog is a bound of each gate. */
const UPPER = { latency_ms: 60_000, min_rows: 1_000_000 } as const;

export class Recipe {
  readonly model: string;
  private readonly fuse: string;
  private readonly only: readonly string[];
  private readonly fields: readonly Field[];
  private readonly labels: readonly LabelSpec[];
  private readonly rest: Pick<TrainerConfig, "gates" | "simulated" | "modes" | "group" | "allow" | "deny" | "epochs">;

  /** @throws EdgeError `config-…` */
  constructor(
    private readonly RED: NodeAPI,
    config: ConfigReader,
    private readonly service: ModelService | undefined,
  ) {
    this.model = config.text("model_name");
    this.fuse = config.text("fuse", "");
    this.only = texts(config, "channels");
    this.fields = config.rows("fields").map(readField);
    this.labels = config.rows("labels").map(readLabel);
    this.rest = {
      gates: Object.fromEntries(
        GATES.filter((name) => config.has(`gate_${name}`)).map((name) => [name, readGate(config, name)]),
      ),
      simulated: config.flag("simulated"),
      modes: [],
      group: texts(config, "group"),
      allow: texts(config, "allow"),
      deny: texts(config, "deny"),
      epochs: config.number("epochs", 50, { min: 1, max: 10_000, integer: true }),
    };
    // The model begins to load now, so that its labels are known when they are asked for.
    service?.manifest();
  }

  /** The trainer's configuration as the flow stands now. @throws EdgeError `training-config` */
  toml(): string {
    const manifest = this.service?.manifest();
    const fields = this.fields.length > 0 ? this.fields : fieldsOf(manifest);
    const of = (use: Field["use"]): string[] => fields.filter((row) => row.use === use).map(({ field }) => field);
    return configToml({
      ...this.rest,
      model: this.model,
      channels: this.trained(fields),
      ids: of("id"),
      numeric: of("number"),
      labels: this.labels.length > 0 ? this.labels : (manifest?.labels ?? []),
    });
  }

  private trained(fields: readonly Field[]): TrainedChannel[] {
    const offers = this.offers();
    const references = fields.filter(({ use }) => use === "reference");
    const names = new Set(offers.map(({ name }) => name));
    for (const name of [...this.only, ...references.map(({ channel }) => channel)]) {
      if (names.has(name)) continue;
      throw new EdgeError("training-config", `no channel is called ${name}: there are ${[...names].join(", ")}`);
    }
    const chosen =
      this.only.length > 0 ? this.only.flatMap((name) => offers.filter((offer) => offer.name === name)) : offers;
    return chosen.map(({ name, unit, range }) => {
      const reference = references.find(({ channel }) => channel === name);
      return { name, unit, range, reference: reference?.field, fill: reference?.fill };
    });
  }

  /** The channels of the sensor-fuse that is chosen, else of all whose samples are kept as records. */
  private offers(): readonly Offer[] {
    if (this.fuse !== "") {
      const chosen = offeredBy(this.RED, this.fuse);
      if (chosen) return chosen.offers;
      throw new EdgeError("training-config", "the sensor-fuse that was chosen is not deployed any more", {
        remedy: "choose another, or none: those whose samples are kept are found by their wires",
      });
    }
    const kept = this.emitters().flatMap((node) => offeredTo(this.RED, node));
    const found = kept.length > 0 ? kept : allOffered();
    const together = new Map<string, Offer>();
    for (const { by, offers } of found) {
      for (const offer of offers) {
        const other = together.get(offer.name);
        if (other && other.unit !== offer.unit) {
          throw new EdgeError(
            "training-config",
            `${offer.name} is in ${offer.unit || "no unit"} in ${by} and in ${other.unit || "no unit"} elsewhere`,
            { remedy: "choose the sensor-fuse whose samples are to be learnt from" },
          );
        }
        if (!other) together.set(offer.name, offer);
      }
    }
    return [...together.values()];
  }

  private emitters(): Parameters<typeof offeredTo>[1][] {
    const ids: string[] = [];
    this.RED.nodes.eachNode(({ id, type }) => void (type === "ldo-emit" && ids.push(id)));
    return ids.map((id) => this.RED.nodes.getNode(id)).filter((node) => node !== null);
  }
}

/** What the model that serves now is told. */
function fieldsOf(manifest: Manifest | undefined): Field[] {
  if (!manifest) return [];
  const row = (use: Field["use"], field: string, channel = "", fill?: number): Field => ({ field, use, channel, fill });
  return [
    ...manifest.ids.map(({ field }) => row("id", field)),
    ...(manifest.numeric ?? []).flatMap(({ fields }) => fields.map((field) => row("number", field))),
    ...manifest.channels.flatMap(({ name, reference, fill }) =>
      reference === undefined ? [] : [row("reference", reference, name, fill)],
    ),
  ];
}

function readField(row: ConfigReader): Field {
  const use = row.choice("use", ["id", "number", "reference"], "id");
  return {
    field: row.text("field").trim(),
    use,
    channel: use === "reference" ? row.text("channel").trim() : "",
    fill: use === "reference" && row.has("fill") ? row.number("fill", 0) : undefined,
  };
}

function readLabel(row: ConfigReader): LabelSpec {
  const kind = row.choice("kind", ["normal", "fault", "other"], "fault");
  return {
    name: row.text("name").trim(),
    kind,
    severity: row.choice("severity", ["low", "medium", "high", "critical"], kind === "normal" ? "low" : "high"),
    action: row.text("action", kind === "normal" ? "None." : "Inspect the asset."),
  };
}

function readGate(config: ConfigReader, name: (typeof GATES)[number]): number {
  const max = name in UPPER ? UPPER[name as keyof typeof UPPER] : 1;
  return config.number(`gate_${name}`, 0, { min: name === "min_rows" ? 1 : 0, max, integer: name === "min_rows" });
}
