// A message for machines that are not told otherwise: the webhook's body. Its fields are a promise, see
// docs/notifications.md.

import type { AttackFacts, DigestLine, Message } from '../message.ts';
import type { Rendered } from '../words/render.ts';

/** Returns the message as an object of plain values. */
export function eventOf(message: Message, rendered: Rendered): Readonly<Record<string, unknown>> {
  const { id, kind, severity, site, atMs } = message;
  return {
    id,
    type: `parapet.${kind}`,
    timestamp: new Date(atMs).toISOString(),
    severity,
    site,
    title: rendered.title,
    text: [...rendered.lines, ...rendered.facts.map(([label, text]) => `${label}: ${text}`)],
    ...('incident' in message ? { incident: message.incident } : {}),
    ...('facts' in message ? { attack: attackOf(message.facts) } : {}),
    ...('lines' in message
      ? {
          since: new Date(message.sinceMs).toISOString(),
          attacks: message.lines.map(lineOf),
          more: message.more,
        }
      : {}),
    ...(message.kind === 'attention' ? { about: message.about, detail: message.detail } : {}),
  };
}

function attackOf(facts: AttackFacts): Readonly<Record<string, unknown>> {
  const { firstAtMs, lastAtMs, shown, isMore, ...rest } = facts;
  return {
    ...rest,
    startAt: new Date(firstAtMs).toISOString(),
    lastAt: new Date(lastAtMs).toISOString(),
    sourcesAreMore: isMore,
    examples: shown,
  };
}

function lineOf({ firstAtMs, ...rest }: DigestLine): Readonly<Record<string, unknown>> {
  return { ...rest, startAt: new Date(firstAtMs).toISOString() };
}
