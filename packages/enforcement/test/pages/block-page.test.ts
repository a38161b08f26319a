import { gzipSync } from 'node:zlib';
import type { Answer } from '@parapet/kinds';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockPage, type BlockFacts } from '../../src/pages/block-page.ts';
import { stepUpPage, throttlePage, upstreamPage } from '../../src/pages/notice-page.ts';
import { LANGUAGES, type Reader } from '../../src/pages/reader.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 14);
const HTML: Reader = { language: 'en', format: 'html' };
const FACTS: BlockFacts = {
  reader: HTML,
  siteName: 'Example',
  recordId: '3fa94c17',
  reasonClass: 'sign-in',
  expiresAtMs: NOW_MS + 4 * 3_600_000,
  nowMs: NOW_MS,
  appealToken: 'abc.token',
};
const textOf = (answer: Answer): string => Buffer.from(answer.body as Uint8Array | string).toString();
const headerOf = (answer: Answer, wanted: string): string | undefined =>
  answer.headers.find(([name]) => name === wanted)?.[1];

describe('the block page', () => {
  it('says what, why, until when, and under which record', () => {
    const answer = blockPage(FACTS);
    expect(answer).toMatchObject({ status: 403, cause: 'ban', recordId: '3fa94c17' });
    const text = textOf(answer).replaceAll('\u00a0', ' ');
    expect(text).toContain('<dd>too many failed sign-in attempts</dd>');
    expect(text).toContain('<dd>in 4 hours (2026-11-22 18:00 UTC)</dd>');
    expect(text).toContain('<dd class="record">3fa94c17</dd>');
    expect(text).toContain('name="record" value="3fa94c17"');
    expect(text).toContain('name="token" value="abc.token"');
  });

  it('is kept by nobody and depends on what it names', () => {
    const answer = blockPage(FACTS);
    expect(headerOf(answer, 'Cache-Control')).toBe('no-store');
    expect(headerOf(answer, 'Vary')).toContain('Accept-Language');
    expect(headerOf(answer, 'Content-Language')).toBe('en');
    expect(headerOf(answer, 'Content-Security-Policy')).not.toMatch(/unsafe|https?:|\*/);
    expect(textOf(answer)).not.toMatch(/<script|<style|style=|\son\w+=|https?:\/\//);
  });

  it('names the site where it has a name that visitors know', () => {
    expect(textOf(blockPage(FACTS))).toContain('<footer>Protection of Example · Parapet</footer>');
    expect(textOf(blockPage({ ...FACTS, siteName: '' }))).toContain('<footer>Parapet</footer>');
  });

  it('has no form when nobody would read it', () => {
    expect(textOf(blockPage({ ...FACTS, appealToken: undefined }))).not.toContain('<form');
  });

  it('is small in each language', () => {
    for (const language of LANGUAGES) {
      const page = textOf(blockPage({ ...FACTS, reader: { language, format: 'html' } }));
      expect(page).toContain(`<html lang="${language}">`);
      expect(gzipSync(page).length).toBeLessThan(2048);
    }
  });

  it('is one object for a client that asks again and again, and another for the next record', () => {
    expect(blockPage(FACTS)).toBe(blockPage({ ...FACTS }));
    expect(blockPage({ ...FACTS, recordId: '00000001' })).not.toBe(blockPage(FACTS));
    expect(textOf(blockPage({ ...FACTS, reasonClass: 'spam' }))).toContain('sending spam');
    expect(textOf(blockPage({ ...FACTS, nowMs: NOW_MS + 2 * 3_600_000 }))).toContain('in 2 hours');
  });

  it('is short as text, and as JSON has what a program needs', () => {
    const text = textOf(blockPage({ ...FACTS, reader: { language: 'de', format: 'text' } }));
    expect(text).toContain('Vorgang: 3fa94c17');
    expect(text).not.toContain('<');
    const answer = blockPage({ ...FACTS, reader: { language: 'en', format: 'json' } });
    expect(headerOf(answer, 'Content-Type')).toBe('application/problem+json');
    expect(JSON.parse(textOf(answer))).toMatchObject({
      status: 403,
      reason: 'sign-in',
      record: '3fa94c17',
      ends: '2026-11-22T18:00:00.000Z',
    });
    const unknown = blockPage({ ...FACTS, expiresAtMs: 0, reader: { language: 'en', format: 'json' } });
    expect(JSON.parse(textOf(unknown))).toMatchObject({ ends: null });
  });

  it('cannot be broken by the name of the site', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const siteName = `${name}\ue000\ue00f<script>"`;
        const page = textOf(blockPage({ ...FACTS, siteName }));
        expect(page).not.toContain('<script');
        expect(page).toMatch(/<footer>[^<>]*&lt;script&gt;&quot; · Parapet<\/footer>/);
      }),
    );
  });
});

describe('the short pages', () => {
  const facts = { reader: HTML, siteName: 'Example', recordId: '3fa94c17' };

  it('say how long to wait', () => {
    const answer = throttlePage({ ...facts, retryAfterSeconds: 12 });
    expect(answer).toMatchObject({ status: 429, cause: 'throttle', recordId: '3fa94c17' });
    expect(headerOf(answer, 'Retry-After')).toBe('12');
    expect(textOf(answer)).toContain('try again in 12 seconds');
    const json = throttlePage({ ...facts, reader: { language: 'en', format: 'json' }, retryAfterSeconds: 1 });
    expect(JSON.parse(textOf(json))).toMatchObject({ status: 429, retryAfter: 1, record: '3fa94c17' });
  });

  it('say that the site is at fault, not the visitor', () => {
    const { recordId: _, ...plain } = facts;
    for (const status of [502, 503, 504] as const) {
      const answer = upstreamPage({ ...plain, status });
      expect(answer).toMatchObject({ status, cause: 'upstream' });
      expect(answer.recordId).toBeUndefined();
      expect(headerOf(answer, 'Cache-Control')).toBe('no-store');
    }
    expect(headerOf(upstreamPage({ ...plain, status: 503 }), 'Retry-After')).toBe('60');
    const told = upstreamPage({ ...plain, status: 504, requestId: 'r17' });
    expect(headerOf(told, 'X-Request-Id')).toBe('r17');
    expect(textOf(told)).toContain('Record: r17');
    expect(told.recordId).toBeUndefined();
    const text = upstreamPage({ ...plain, status: 502, reader: { language: 'fr', format: 'text' } });
    expect(textOf(text)).toMatch(/^Le site ne répond pas\n\n/);
  });

  it('lead to where one signs in again, and nowhere else', () => {
    const page = textOf(stepUpPage({ ...facts, signInPath: '/user/login?destination="x"' }));
    expect(page).toContain('href="/user/login?destination=&quot;x&quot;"');
  });
});
