// The bytes of answers to other servers. What is passed on by them to the visitor is an answer as any; what only
// they read is as short as can be.

import type { Action, Answer } from '@parapet/kinds';

type Pass = Extract<Action, { kind: 'pass' }>;

/** Nearly every answer. */
const PLAIN_PASS = 'HTTP/1.1 204 No Content\r\n\r\n';

/** Headers for the site and cookies for the visitor, which the server has to copy. */
export function passReply(action: Pass, closes: boolean): string {
  const { requestHeaders, setCookies } = action;
  if (!closes && requestHeaders === undefined && setCookies === undefined) return PLAIN_PASS;
  let text = 'HTTP/1.1 204 No Content\r\n';
  // A server may remember for a moment that there is nothing about a visitor; what is about this request it may not.
  if (requestHeaders !== undefined || setCookies !== undefined) text += line('Cache-Control', 'no-store');
  for (const [name, value] of requestHeaders ?? []) text += line(name, value);
  for (const cookie of setCookies ?? []) text += line('Set-Cookie', cookie);
  return `${text}${closes ? 'Connection: close\r\n' : ''}\r\n`;
}

/** A status that nginx understands, and for its configuration what it really is. */
export function briefReply(answer: Answer, closes: boolean): string {
  const record = answer.recordId === undefined ? '' : line('X-Parapet-Record', answer.recordId);
  return (
    'HTTP/1.1 403 Not now\r\nContent-Length: 0\r\n' +
    line('X-Parapet-Status', String(answer.status)) +
    line('X-Parapet-Cause', answer.cause) +
    `${record}${closes ? 'Connection: close\r\n' : ''}\r\n`
  );
}

/** The head of an answer that the visitor gets. */
export function answerHead(answer: Answer, bodyBytes: number, closes: boolean): string {
  let text = `HTTP/1.1 ${answer.status} ${answer.cause.replace(/[^\w -]/g, '')}\r\n`;
  for (const [name, value] of answer.headers) text += line(name, value);
  if (answer.recordId !== undefined) text += line('X-Parapet-Record', answer.recordId);
  // By this, and not by the status, a server knows that the answer is ours.
  text += line('X-Parapet-Cause', answer.cause);
  if (answer.status !== 204 && answer.status !== 304) text += line('Content-Length', String(bodyBytes));
  return `${text}${closes ? 'Connection: close\r\n' : ''}\r\n`;
}

export function plainAnswer(status: number, cause: string, text: string): Answer {
  return {
    status,
    headers: [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Cache-Control', 'no-store'],
    ],
    body: text,
    cause,
  };
}

function line(name: string, value: string): string {
  return `${name}: ${/[^\t\x20-\x7e\x80-\xff]/.test(value) ? value.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?') : value}\r\n`;
}
