// Lists beside rows, as they are written down: which rows have one, how long each is, and all values in one list.
// Writing one long list costs a tenth of writing many short ones.

export interface Flat<T> {
  readonly rows: Uint32Array;
  readonly sizes: Uint32Array;
  readonly values: readonly T[];
}

/** Returns the lists of the rows that have one. */
export function flatten<T>(rowCount: number, listOf: (row: number) => Iterable<T> | undefined): Flat<T> {
  const rows: number[] = [];
  const sizes: number[] = [];
  const values: T[] = [];
  for (let row = 0; row < rowCount; row++) {
    const list = listOf(row);
    if (list === undefined) continue;
    const before = values.length;
    for (const value of list) values.push(value);
    rows.push(row);
    sizes.push(values.length - before);
  }
  return { rows: Uint32Array.from(rows), sizes: Uint32Array.from(sizes), values };
}

/** Calls `onList` with every row that had a list, and a list of its own. */
export function unflatten<T>(
  { rows, sizes, values }: Flat<T>,
  onList: (row: number, list: T[]) => void,
): void {
  let at = 0;
  for (const [i, row] of rows.entries()) {
    const size = sizes[i]!;
    onList(row, values.slice(at, at + size));
    at += size;
  }
}
