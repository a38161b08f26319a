// What inspection found in a request, as one sentence.

import type { AlertEvent } from '@parapet/kinds';
import { plain } from '../terminal/text.ts';
import { metaOf } from './explain.ts';

/**
 * Returns `query q: looks like commands for a database, "union select" (model, 99.9 % sure, refused)`, without a full
 * stop and safe to print; undefined for an event in which nothing was found.
 */
export function explainAttack(event: AlertEvent): string | undefined {
  const rule = metaOf(event, 'attack_rule');
  if (rule === undefined) return undefined;
  const part = metaOf(event, 'attack_part') ?? 'request';
  const why = metaOf(event, 'attack_reason') ?? 'looks like an attack';
  const excerpt = metaOf(event, 'attack_excerpt');
  const score = Number(metaOf(event, 'attack_score') ?? Number.NaN);
  const sure = Number.isFinite(score) ? [`${(score * 100).toFixed(1)} % sure`] : [];
  const about = [rule, ...sure, outcomeOf(metaOf(event, 'gateway_action'))].join(', ');
  const shown = excerpt === undefined ? '' : `, "${excerpt}"`;
  return plain(`${part}: ${why}${shown} (${about})`);
}

function outcomeOf(action: string | undefined): string {
  if (action === 'attack') return 'refused';
  if (action === 'captcha') return 'checked';
  return action === 'observed' ? 'let through, the site only observes' : 'let through';
}
