/** One test rig of the running plant: its plan of batches, the unit on it, and what was done to it. */
import {
  contextFor,
  NEW_PRODUCTS,
  PRODUCTS,
  RECIPES,
  type PlantContext,
  type Readings,
  type Rig,
  type Vector,
} from "./catalogue";
import { codeText, contextKey, scannedText, type CodeForm } from "./codes";
import { mechanismFor, type Injectable } from "./commands";
import {
  DRIFT,
  drawReading,
  drawUnit,
  eachChannel,
  expectedReadings,
  MECHANISMS,
  NO_DRIFT,
  stateOf,
  type Fault,
  type MechanismName,
  type State,
} from "./physics";
import type { Random } from "./random";
import { BatchBook, FaultCourse, type Batch } from "./schedule";

/** Units in a batch of the running plant; the plan of batches repeats, and with it the codes. */
export const BATCH_UNITS = 8;
/** How far beyond temp_critical an injected over-temperature goes on average, in °C. */
const OVER_CRITICAL = 8;

export interface ContextEntry {
  readonly key: string;
  readonly value: PlantContext;
}

/** What the plant really did: never sent along with a scan, only recorded. */
export interface Truth {
  readonly product: string;
  readonly recipe: string;
  readonly batch: string;
  readonly state: State;
  readonly cause: MechanismName | null;
  readonly severity: number;
  readonly injected: boolean;
  readonly readings: Readings;
}

export interface Scanned {
  readonly code: string;
  /** What the scanner sends for it. */
  readonly text: string;
  readonly truth: Truth;
}

interface Injection {
  readonly state: Injectable;
  readonly severity: number;
  readonly untilS: number;
}

interface Unit {
  readonly batch: Batch;
  readonly code: string;
  readonly form: CodeForm;
  readonly variation: Vector;
  readonly randomFault: Fault | null;
}

export class Station {
  private readonly noise: Random;
  private readonly faults: FaultCourse;
  private readonly plan: readonly Batch[];
  private readonly reserve: readonly Batch[];
  private planned = 0;
  private reserved = 0;
  private reserveDue = false;
  private batch: Batch | undefined;
  private unitsDone = 0;
  private unit: Unit | undefined;
  private injection: Injection | undefined;
  private drift: { readonly fromS: number; readonly overS: number; readonly scale: number } | undefined;
  private shown: Readings | undefined;

  /** @param forms code forms that the units carry in turn */
  constructor(
    readonly rig: Rig,
    readonly reader: string,
    number: number,
    book: BatchBook,
    random: Random,
    faultShare: number,
    private readonly forms: readonly CodeForm[],
  ) {
    this.noise = random.stream(`noise/${number}`);
    this.faults = new FaultCourse(random.stream(`faults/${number}`), faultShare);
    const order = random.stream(`plan/${number}`);
    this.plan = order
      .shuffled(PRODUCTS)
      .map((product, i) => book.batch(rig, number, i + 1, product, order.pick(RECIPES), BATCH_UNITS));
    this.reserve = NEW_PRODUCTS.map((product, i) =>
      book.batch(rig, number, 9001 + i, product, order.pick(RECIPES), BATCH_UNITS),
    );
  }

  /** The contexts of every code that this station can ever show, new products included. */
  contexts(): ContextEntry[] {
    return [...this.plan, ...this.reserve].flatMap((batch) => {
      const value = contextFor(batch.product, batch.recipe, this.rig.id, batch.id);
      return Array.from({ length: batch.units }, (_, i) => ({ key: contextKey(this.codeOf(batch, i)), value }));
    });
  }

  /** Puts the next unit on the rig. */
  nextUnit(): void {
    if (!this.batch || this.unitsDone === this.batch.units || this.reserveDue) {
      this.batch = this.nextBatch();
      this.unitsDone = 0;
    }
    this.unit = {
      batch: this.batch,
      code: this.codeOf(this.batch, this.unitsDone),
      form: this.formOf(this.unitsDone),
      variation: drawUnit(this.noise),
      randomFault: this.faults.next(),
    };
    this.unitsDone++;
  }

  /** Takes one reading of all channels; undefined while no unit is on the rig. */
  read(atS: number): Readings | undefined {
    if (!this.unit) return undefined;
    const mean = this.meanAt(atS, this.unit);
    this.shown = drawReading(mean, this.unit.variation, this.driftAt(atS), this.noise);
    return this.shown;
  }

  /** The code on the unit and what is true of it; undefined before its first reading. */
  scan(atS: number): Scanned | undefined {
    if (!this.unit || !this.shown) return undefined;
    const { batch, code, form } = this.unit;
    const fault = this.faultAt(atS, this.unit);
    return {
      code,
      text: scannedText(form, code),
      truth: {
        product: batch.product.name,
        recipe: batch.recipe.name,
        batch: batch.id,
        state: stateOf(fault),
        cause: fault?.mechanism ?? null,
        severity: fault?.severity ?? 0,
        injected: this.injectionAt(atS) !== undefined,
        readings: this.shown,
      },
    };
  }

  inject(state: Injectable, severity: number, untilS: number): void {
    this.injection = { state, severity, untilS };
  }

  /** Ends what was injected, the random fault under way, and the drift. */
  clear(): void {
    this.injection = undefined;
    this.drift = undefined;
    this.faults.clear();
    if (this.unit) this.unit = { ...this.unit, randomFault: null };
  }

  /** The next unit opens a batch of a product that no bundled model has seen. */
  newProduct(): void {
    this.reserveDue = true;
  }

  startDrift(fromS: number, overS: number, scale: number): void {
    this.drift = { fromS, overS, scale };
  }

  private nextBatch(): Batch {
    if (this.reserveDue) {
      this.reserveDue = false;
      return this.reserve[this.reserved++ % this.reserve.length] as Batch;
    }
    return this.plan[this.planned++ % this.plan.length] as Batch;
  }

  private formOf(index: number): CodeForm {
    return this.forms[index % this.forms.length] as CodeForm;
  }

  private codeOf(batch: Batch, index: number): string {
    return codeText(this.formOf(index), { gtin: batch.product.gtin, batch: batch.id, unit: index + 1 });
  }

  private meanAt(atS: number, unit: Unit): Vector {
    const { product, recipe } = unit.batch;
    return expectedReadings({ product, recipe, rig: this.rig, fault: this.faultAt(atS, unit) });
  }

  private injectionAt(atS: number): Injection | undefined {
    return this.injection && atS < this.injection.untilS ? this.injection : undefined;
  }

  private faultAt(atS: number, unit: Unit): Fault | null {
    const injection = this.injectionAt(atS);
    if (!injection) return unit.randomFault;
    if (injection.state === "normal") return null;
    if (injection.state === "over_temperature") return this.overTemperature(unit.batch);
    return { mechanism: mechanismFor(injection.state), severity: injection.severity };
  }

  /** Cooling lost so far that the critical limit is passed, whatever product is on the rig. */
  private overTemperature({ product, recipe, id }: Batch): Fault {
    const healthy = expectedReadings({ product, recipe, rig: this.rig, fault: null })[2];
    const wanted = contextFor(product, recipe, this.rig.id, id).thresholds.temp_critical + OVER_CRITICAL;
    return {
      mechanism: "cooling_loss",
      severity: (wanted - healthy) / (product.load * MECHANISMS.cooling_loss.signature[2]),
    };
  }

  private driftAt(atS: number): Vector {
    if (!this.drift) return NO_DRIFT;
    const { fromS, overS, scale } = this.drift;
    const part = overS === 0 ? 1 : Math.min(1, (atS - fromS) / overS);
    return eachChannel((i) => DRIFT[i] * scale * part);
  }
}
