// PagerDuty, and webhooks of one's own.

import { createHmac } from 'node:crypto';
import { bySeverity, cut, isGood, postJson, type Format } from './channel.ts';
import type { Message } from '../message.ts';
import { eventOf } from './event.ts';

/** Events API v2: an attack is triggered, and resolved when it is over. Summaries wake nobody. */
export const formatPagerDuty: Format = ({ message, rendered, channel }) => {
  if (message.kind === 'digest' || message.kind === 'held' || message.kind === 'week') return undefined;
  const isResolve = isGood(message);
  const about = keyOfIncident(message);
  return postJson(channel.url, {
    routing_key: channel.secret,
    event_action: isResolve ? 'resolve' : 'trigger',
    dedup_key: cut(`parapet-${about}`, 255),
    payload: {
      summary: cut(rendered.title, 1024),
      source: message.site === '' ? 'parapet' : message.site,
      severity: bySeverity(message.severity, 'info', 'warning', 'error', 'critical'),
      timestamp: new Date(message.atMs).toISOString(),
      component: 'parapet',
      class: 'facts' in message ? message.facts.attack : message.kind,
      custom_details: Object.fromEntries(rendered.facts),
    },
    client: 'Parapet',
    ...(channel.setting.link === undefined ? {} : { client_url: channel.setting.link }),
  });
};

/**
 * Signed as https://www.standardwebhooks.com says: HMAC-SHA256 over `id.timestamp.body`, keyed with the secret (the
 * part behind `whsec_` in base64, or the text itself). `nowMs` is when it is sent.
 */
export function formatWebhookAt(nowMs: number): Format {
  return ({ message, rendered, channel }) => {
    const body = JSON.stringify(eventOf(message, rendered));
    const timestamp = String(Math.floor(nowMs / 1000));
    const signature = createHmac('sha256', keyOf(channel.secret))
      .update(`${message.id}.${timestamp}.${body}`)
      .digest('base64');
    return {
      kind: 'http',
      method: 'POST',
      url: channel.url,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'webhook-id': message.id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
      },
      body,
    };
  };
}

/** What belongs together and is resolved together. */
function keyOfIncident(message: Message): string {
  if ('incident' in message) return message.incident;
  const isStore = message.kind === 'attention' && (message.about === 'store' || message.about === 'store-ok');
  return isStore ? 'store' : message.id;
}

function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
}
