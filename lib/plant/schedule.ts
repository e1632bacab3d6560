/**
 * What a rig runs: batches of one product under one recipe, and faults that come in episodes of several runs. Every run
 * takes the same number of draws whatever happens, so nothing that is injected changes what comes after it.
 */
import { RECIPES, type Product, type Recipe, type Rig } from "./catalogue";
import { drawFault, type Fault } from "./physics";
import type { Random } from "./random";

export interface Batch {
  readonly id: string;
  readonly product: Product;
  readonly recipe: Recipe;
  readonly rig: Rig;
  readonly units: number;
}

/** Mean number of runs in an episode; its length is geometric. */
export const EPISODE_RUNS = 4;
/** Above this share, episodes of that length leave no room for healthy runs between them. */
export const MAX_FAULT_SHARE = EPISODE_RUNS / (EPISODE_RUNS + 1);

/**
 * Random faults of one rig as a Markov chain: healthy → fault with chance q, fault → healthy with 1/EPISODE_RUNS. The
 * share of faulty runs is q / (q + 1/EPISODE_RUNS) in the long run, which gives q.
 */
export class FaultCourse {
  private readonly startChance: number;
  private current: Fault | null = null;

  /** @param share of runs that are faulty, in [0, MAX_FAULT_SHARE] */
  constructor(
    private readonly random: Random,
    share: number,
  ) {
    this.startChance = share / (EPISODE_RUNS * (1 - share));
  }

  /** The fault of the next run, or null when it is healthy. */
  next(): Fault | null {
    const chance = this.random.uniform();
    const drawn = drawFault(this.random);
    if (this.current) this.current = chance < 1 / EPISODE_RUNS ? null : this.current;
    else this.current = chance < this.startChance ? drawn : null;
    return this.current;
  }

  /** Ends the episode under way. */
  clear(): void {
    this.current = null;
  }
}

/** Names the batches of one plant: `<lot>-<rig>-<number>`, where the lot keeps two plants' batches apart. */
export class BatchBook {
  private readonly lot: string;

  constructor(private readonly random: Random) {
    this.lot = `B${this.random.hex(32).slice(0, 5).toUpperCase()}`;
  }

  batch(rig: Rig, rigNumber: number, sequence: number, product: Product, recipe: Recipe, units: number): Batch {
    return { id: `${this.lot}-${rigNumber}-${String(sequence).padStart(4, "0")}`, product, recipe, rig, units };
  }

  /** The next of an endless row of batches, product and recipe drawn at random. */
  draw(rig: Rig, rigNumber: number, sequence: number, products: readonly Product[]): Batch {
    const product = this.random.pick(products);
    const recipe = this.random.pick(RECIPES);
    return this.batch(rig, rigNumber, sequence, product, recipe, this.random.integer(20, 60));
  }
}
