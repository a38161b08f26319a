// Where the shared test data lies, if it is here at all: tests that need it skip with this message without it.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { GrokLibrary } from '../../src/patterns/index.ts';

const SHARED: string = process.env['PARAPET_SHARED'] ?? path.resolve('../shared');
export const HUB: string = path.join(SHARED, 'data/hub');
export const hasHub: boolean = existsSync(HUB);

/** Every grok of the hub's items, compiled from a library that has all their pattern_syntax. */
export function hubGroks(): { library: GrokLibrary; expressions: readonly string[] } {
  const library = GrokLibrary.standard();
  const expressions = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const map = value as Record<string, unknown>; // a YAML map, and all values are checked below
    const syntax = map['pattern_syntax'];
    if (typeof syntax === 'object' && syntax !== null) {
      for (const [name, expression] of Object.entries(syntax)) library.add(name, String(expression));
    }
    const grok = map['grok'] as { pattern?: unknown; name?: unknown } | undefined;
    if (typeof grok?.pattern === 'string' && grok.pattern !== '') expressions.add(grok.pattern);
    else if (typeof grok?.name === 'string') expressions.add(`%{${grok.name}}`);
    for (const child of Object.values(map)) visit(child);
  };
  for (const folder of ['parsers', 'postoverflows', 'scenarios']) {
    for (const file of readdirSync(path.join(HUB, folder), { recursive: true, encoding: 'utf8' }).sort()) {
      if (!/\.ya?ml$/.test(file)) continue;
      const text = readFileSync(path.join(HUB, folder, file), 'utf8');
      for (const document of parseAllDocuments(text)) visit(document.toJS());
    }
  }
  return { library, expressions: [...expressions] };
}

/** The log lines of the hub's own tests. */
export function hubLines(): readonly string[] {
  const lines = new Set<string>();
  for (const file of readdirSync(path.join(HUB, 'tests'), { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith('.log')) continue;
    for (const line of readFileSync(path.join(HUB, 'tests', file), 'utf8').split('\n'))
      if (line !== '') lines.add(line);
  }
  return [...lines];
}
