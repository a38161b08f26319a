// Answers that come from the gateway and not from the site: how they are written, and the plain pages for what goes
// wrong between the two.

import { STATUS_CODES } from 'node:http';
import { readerOf, upstreamPage } from '@parapet/enforcement';
import type { Answer, Exchange } from '@parapet/kinds';
import type { RequestHead } from '../http/request-head.ts';

const SENTENCES: Readonly<Record<number, string>> = {
  400: 'The request could not be understood.',
  408: 'The request took too long to arrive.',
  413: 'The request is larger than this site takes.',
  421: 'This server does not answer for the site that was asked for.',
  500: 'Something went wrong here. Please try again.',
  502: 'The site did not answer as it should. Please try again in a minute.',
  503: 'The site has too much to do just now. Please try again in a minute.',
  504: 'The site took too long to answer. Please try again in a minute.',
};

/** Returns a plain page that says what went wrong, with the id under which the log knows the request. */
export function ownPage(status: number, requestId: string): Answer {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`;
  const id = requestId === '' ? '' : `<p>Request id: <code>${escapeHtml(requestId)}</code></p>`;
  return {
    status,
    headers: [
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Cache-Control', 'no-store'],
      ...(requestId === '' ? [] : [['X-Request-Id', requestId] as const]),
    ],
    body: `<!doctype html>\n<html lang="en"><title>${title}</title>\n<h1>${title}</h1>\n<p>${SENTENCES[status] ?? 'The request was refused.'}</p>\n${id}\n</html>\n`,
    cause: 'own-page',
  };
}

/**
 * Returns the page for a visitor to whom the site did not answer (502) or not in time (504): in the visitor's language
 * and as what was asked for. Who does not say what it takes gets the plain page.
 */
export function noAnswerPage(exchange: Exchange, status: 502 | 504): Answer {
  const { request, requestId, site } = exchange;
  if (request.header('accept') === undefined) return ownPage(status, requestId);
  const page = upstreamPage({ reader: readerOf(request), siteName: site, status, requestId });
  return { ...page, cause: 'own-page' };
}

/** The head of an answer of our own, up to and with the empty line. */
export function answerHead(
  answer: Answer,
  bodyBytes: number,
  connection: '' | 'close' | 'keep-alive',
  nowMs: number,
): string {
  let head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\nDate: ${dateOf(nowMs)}\r\n`;
  for (const [name, value] of answer.headers) head += headerLine(name, value);
  // RFC 9110 8.6: neither has a length.
  if (answer.status !== 204 && answer.status !== 304) head += `Content-Length: ${bodyBytes}\r\n`;
  return connection === '' ? `${head}\r\n` : `${head}Connection: ${connection}\r\n\r\n`;
}

/** What a request gets beside what all requests of its connection get; undefined when there is nothing. */
export function extraHeaders(
  head: RequestHead,
  headers: readonly (readonly [name: string, value: string])[] | undefined,
  hostHeader: string | undefined,
): Buffer | undefined {
  if (headers === undefined && hostHeader === undefined && head.upgrade === '') return undefined;
  let lines = head.upgrade === '' ? '' : 'Connection: Upgrade\r\n';
  if (hostHeader !== undefined) lines += `Host: ${hostHeader}\r\n`;
  for (const [name, value] of headers ?? []) lines += headerLine(name, value);
  return Buffer.from(lines, 'latin1');
}

/** A value is ours, but may hold what a visitor wrote: a line break in it would begin another header. */
export function headerLine(name: string, value: string): string {
  return /[\r\n\0]/.test(value) ? '' : `${name}: ${value}\r\n`;
}

let dateSecond = 0;
let dateText = '';

function dateOf(nowMs: number): string {
  const second = Math.trunc(nowMs / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(nowMs).toUTCString();
  }
  return dateText;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
