// Text messages: Twilio's API, which others speak too, and any gateway that takes an HTTP request. A text has the
// headline and who it was; two parts at most, for each is paid for.

import { textMessage } from './gsm7.ts';
import { cut, under, type Format, type HttpAnswer, type Verdict } from './channel.ts';
import type { Rendered } from '../words/render.ts';

const MOST_PARTS = 2;

/** Messages resource, https://www.twilio.com/docs/messaging/api/message-resource; 201 with the message's `sid`. */
export const formatTwilio: Format = ({ rendered, channel, target }) => ({
  kind: 'http',
  method: 'POST',
  url: under(channel.url, `/2010-04-01/Accounts/${encodeURIComponent(channel.user)}/Messages.json`),
  headers: {
    authorization: `Basic ${Buffer.from(`${channel.user}:${channel.secret}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  },
  body: new URLSearchParams({ To: target, From: channel.from, Body: shortText(rendered) }).toString(),
});

/** `{to}`, `{from}`, `{text}`, `{id}` and `{secret}` in the body stand for what they say, escaped for its type. */
export const formatSms: Format = ({ rendered, channel, target, message }) => {
  const values: Readonly<Record<string, string>> = {
    to: target,
    from: channel.from,
    text: shortText(rendered),
    id: message.id,
    secret: channel.secret,
  };
  const isForm = channel.contentType.includes('urlencoded');
  const escape = (text: string): string =>
    isForm ? encodeURIComponent(text) : JSON.stringify(text).slice(1, -1);
  const template = channel.body === '' ? '{"to":"{to}","from":"{from}","text":"{text}"}' : channel.body;
  return {
    kind: 'http',
    method: 'POST',
    url: channel.url,
    headers: {
      'content-type': channel.contentType === '' ? 'application/json' : channel.contentType,
      'idempotency-key': `${message.id}-${target}`,
      ...(channel.secret === '' || template.includes('{secret}')
        ? {}
        : { authorization: `Bearer ${channel.secret}` }),
    },
    body: template.replaceAll(/\{(to|from|text|id|secret)\}/g, (_, name: string) => escape(values[name]!)),
  };
};

/** A Bot API method, https://core.telegram.org/bots/api#sendmessage; plain text, so nothing has to be escaped. */
export const formatTelegram: Format = ({ rendered, channel, target, message }) => ({
  kind: 'http',
  method: 'POST',
  url: under(channel.url, `/bot${channel.secret}/sendMessage`),
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    chat_id: target,
    text: cut(longText(rendered), 4096),
    link_preview_options: { is_disabled: true },
    disable_notification: message.severity === 'low',
  }),
  judge: telegramAnswer,
});

function telegramAnswer({ status, body }: HttpAnswer): Verdict {
  const said = readJson(body);
  if (status === 200 && said['ok'] === true) return { ok: true, answer: '200 ok' };
  const reason = typeof said['description'] === 'string' ? said['description'] : `status ${status}`;
  const after = Number(asRecord(said['parameters'])['retry_after']);
  if (status === 429)
    return { ok: false, fault: 'busy', reason, retryAfterMs: Number.isFinite(after) ? after * 1000 : 5000 };
  if (status >= 500) return { ok: false, fault: 'busy', reason };
  return { ok: false, fault: status === 400 ? 'refused' : 'misconfigured', reason };
}

function shortText({ title, facts }: Rendered): string {
  const some = facts.slice(0, 3).map(([label, text]) => `${label}: ${text}`);
  return textMessage([title, ...some].join('. '), MOST_PARTS);
}

/** The headline, what is said about it, and the facts. */
export function longText({ title, lines, facts }: Rendered): string {
  return [title, ...lines, ...facts.map(([label, text]) => `${label}: ${text}`)].join('\n');
}

/** Returns the object that the text is; an empty one for anything else. */
export function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    return asRecord(JSON.parse(text));
  } catch {
    return {};
  }
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  // An object that came from JSON has text keys.
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
