/** Where each device id of this process lives: one with two data folders is two installations. */
export class Homes {
  /** device id → data folder → how many nodes use it */
  private readonly homes = new Map<string, Map<string, number>>();

  /** @returns another folder that this device id has, if there is one */
  enter(device: string, dataDir: string): string | undefined {
    const folders = this.homes.get(device) ?? new Map<string, number>();
    this.homes.set(device, folders);
    folders.set(dataDir, (folders.get(dataDir) ?? 0) + 1);
    return [...folders.keys()].find((folder) => folder !== dataDir);
  }

  leave(device: string, dataDir: string): void {
    const folders = this.homes.get(device);
    const users = folders?.get(dataDir) ?? 0;
    if (users > 1) folders?.set(dataDir, users - 1);
    else folders?.delete(dataDir);
    if (folders?.size === 0) this.homes.delete(device);
  }
}
