/** The commands on what is stored: put, patch, delete, import, and get to see it. */
import { EdgeError } from "../errors";
import type { Command, Context } from "../messages";
import { isRecord } from "../path";
import type { ColumnType } from "./import/csv-columns";
import { importContexts, type ImportResult } from "./import/import-contexts";
import { FORMATS, type Format } from "./import/source";
import type { KeyTemplate } from "./key-template";
import { mergePatch } from "./merge-patch";
import { readScan, type NoRead } from "./scan";
import { parseContext, type ContextStore } from "./store";

export const CONTEXT_COMMANDS = "put, get, patch, delete, import";

/** What was done; of an import also what could not be. */
export interface CommandResult extends Partial<Omit<ImportResult, "count">> {
  readonly command: string;
  /** Contexts that were written (put, patch, import), removed (delete) or found (get). */
  readonly count: number;
  /** The key, where it was one. */
  readonly key?: string;
  /** Of get: what is stored there. */
  readonly value?: Context;
  /** Of an import that was only to be checked. */
  readonly checked?: true;
}

const TYPES: readonly unknown[] = ["text", "number", "boolean"] satisfies ColumnType[];

export class ContextCommands {
  constructor(
    private readonly store: ContextStore,
    private readonly template: KeyTemplate,
    private readonly noRead: NoRead,
  ) {}

  /**
   * @param command `{name, key | code, …}`; @param payload the context, the patch, the keys or the import, unless the command
   * carries a `value` itself; @param progress told by an import how many rows were read so far
   * @throws EdgeError `command-unknown`, `command-invalid`, `context-unknown`, `context-invalid`, `import-invalid`, and what
   * the store throws
   */
  async run(command: Command, payload: unknown, progress?: (rows: number) => void): Promise<CommandResult> {
    const body = command["value"] === undefined ? payload : command["value"];
    switch (command.name) {
      case "put": {
        const key = this.keyOf(command);
        await this.store.replace([{ key, value: body as Context }]);
        return { command: "put", count: 1, key };
      }
      case "patch": {
        const key = this.keyOf(command);
        if (!isRecord(body))
          throw new EdgeError("command-invalid", "patch: the payload must be an object (JSON Merge Patch)");
        await this.store.update(key, (before) => mergePatch(before, body) as Context);
        return { command: "patch", count: 1, key };
      }
      case "delete": {
        const keys = this.keysOf(command, body);
        const count = await this.store.remove(keys);
        return { command: "delete", count, ...(keys.length === 1 && { key: keys[0] as string }) };
      }
      case "get": {
        const key = this.keyOf(command);
        return { command: "get", count: 1, key, value: await this.get(key) };
      }
      case "import":
        return this.import(command, body, progress);
      default:
        throw new EdgeError("command-unknown", `"${command.name}" is no command of qr-context: ${CONTEXT_COMMANDS}`);
    }
  }

  private get(key: string): Promise<Context> {
    return new Promise((resolve, reject) => {
      const answered = (_slot: number, text: string | null): void => {
        try {
          if (text === null) throw new EdgeError("context-unknown", `nothing is stored under ${key}`);
          resolve(parseContext(key, text));
        } catch (error) {
          reject(error);
        }
      };
      this.store.read(key, { answered, failed: (_slot, error) => reject(error) }, 0);
    });
  }

  private async import(
    command: Command,
    body: unknown,
    progress: ((rows: number) => void) | undefined,
  ): Promise<CommandResult> {
    const { format = "auto", prefix = "", types = {}, check = false } = command;
    if (!FORMATS.includes(format as Format))
      throw new EdgeError("command-invalid", `import: format must be csv, json or ndjson, is "${String(format)}"`);
    if (typeof prefix !== "string") throw new EdgeError("command-invalid", "import: prefix must be text");
    if (!isRecord(types) || !Object.values(types).every((type) => TYPES.includes(type)))
      throw new EdgeError("command-invalid", 'import: types must say "text", "number" or "boolean" by column');
    const options = {
      format: format as Format,
      prefix,
      types: types as Record<string, ColumnType>,
      check: check === true,
      keyOf: (code: string) => this.keyOfCode(code),
      ...(progress && { progress }),
    };
    const done = await importContexts(body, options, this.store);
    return { command: "import", ...(check === true && { checked: true as const }), ...done };
  }

  private keyOf(command: Command): string {
    const { key, code } = command;
    if (typeof key === "string" && key !== "") return key;
    if (typeof code === "string" && code !== "") return this.keyOfCode(code);
    throw new EdgeError("command-invalid", `${command.name}: the command needs a key or a code`);
  }

  private keysOf(command: Command, body: unknown): string[] {
    if (command["key"] !== undefined || command["code"] !== undefined) return [this.keyOf(command)];
    if (Array.isArray(body) && body.length > 0 && body.every((key) => typeof key === "string" && key !== ""))
      return body as string[];
    throw new EdgeError("command-invalid", "delete: the command needs a key or a code, or the payload a list of keys");
  }

  /** The key that a scan of this code would be looked up under. */
  private keyOfCode(code: string): string {
    return this.template.render({
      scan: readScan(code, this.noRead),
      reader: undefined,
      asset: undefined,
      context: undefined,
    });
  }
}
