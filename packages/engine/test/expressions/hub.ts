// Every expression of the hub's items and tests, for tests that have the data.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';

export interface HubExpression {
  readonly source: string;
  readonly file: string;
}

/** Returns every expression of the hub, or undefined where the data is absent. */
export function hubExpressions(): HubExpression[] | undefined {
  const hub = path.join(process.env['PARAPET_SHARED'] ?? path.resolve('../shared'), 'data/hub');
  let files: string[];
  try {
    files = readdirSync(hub, { recursive: true, encoding: 'utf8' });
  } catch {
    return undefined;
  }
  return files.flatMap((file) => {
    const read = (): string => readFileSync(path.join(hub, file), 'utf8');
    if (file.endsWith('.assert')) {
      return read()
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((source) => ({ source, file }));
    }
    if (!/^(parsers|postoverflows|scenarios|contexts)\/.*\.ya?ml$/.test(file)) return [];
    return parseAllDocuments(read()).flatMap((document) =>
      collect(document.toJS() as unknown, file.startsWith('contexts')).map((source) => ({ source, file })),
    );
  });
}

const KEYS = new Set([
  'filter',
  'expression',
  'groupby',
  'distinct',
  'condition',
  'cancel_on',
  'overflow_filter',
]);

function collect(value: unknown, isContext: boolean): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => collect(item, isContext));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    if (typeof item === 'string') return KEYS.has(key) && item !== '' ? [item] : [];
    if (Array.isArray(item) && (key === 'expression' || isContext)) {
      return item.filter((text) => typeof text === 'string');
    }
    return collect(item, isContext || key === 'context');
  });
}
