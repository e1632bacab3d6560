import type { Table } from "./address";

/** What one user wants read on every round: `words` registers (or coils) from `address` on. */
export interface PollItem {
  readonly unit: number;
  readonly table: Table;
  readonly address: number;
  readonly words: number;
}

/** One request on the line and the items that its answer holds. */
export interface PollRequest<T extends PollItem> {
  readonly unit: number;
  readonly table: Table;
  readonly address: number;
  readonly words: number;
  readonly items: readonly T[];
}

/** Modbus Application Protocol V1.1b3, 6.1 to 6.4: at most 125 registers or 2,000 coils in a read. */
export const MOST_REGISTERS = 125;
export const MOST_COILS = 2000;

/**
 * Few requests that read everything: items of one unit and table are joined where at most `gap` unwanted registers lie
 * between them (reading those costs less than another round trip). An item is never split. Deterministic.
 */
export function planRequests<T extends PollItem>(items: Iterable<T>, gap: number): PollRequest<T>[] {
  const requests: PollRequest<T>[] = [];
  let open: { unit: number; table: Table; address: number; end: number; items: T[] } | undefined;
  const close = (): void => {
    if (open)
      requests.push({
        unit: open.unit,
        table: open.table,
        address: open.address,
        words: open.end - open.address,
        items: open.items,
      });
    open = undefined;
  };
  for (const item of [...items].sort(inOrder)) {
    const end = item.address + item.words;
    const joins =
      open !== undefined &&
      open.unit === item.unit &&
      open.table === item.table &&
      item.address - open.end <= gap &&
      Math.max(end, open.end) - open.address <= mostWords(item.table);
    if (!joins) {
      close();
      open = { unit: item.unit, table: item.table, address: item.address, end, items: [] };
    }
    if (open) {
      open.end = Math.max(open.end, end);
      open.items.push(item);
    }
  }
  close();
  return requests;
}

/**
 * The two requests that ask for the halves of one that a device refused: how the one item at fault is found in few steps.
 * @param request of two items at least, sorted by address as planRequests leaves them
 */
export function halves<T extends PollItem>(request: PollRequest<T>): PollRequest<T>[] {
  const middle = Math.ceil(request.items.length / 2);
  return [request.items.slice(0, middle), request.items.slice(middle)].map((items) => {
    const address = Math.min(...items.map((item) => item.address));
    const end = Math.max(...items.map((item) => item.address + item.words));
    return { unit: request.unit, table: request.table, address, words: end - address, items };
  });
}

export function mostWords(table: Table): number {
  return table === "coil" || table === "discrete" ? MOST_COILS : MOST_REGISTERS;
}

function inOrder(a: PollItem, b: PollItem): number {
  return (
    a.unit - b.unit ||
    (a.table < b.table ? -1 : a.table > b.table ? 1 : 0) ||
    a.address - b.address ||
    a.words - b.words
  );
}
