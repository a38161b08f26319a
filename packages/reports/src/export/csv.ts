// Alerts as a table for spreadsheets (RFC 4180). Texts of strangers stand in it: a cell that a spreadsheet would take
// for a formula begins with an apostrophe (CWE-1236).

import type { Alert } from '@parapet/kinds';
import { familyOf, scenarioTitle } from '../words/explain.ts';

type Row = Pick<
  Alert,
  | 'id'
  | 'scenario'
  | 'labels'
  | 'source'
  | 'startAt'
  | 'stopAt'
  | 'knownAt'
  | 'eventsCount'
  | 'simulated'
  | 'spared'
>;

const COLUMNS: readonly (readonly [name: string, of: (alert: Row) => string | number | undefined])[] = [
  ['known_at', ({ knownAt }) => knownAt.toISOString()],
  ['started_at', ({ startAt }) => startAt.toISOString()],
  ['stopped_at', ({ stopAt }) => stopAt.toISOString()],
  ['kind', ({ scenario, labels }) => familyOf(scenario, labels)?.key],
  ['title', ({ scenario, labels }) => scenarioTitle(scenario, labels)],
  ['scenario', ({ scenario }) => scenario],
  ['scope', ({ source }) => source.scope],
  ['value', ({ source }) => source.value],
  ['country', ({ source }) => source.countryCode],
  ['network', ({ source }) => source.asName],
  ['events', ({ eventsCount }) => eventsCount],
  ['simulated', ({ simulated }) => String(simulated)],
  ['spared', ({ spared }) => String(spared !== undefined)],
  ['id', ({ id }) => id],
];

/** Returns the table with its heads, a line each, ended as RFC 4180 wants. */
export function alertsCsv(alerts: Iterable<Row>): string {
  const lines = [COLUMNS.map(([name]) => name).join(',')];
  for (const alert of alerts) lines.push(COLUMNS.map(([, of]) => cell(of(alert))).join(','));
  return lines.map((line) => `${line}\r\n`).join('');
}

/** Returns alerts as plain objects for programs; evidence stays in the store. */
export function alertsJson(alerts: Iterable<Row>): readonly Readonly<Record<string, unknown>>[] {
  return [...alerts].map((alert) => ({
    ...Object.fromEntries(COLUMNS.map(([name, of]) => [name, of(alert) ?? null])),
    simulated: alert.simulated,
    spared: alert.spared !== undefined,
  }));
}

function cell(value: string | number | undefined): string {
  if (value === undefined || typeof value === 'number') return String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
