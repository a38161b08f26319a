import {
  parseCidr,
  PASS,
  type Action,
  type Answer,
  type Inspection,
  type InspectedRequest,
} from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import type { InspectionMode } from '../../src/ladder/settings.ts';
import { explainTold } from '../../src/ladder/told.ts';
import { makeClient, makeRequest } from '../requests.ts';
import { guarded, type Guarded } from './guarded.ts';

const CLEAN: Inspection = { action: 'pass', score: 0, class: undefined, reasons: [] };

function found(action: Inspection['action']): Inspection {
  const foundIn = { placement: 'query', name: 'q', excerpt: 'union select' } as const;
  const reason = {
    detector: 'parapet/sqli',
    class: 'sqli',
    text: 'asks for more',
    weight: 6,
    foundIn,
  } as const;
  return { action, score: 0.99, class: 'sqli', reasons: [reason] };
}

interface Inspected extends Guarded {
  readonly seen: InspectedRequest[];
}

/** A site with an inspector that finds what the query of a request says: `?block`, `?challenge`, `?reject`. */
function inspected(mode: InspectionMode = 'enforce', siteMode: 'observe' | 'enforce' = 'enforce'): Inspected {
  const seen: InspectedRequest[] = [];
  let records = 0;
  const it = guarded({
    site: { inspection: mode, mode: siteMode },
    inspection: {
      inspector: {
        inspect: (request) => {
          seen.push(request);
          const text = `${request.rawTarget} ${Buffer.from(request.body ?? []).toString()}`;
          const action = /block|challenge|reject/.exec(text)?.[0] as Inspection['action'] | undefined; // the words of it
          return action === undefined ? CLEAN : found(action);
        },
      },
      bodyBytes: 1000,
      newRecordId: () => `0000000${++records}`,
    },
  });
  return { ...it, seen };
}

const VISITOR = makeClient('192.0.2.7');

function answerOf(action: Action): Answer | undefined {
  return action.kind === 'reply' ? action.answer : undefined;
}

const textOf = (answer: Answer | undefined): string => Buffer.from(answer?.body ?? '').toString();

describe('a request in which an attack is found', () => {
  it('is refused with a page that says why, under a record', () => {
    const site = inspected();
    const answer = answerOf(site.ask(VISITOR, { accept: 'text/html' }, '/?block'));
    expect(answer).toMatchObject({ status: 403, cause: 'attack', recordId: '00000001' });
    expect(textOf(answer)).toContain('what looks like commands for a database');
    expect(textOf(answer)).toContain('00000001');
    expect(answerOf(site.ask(VISITOR, {}, '/?reject'))).toMatchObject({ status: 400, cause: 'attack' });
    const told = site.toldOf(site.asked[0]!)!;
    expect(told).toMatchObject({ cause: 'attack', recordId: '00000001', found: { class: 'sqli' } });
    expect(explainTold(told)).toBe('refused for what it holds (record 00000001 for parapet/sqli)');
  });

  it('is asked for a check when it is in doubt, except by programs', () => {
    const site = inspected();
    const answer = answerOf(site.ask(VISITOR, { accept: 'text/html' }, '/?challenge'));
    expect(answer?.cause).toBe('captcha');
    expect(site.ask(VISITOR, {}, '/rss.xml?challenge')).toBe(PASS);
    expect(site.toldOf(site.asked[1]!)).toMatchObject({ cause: 'route' });
  });

  it('is only told where the site observes or learns, or observes as a whole', () => {
    for (const site of [inspected('observe'), inspected('learn'), inspected('enforce', 'observe')]) {
      expect(site.ask(VISITOR, {}, '/?block')).toBe(PASS);
      expect(site.toldOf(site.asked[0]!)).toMatchObject({ cause: 'observed', found: { action: 'block' } });
    }
    const off = inspected('off');
    expect(off.ask(VISITOR, {}, '/?block')).toBe(PASS);
    expect(off.seen).toEqual([]);
  });

  it('is let through when the address is allowed', () => {
    const site = inspected();
    site.table.setAllowlist([parseCidr('192.0.2.0/24')!]);
    expect(site.ask(VISITOR, {}, '/?block')).toBe(PASS);
    expect(site.toldOf(site.asked[0]!)).toMatchObject({ cause: 'allowed' });
  });

  it('is not looked at when its sender is banned', () => {
    const site = inspected();
    site.decide('ip', '192.0.2.7', 'ban');
    expect(answerOf(site.ask(VISITOR, {}, '/?block'))?.cause).toBe('ban');
    expect(site.seen).toEqual([]);
  });

  it('leaves nothing behind for the next request', () => {
    const site = inspected();
    site.ask(VISITOR, {}, '/?block');
    site.ask(VISITOR, {}, '/');
    expect(site.toldOf(site.asked[1]!)).toBeUndefined();
  });
});

describe('a request with a body', () => {
  it('is decided by head and body together', () => {
    const site = inspected();
    const request = { ...makeRequest({}, { target: '/comment', method: 'POST' }), hasBody: true };
    const action = site.guard.onRequest(request, VISITOR, 'shop');
    expect(action).toMatchObject({ kind: 'read', maxBodyBytes: 1000 });
    if (action.kind !== 'read') return;
    expect(action.decide(Buffer.from('a=1'), false)).toBe(PASS);
    expect(answerOf(action.decide(Buffer.from('a=block'), true))?.status).toBe(403);
    expect(site.seen[1]).toMatchObject({
      rawTarget: '/comment',
      isBodyCut: true,
      site: 'shop',
      ip: '192.0.2.7',
    });
  });
});
