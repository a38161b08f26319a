// Plain tables for terminals: no frames, two spaces between columns, nothing wider than the window.

import { makeStyle } from './style.ts';
import { displayWidth, fit, pad, plain } from './text.ts';

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Longer cells are cut, even where the window has room. */
  readonly maxWidth?: number;
  /** Not squeezed to make room for others: an address that is cut is worth nothing. */
  readonly isWhole?: boolean;
  /** Paints a finished cell; must not change its width. */
  readonly paint?: (cell: string, row: number) => string;
}

export interface TextOptions {
  /** Width of the window in cells; Infinity where nothing is to be cut (a pipe, a file). */
  readonly columns: number;
  readonly color: boolean;
}

const GAP = '  ';
/** No column is squeezed below this to make room for another. */
const MIN_WIDTH = 6;

/** Returns the table with its heading line, without a final line end; cells may hold anything. */
export function renderTable(
  columns: readonly TableColumn[],
  rows: ReadonlyArray<readonly string[]>,
  options: TextOptions,
): string {
  const cells = rows.map((row) => columns.map((_, i) => plain(row[i] ?? '')));
  const widths = fitWidths(columns, cells, options.columns);
  const style = makeStyle(options.color);
  const line = (row: readonly string[], paint: (cell: string, column: number) => string): string =>
    row
      .map((cell, i) => {
        const width = widths[i]!;
        const isLast = i === row.length - 1;
        const cut = fit(cell, width);
        const painted = paint(cut, i);
        const fill = ' '.repeat(Math.max(0, width - displayWidth(cut)));
        if (columns[i]!.align === 'right') return fill + painted;
        return isLast ? painted : painted + fill;
      })
      .join(GAP)
      .trimEnd();
  const title = line(
    columns.map((column) => column.title),
    (cell) => style.bold(cell),
  );
  const rule = widths
    .map((width) => pad('', width).replaceAll(' ', '─'))
    .join(GAP)
    .trimEnd();
  const body = cells.map((row, index) =>
    line(row, (cell, column) => columns[column]!.paint?.(cell, index) ?? cell),
  );
  return [title, style.dim(rule), ...body].join('\n');
}

/** Takes from the widest columns first, so that short ones (an address, a count) stay whole. */
function fitWidths(
  columns: readonly TableColumn[],
  cells: ReadonlyArray<readonly string[]>,
  available: number,
): number[] {
  const widths = columns.map((column, i) => {
    let width = displayWidth(column.title);
    for (const row of cells) width = Math.max(width, displayWidth(row[i]!));
    return Math.min(width, Math.max(column.maxWidth ?? Infinity, displayWidth(column.title)));
  });
  let excess = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (columns.length - 1) - available;
  while (excess > 0) {
    const flexible = widths.filter((_, i) => columns[i]!.isWhole !== true);
    const widest = Math.max(...flexible);
    if (widest <= MIN_WIDTH) break;
    const second = Math.max(MIN_WIDTH, ...flexible.filter((width) => width < widest));
    const at = widths.findIndex((width, i) => width === widest && columns[i]!.isWhole !== true);
    const cut = Math.min(excess, Math.max(1, widest - second));
    widths[at] = widest - cut;
    excess -= cut;
  }
  return widths;
}
