import { editorDefaults } from "./files";

type Row = Record<string, unknown> & { name: string };

/** The channel rows of a fresh sensor-fuse, which are those of the simulated plant, with what differs here by name. */
export function channels(differences: Readonly<Record<string, Record<string, unknown>>> = {}): Row[] {
  const rows = (editorDefaults("sensor-fuse")?.["channels"] ?? []) as Row[];
  for (const name of Object.keys(differences)) {
    if (!rows.some((row) => row.name === name)) throw new Error(`a fresh sensor-fuse has no channel ${name}`);
  }
  return rows.map((row) => ({ ...row, ...differences[row.name] }));
}
