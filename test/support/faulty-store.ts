import { EdgeError } from "../../lib/errors";
import type { ObjectStore, PutOptions, PutOutcome, StoredObject } from "../../lib/storage/object-store";

const lost = (): EdgeError => new EdgeError("objects-timeout", "no answer");

/** What becomes of the next puts: done and answered, done and not answered, or never arrived. */
export type Fate = "answered" | "applied-unanswered" | "lost";

/** A store behind a network that loses questions and answers, as a test says. */
export class FaultyStore implements ObjectStore {
  readonly description: string;
  /** Of the next puts, in order; then all are answered. */
  fates: Fate[] = [];
  /** How many of the next gets fail. */
  deafFor = 0;
  /** Done before the next get. */
  meanwhile: (() => Promise<unknown>) | undefined;
  puts = 0;

  constructor(private readonly inner: ObjectStore) {
    this.description = inner.description;
  }

  async put(key: string, body: Uint8Array, options?: PutOptions): Promise<PutOutcome> {
    this.puts++;
    const fate = this.fates.shift() ?? "answered";
    if (fate === "lost") return { kind: "unknown", error: lost() };
    const outcome = await this.inner.put(key, body, options);
    return fate === "answered" ? outcome : { kind: "unknown", error: lost() };
  }

  async get(key: string, maxBytes?: number): Promise<StoredObject | undefined> {
    const { meanwhile } = this;
    this.meanwhile = undefined;
    await meanwhile?.();
    if (this.deafFor > 0) {
      this.deafFor--;
      throw lost();
    }
    return this.inner.get(key, maxBytes);
  }

  head: ObjectStore["head"] = (key) => this.inner.head(key);
  list: ObjectStore["list"] = (prefix, after) => this.inner.list(prefix, after);
  remove: ObjectStore["remove"] = (key) => this.inner.remove(key);
  conditionalWrites: ObjectStore["conditionalWrites"] = () => this.inner.conditionalWrites();
  close: ObjectStore["close"] = () => this.inner.close();
}
