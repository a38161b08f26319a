// The border: what was saved is checked before anything believes it.

import type { SavedSiteCosts } from './siteCosts.ts';

/** Returns what was saved, or undefined when the value is something else or of another version. */
export function readSavedCosts(value: unknown): SavedSiteCosts | undefined {
  if (!isRecord(value) || value['version'] !== 1 || !Array.isArray(value['sites'])) return undefined;
  const sites: readonly unknown[] = value['sites'];
  return sites.every(isSite) ? { version: 1, sites } : undefined;
}

function isSite(value: unknown): value is SavedSiteCosts['sites'][number] {
  if (!isRecord(value) || typeof value['site'] !== 'string') return false;
  const { costs, budget } = value;
  return (
    isRecord(costs) &&
    areAmounts([costs['typicalMs'], costs['timed']]) &&
    Array.isArray(costs['rows']) &&
    costs['rows'].every(isRow) &&
    isRecord(budget) &&
    areAmounts([budget['costlyPeak'], budget['allPeak'], budget['learnedMs']])
  );
}

function isRow(row: unknown): boolean {
  return Array.isArray(row) && row.length === 5 && typeof row[0] === 'string' && areAmounts(row.slice(1));
}

function areAmounts(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'number' && Number.isFinite(value) && value >= 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
