import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

const NOBODY = 65_534;

/**
 * A directory that becomes read-only and writable again: a file system of its own where root may mount one, else by its
 * permissions; root, whom those do not stop, is nobody meanwhile.
 */
export class FickleDirectory {
  private readonly mounted: boolean;
  private readonly root = process.geteuid?.() === 0;

  constructor(private readonly dir: string) {
    this.mounted = this.root && succeeds("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", dir]);
    // Nobody must get to it.
    if (this.root && !this.mounted) chmodSync(dirname(dir), 0o755);
  }

  /** Nothing may have a file open in it. */
  setReadOnly(): void {
    if (this.mounted) execFileSync("mount", ["-o", "remount,ro", this.dir]);
    else {
      this.permit(0o444, 0o555);
      if (this.root) process.seteuid?.(NOBODY);
    }
  }

  setWritable(): void {
    if (this.mounted) execFileSync("mount", ["-o", "remount,rw", this.dir]);
    else {
      if (this.root) process.seteuid?.(0);
      this.permit(0o644, 0o755);
    }
  }

  remove(): void {
    this.setWritable();
    if (this.mounted) execFileSync("umount", [this.dir]);
    rmSync(this.dir, { recursive: true, force: true });
  }

  private permit(file: number, directory: number): void {
    chmodSync(this.dir, directory);
    for (const name of readdirSync(this.dir)) chmodSync(join(this.dir, name), file);
  }
}

function succeeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
}
