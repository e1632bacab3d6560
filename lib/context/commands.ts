/** The commands that change what is stored: put, patch, delete, import. */
import { EdgeError } from "../errors";
import type { Command, Context } from "../messages";
import { isRecord } from "../path";
import { importRows } from "./import-rows";
import type { KeyTemplate } from "./key-template";
import { mergePatch } from "./merge-patch";
import { readScan, type NoRead } from "./scan";
import type { ContextStore } from "./store";

export const CONTEXT_COMMANDS = "put, patch, delete, import";

/** What was done. */
export interface CommandResult {
  readonly command: string;
  /** Contexts that were written (put, patch, import) or removed (delete). */
  readonly count: number;
  /** The key, where it was one. */
  readonly key?: string;
}

export class ContextCommands {
  constructor(
    private readonly store: ContextStore,
    private readonly template: KeyTemplate,
    private readonly noRead: NoRead,
  ) {}

  /**
   * @param command `{name, key | code, …}`; @param payload the context, the patch, the keys or the import, unless the command
   * carries a `value` itself
   * @throws EdgeError `command-unknown`, `command-invalid`, `context-invalid`, `import-invalid`, and what the store throws
   */
  async run(command: Command, payload: unknown): Promise<CommandResult> {
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
      case "import": {
        const { format = "auto", prefix = "" } = command;
        if (format !== "auto" && format !== "json" && format !== "csv")
          throw new EdgeError("command-invalid", `import: format must be json or csv, is "${String(format)}"`);
        if (typeof prefix !== "string") throw new EdgeError("command-invalid", "import: prefix must be text");
        const entries = importRows(body, { format, prefix, keyOf: (code) => this.keyOfCode(code) });
        await this.store.replace(entries);
        return { command: "import", count: entries.length };
      }
      default:
        throw new EdgeError("command-unknown", `"${command.name}" is no command of qr-context: ${CONTEXT_COMMANDS}`);
    }
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
