// The border to SQLite: four calls that both drivers can do. Everything above it is tested with the driver
// of the runtime and with one that fails on purpose.

export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, unknown>>;

export interface Statement {
  /** Runs the statement and returns how many rows it changed. */
  run(params: readonly SqlValue[]): number;
  all(params: readonly SqlValue[]): readonly SqlRow[];
}

export interface Driver {
  readonly name: string;
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

export type OpenDriver = (path: string, options?: { readonly readOnly?: boolean }) => Driver;
