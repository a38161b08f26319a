// A channel: who is reached how. Each kind of channel is one file with one pure function that makes what is sent of a
// message; what is sent is data, so that tests read it and one sender carries it.

import type { Message, Severity } from '../message.ts';
import type { Rendered, Setting } from '../words/render.ts';

export const CHANNEL_TYPES = [
  'email',
  'twilio',
  'sms',
  'slack',
  'discord',
  'teams',
  'matrix',
  'telegram',
  'ntfy',
  'gotify',
  'pagerduty',
  'webhook',
  'syslog',
  'ecs-file',
  'elasticsearch',
] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

/** With its secrets: made by whoever read them, and never written anywhere. */
export interface Channel {
  readonly name: string;
  readonly type: ChannelType;
  readonly url: string;
  /** Addresses, numbers, rooms, chats or topics; empty where the URL says it all. */
  readonly to: readonly string[];
  readonly from: string;
  readonly user: string;
  readonly secret: string;
  /** The file, index or template that the type needs. */
  readonly file: string;
  readonly index: string;
  readonly body: string;
  readonly contentType: string;
  readonly setting: Setting;
}

/** One message for one target of a channel. */
export interface Delivery {
  readonly message: Message;
  readonly rendered: Rendered;
  readonly channel: Channel;
  /** One of `to`, or empty for channels that reach all of them at once. */
  readonly target: string;
}

export interface HttpOutgoing {
  readonly kind: 'http';
  readonly method: 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What the answer means where its status does not say it. */
  readonly judge?: (answer: HttpAnswer) => Verdict;
}

export interface MailOutgoing {
  readonly kind: 'mail';
  readonly url: string;
  readonly user: string;
  readonly secret: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface SyslogOutgoing {
  readonly kind: 'syslog';
  /** `udp://`, `tcp://` or `tls://`. */
  readonly url: string;
  readonly line: string;
}

export interface FileOutgoing {
  readonly kind: 'file';
  readonly file: string;
  readonly line: string;
}

export type Outgoing = HttpOutgoing | MailOutgoing | SyslogOutgoing | FileOutgoing;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The beginning of it. */
  readonly body: string;
}

/**
 * `busy` and `unreachable` pass by themselves; `misconfigured` when somebody mends it, and nothing else gets through
 * until then; `refused` concerns this message alone.
 */
export type Fault = 'busy' | 'unreachable' | 'misconfigured' | 'refused';

export type Verdict =
  | { readonly ok: true; readonly answer: string }
  | { readonly ok: false; readonly fault: Fault; readonly reason: string; readonly retryAfterMs?: number };

/** Returns what is sent; undefined when this channel has no use for such a message. */
export type Format = (delivery: Delivery) => Outgoing | undefined;

/** Returns a request with JSON. */
export function postJson(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpOutgoing {
  return {
    kind: 'http',
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** Returns the URL with a path behind its own, without doubling the slash. */
export function under(url: string, path: string): string {
  return `${url.replace(/\/+$/, '')}${path}`;
}

/** Returns one of four values by severity. */
export function bySeverity<T>(severity: Severity, low: T, medium: T, high: T, critical: T): T {
  switch (severity) {
    case 'low':
      return low;
    case 'medium':
      return medium;
    case 'high':
      return high;
    case 'critical':
      return critical;
  }
}

/** Returns whether the message says that something has ended. */
export function isGood(message: Message): boolean {
  return (
    message.kind === 'over' ||
    message.kind === 'week' ||
    (message.kind === 'attention' && message.about === 'store-ok')
  );
}

/** Returns the text cut to so many characters. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** Returns the text safe inside HTML and its attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
