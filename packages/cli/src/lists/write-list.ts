// Decisions as lists that readList, CrowdSec and firewalls understand.
import { formatDuration } from '@parapet/kinds';
import type { StoredDecision } from '@parapet/store';
import { formatCsvLine } from './csv.ts';
import type { ListFormat } from './item.ts';

export interface ListWriter {
  readonly head: string;
  readonly item: (decision: StoredDecision, isFirst: boolean) => string;
  readonly tail: string;
}

/** Returns how a list of that format is written; durations are what is left at the moment. */
export function listWriter(format: ListFormat, now: Date): ListWriter {
  const left = ({ expiresAt }: StoredDecision): string =>
    formatDuration(Math.max(0, expiresAt.getTime() - now.getTime()));
  switch (format) {
    case 'plain':
      return { head: '', item: ({ target }) => `${target.value.replace(/[\r\n]/g, ' ')}\n`, tail: '' };
    case 'csv':
      return {
        head: formatCsvLine(['duration', 'scope', 'value', 'type', 'reason', 'origin', 'expiresAt']),
        item: (decision) =>
          formatCsvLine([
            left(decision),
            decision.target.scope,
            decision.target.value,
            decision.remediation,
            decision.scenario,
            decision.origin,
            decision.expiresAt.toISOString(),
          ]),
        tail: '',
      };
    case 'json':
      return {
        head: '[',
        item: (decision, isFirst) =>
          `${isFirst ? '\n' : ',\n'}${JSON.stringify({
            duration: left(decision),
            scope: decision.target.scope,
            value: decision.target.value,
            type: decision.remediation,
            reason: decision.scenario,
            origin: decision.origin,
            expiresAt: decision.expiresAt,
          })}`,
        tail: '\n]\n',
      };
  }
}
