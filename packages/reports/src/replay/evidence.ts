// A few lines of evidence from an alert, with the part marked that the scenario saw.

import type { Alert, AlertEvent } from '@parapet/kinds';
import { accountOf, familyOf, metaOf, pathOf } from '../words/explain.ts';
import { detach } from './request-signs.ts';
import type { EvidenceLine } from './summary.ts';

const MAX_LINES = 5;
const MAX_TEXT = 240;

/** What no visitor asks for; only used to mark text, never to decide anything. */
const SUSPICIOUS =
  /(?:\.\.|%2e%2e|%252e)(?:%2f|%5c|[/\\])?|union(?:\s|\+|%20|\/\*)+(?:all(?:\s|\+|%20)+)?select|select(?:\s|\+|%20).*?from|sleep\(|benchmark\(|information_schema|<\/?script|%3c\/?script|onerror=|javascript:|\$\{jndi|%24%7bjndi|\/\.(?:env|git|svn|aws|ssh|ht\w+|DS_Store)[\w./-]*|(?:wp-login|wp-config|xmlrpc|phpinfo|adminer|eval-stdin|shell|cmd|config|setup|install|index)\.php\d?|\.(?:bak|sql|old|swp|zip|tar|gz|log|db|ini|yml|conf)\b|\/(?:phpmyadmin|pma|wp-admin|cgi-bin|actuator|boaform|solr|manager\/html|vendor\/phpunit)[\w./-]*|etc(?:\/|%2f)passwd|invokefunction|passwd/gi;

type Part = EvidenceLine['parts'][number];

/** Returns up to five lines; ones that say the same are given once. */
export function evidenceOf(alert: Alert): EvidenceLine[] {
  const key = familyOf(alert.scenario, alert.labels)?.key ?? '';
  const lines: EvidenceLine[] = [];
  const seen = new Set<string>();
  for (const event of alert.events) {
    const parts = pathOf(event) === undefined ? metaParts(event) : requestParts(event, key);
    const text = parts.map((part) => part.text).join('');
    if (seen.has(text)) continue;
    seen.add(text);
    lines.push({ at: event.at, parts });
    if (lines.length === MAX_LINES) break;
  }
  return lines;
}

function requestParts(event: AlertEvent, familyKey: string): Part[] {
  const path = cut(pathOf(event) ?? '');
  const verb = metaOf(event, 'http_verb', 'verb');
  const status = metaOf(event, 'http_status', 'status');
  const agent = metaOf(event, 'http_user_agent');
  const parts: Part[] = [];
  if (verb !== undefined) parts.push(unmarked(`${cut(verb)} `));
  const pathParts = markSuspicious(path);
  const isWholePath = familyKey === 'decoy' || (familyKey === 'probing' && pathParts.length === 1);
  if (isWholePath) parts.push({ text: path, isMarked: true });
  else parts.push(...pathParts);
  // A request that was stopped on its way in has no status.
  if (status !== undefined && status !== '0') {
    parts.push(unmarked(' '), {
      text: cut(status),
      isMarked: familyKey === 'probing' || familyKey === 'login',
    });
  }
  if (agent !== undefined) {
    parts.push(unmarked(' "'), { text: cut(agent), isMarked: familyKey === 'bad-agent' }, unmarked('"'));
  }
  const account = accountOf(event);
  if (account !== undefined)
    parts.push(unmarked(' account '), { text: cut(account), isMarked: familyKey === 'login' });
  return parts;
}

function metaParts(event: AlertEvent): Part[] {
  const parts: Part[] = [];
  for (const [key, value] of event.meta) {
    if (value === '' || SKIPPED_META.has(key)) continue;
    if (parts.length > 0) parts.push(unmarked(' '));
    parts.push(unmarked(`${cut(key)}=`), { text: cut(value), isMarked: MARKED_META.has(key) });
    if (parts.length > 24) break;
  }
  return parts;
}

/** Where the event came from says nothing about what happened. */
const SKIPPED_META = new Set([
  'datasource_path',
  'datasource_type',
  'timestamp',
  'source_ip',
  'IsInEU',
  'IsoCode',
  'ASNNumber',
  'ASNOrg',
  'SourceRange',
  'machine',
]);
const MARKED_META = new Set(['target_user', 'username', 'user']);

function markSuspicious(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(SUSPICIOUS)) {
    if (match.index > end) parts.push(unmarked(text.slice(end, match.index)));
    parts.push({ text: match[0], isMarked: true });
    end = match.index + match[0].length;
  }
  if (end < text.length || parts.length === 0) parts.push(unmarked(text.slice(end)));
  return parts;
}

function unmarked(text: string): Part {
  return { text, isMarked: false };
}

function cut(text: string): string {
  return detach(text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`);
}
