// Reading columns of a row. The tables are STRICT, so a wrong type means a damaged or foreign file.
import type { SqlRow } from './database.ts';
import { StoreError } from './errors.ts';

export function textOf(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw damaged(column, value);
  return value;
}

export function optionalTextOf(row: SqlRow, column: string): string | undefined {
  return row[column] === null ? undefined : textOf(row, column);
}

export function numberOf(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw damaged(column, value);
  return value;
}

export function optionalNumberOf(row: SqlRow, column: string): number | undefined {
  return row[column] === null ? undefined : numberOf(row, column);
}

export function dateOf(row: SqlRow, column: string): Date {
  return new Date(numberOf(row, column));
}

export function optionalDateOf(row: SqlRow, column: string): Date | undefined {
  return row[column] === null ? undefined : dateOf(row, column);
}

export function jsonOf(row: SqlRow, column: string): unknown {
  const text = textOf(row, column);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StoreError('E_STORE_CORRUPT', `column ${column} holds no JSON`, error);
  }
}

function damaged(column: string, value: unknown): StoreError {
  return new StoreError(
    'E_STORE_CORRUPT',
    `column ${column} holds a ${value === null ? 'null' : typeof value}`,
  );
}
