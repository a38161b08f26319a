// Rules of a made-up engine: one of them would stop somebody whom the store knows as a person.

import type { RuleDesk, RuleRow } from '../../src/server/index.ts';
import type { RuleChoice } from '../../src/wirePages.ts';
import { START } from './start.ts';

export const SCENARIO = 'parapet/http-404-burst';
export const CONTENT = 'parapet/sql-names';
export const PERSON = '192.0.2.77';

const ROWS: readonly RuleRow[] = [
  { ...about('inspection', 'policy', 'parapet'), place: 'inspection.mode' },
  { ...about('ai_crawlers', 'policy', 'parapet'), place: 'gateway.ai_crawlers' },
  { ...about('traffic', 'policy', 'parapet'), place: 'traffic.mode' },
  { ...about('costly_pages', 'policy', 'parapet'), place: 'gateway.costly_pages.mode' },
  about(SCENARIO, 'scenario', 'parapet'),
  about(CONTENT, 'content', 'own'),
];

export function rulesOf(chosen: Map<string, RuleChoice>): RuleDesk {
  return {
    list: async () =>
      ROWS.map((row) => {
        const choice = chosen.get(row.name);
        return choice === undefined ? row : { ...row, mode: choice, chosen: choice };
      }),
    speaksAs: (policy) => (policy === 'traffic' ? ['parapet/scraper', 'parapet/site-surge'] : []),
    choose: (name, mode) => void (mode === undefined ? chosen.delete(name) : chosen.set(name, mode)),
    preview: async (name, mode) =>
      name === SCENARIO
        ? {
            ...{ does: mode === 'enforce' ? 'stop' : 'spare', unit: 'alerts' },
            cases: [PERSON, '192.0.2.78', '192.0.2.78'].map((ip, i) => ({
              ...{ ip, atMs: START.getTime() - i, what: '/a' },
            })),
          }
        : undefined,
    test: (text) =>
      text.startsWith('/')
        ? {
            ...{ method: 'GET', target: text, action: 'pass', isEnforced: true, score: 0, reasons: [] },
            parts: [{ text, isMarked: false }],
          }
        : undefined,
  };
}

function about(name: string, kind: RuleRow['kind'], supplier: RuleRow['supplier']): RuleRow {
  return { name, kind, supplier, text: `${name} in words`, topic: 'scan', mode: 'enforce', usual: 'enforce' };
}
