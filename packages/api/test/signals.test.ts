import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LineBatch } from '@parapet/engine';
import { SignalSource } from '../src/index.ts';
import { readBatch } from '../src/signals/batch.ts';
import { NOON, stand, type Stand } from './stand.ts';

const record = (id: string, more: object = {}): object => ({ id, type: 'login.failed', ...more });

const bytesOf = (text: string): Uint8Array => Buffer.from(text);

describe('a batch', () => {
  it('is a record, an array of them, or one a line', () => {
    const one = { ok: true, value: { type: 'a.b' } };
    const bad = { ok: false, code: 'E_SIGNAL_JSON', detail: 'the line is no JSON' };
    expect(readBatch(bytesOf('{"type":"a.b"}'))).toEqual({ ok: true, records: [one] });
    expect(readBatch(bytesOf('[{"type":"a.b"},{"type":"a.b"}]'))).toEqual({ ok: true, records: [one, one] });
    expect(readBatch(bytesOf('{"type":"a.b"}\r\n\n{"type":"a.b"}\n'))).toEqual({
      ok: true,
      records: [one, one],
    });
    expect(readBatch(bytesOf('{"type":"a.b"}\n{"typ'))).toEqual({ ok: true, records: [one, bad] });
  });

  it('is refused when it is nothing, no JSON, or has more records than it may', () => {
    expect(readBatch(bytesOf(''))).toMatchObject({ code: 'E_SIGNAL_JSON', isLarge: false });
    expect(readBatch(bytesOf('[]'))).toMatchObject({ code: 'E_SIGNAL_JSON' });
    expect(readBatch(bytesOf('{"type'))).toMatchObject({ code: 'E_SIGNAL_JSON' });
    expect(readBatch(bytesOf(`[${Array.from({ length: 1001 }, () => '1').join()}]`))).toMatchObject({
      isLarge: true,
    });
    expect(readBatch(bytesOf(`1\n`.repeat(1001)))).toMatchObject({ isLarge: true });
    expect(readBatch(bytesOf(`1\n`.repeat(1000)))).toMatchObject({ ok: true });
  });

  it('may be any bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 3000 }), fc.json().map(bytesOf)), (bytes) => {
        const read = readBatch(bytes);
        expect(read.ok ? read.records.length : 1).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});

async function post(made: Stand, body: unknown): Promise<unknown> {
  return (await made.ask('POST', '/api/v1/signals', { body })).json();
}

async function stored({ store }: Stand): Promise<{ readonly id: string }[]> {
  return (await store.signals.after(0, 10_000)).map(({ line }) => JSON.parse(line) as { id: string });
}

describe('signals over HTTP', () => {
  it('are in the store when they are acknowledged, each id once', async () => {
    const made = await stand();
    const body = [record('a'), record('b', { ip: '2001:DB8::1' }), record('a')];
    expect(await post(made, body)).toEqual({ accepted: 2, duplicates: 1, refused: [] });
    expect(await stored(made)).toEqual([
      { id: 'a', time: '2026-03-01T12:00:00.000Z', type: 'login.failed' },
      { id: 'b', time: '2026-03-01T12:00:00.000Z', type: 'login.failed', ip: '2001:db8::1' },
    ]);
    expect(await post(made, body)).toEqual({ accepted: 0, duplicates: 3, refused: [] });
    expect(made.desk.counts()).toMatchObject({ accepted: 2, duplicates: 4, waiting: 2 });
  });

  it('are told which of them are bad, and the others are taken', async () => {
    const made = await stand();
    const body = [record('a'), { id: 'b', type: 'x' }, 7, record('c', { ip: 'x' })];
    expect(await post(made, body)).toMatchObject({
      accepted: 1,
      refused: [
        { index: 1, id: 'b', code: 'E_SIGNAL_TYPE' },
        { index: 2, code: 'E_SIGNAL_RECORD' },
        { index: 3, id: 'c', code: 'E_SIGNAL_IP' },
      ],
    });
    expect(made.desk.counts().refused).toEqual({ E_SIGNAL_TYPE: 1, E_SIGNAL_RECORD: 1, E_SIGNAL_IP: 1 });
  });

  it('get an id when they bring none, and are then told apart', async () => {
    const made = await stand();
    await post(made, [{ type: 'a.b' }, { type: 'a.b' }]);
    const ids = (await stored(made)).map(({ id }) => id);
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(ids).size).toBe(2);
  });

  it('come as lines and compressed too', async () => {
    const made = await stand();
    const raw = new Uint8Array(gzipSync(`${JSON.stringify(record('a'))}\n${JSON.stringify(record('b'))}\n`));
    const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' };
    const answer = await made.ask('POST', '/api/v1/signals', { raw, headers });
    expect([answer.status, answer.json().accepted]).toEqual([202, 2]);
    const plain = { raw: 'x', headers: { 'content-type': 'text/plain' } };
    expect((await made.ask('POST', '/api/v1/signals', plain)).status).toBe(415);
  });

  it('are held to a rate, and nothing of a batch that is too early is taken', async () => {
    const made = await stand({ recordsPerSecond: 2 });
    const batch = (name: string, count: number): object[] =>
      Array.from({ length: count }, (_, i) => record(`${name}${i}`));
    expect(await post(made, batch('a', 18))).toMatchObject({ accepted: 18 });
    const early = await made.ask('POST', '/api/v1/signals', { body: batch('b', 6) });
    expect([early.status, early.json().code, early.headers.get('retry-after')]).toEqual([
      429,
      'E_SIGNAL_RATE',
      '2',
    ]);
    expect(await stored(made)).toHaveLength(18);
    made.pass(2000);
    expect(await post(made, batch('b', 6))).toMatchObject({ accepted: 6, duplicates: 0 });
    const other = await made.tokenFor('other', ['signals:write']);
    const again = await made.ask('POST', '/api/v1/signals', { body: batch('c', 5), token: other });
    expect(again.status, 'each token has a rate of its own').toBe(202);
    expect(made.desk.counts().limited).toBe(1);
  });

  it('have to wait while the engine is behind', async () => {
    const made = await stand({ mostWaiting: 3 });
    expect(await post(made, [record('a'), record('b')])).toMatchObject({ accepted: 2 });
    const full = await made.ask('POST', '/api/v1/signals', { body: [record('c'), record('d')] });
    expect([full.status, full.json().code, full.headers.get('retry-after')]).toEqual([
      503,
      'E_SIGNAL_BUSY',
      '5',
    ]);
    made.desk.tellWaiting(0);
    expect(await post(made, [record('c'), record('d')])).toMatchObject({ accepted: 2 });
  });

  it('are not acknowledged when they cannot be written', async () => {
    const made = await stand();
    const failing = { ...made.store.signals, take: () => Promise.reject(new Error('the disk is gone')) };
    const bad = await stand({ signals: Object.assign(Object.create(made.desk), { take: failing.take }) });
    expect((await bad.ask('POST', '/api/v1/signals', { body: record('a') })).status).toBe(500);
    await made.store.close();
    const closed = await made.ask('POST', '/api/v1/signals', { body: record('a'), token: 'pt_all' });
    expect([closed.status, closed.json().code, closed.headers.get('retry-after')]).toEqual([
      503,
      'E_API_STORE',
      '5',
    ]);
  });
});

describe('the source of signals', () => {
  const limits = { now: () => NOON, idsForMs: 86_400_000 };

  it('yields each once, and goes on behind the cursor that was saved', async () => {
    const made = await stand();
    await post(made, [record('a'), record('b')]);
    const { store, desk } = made;
    const end = new AbortController();
    const source = new SignalSource({
      ...limits,
      signals: store.signals,
      cursors: new Map(),
      signal: end.signal,
    });
    const lines = source.lines(desk)[Symbol.asyncIterator]();
    const first = await lines.next();
    expect(idsOf(first)).toEqual(['a', 'b']);
    const { cursors } = first.value as LineBatch;
    const waiting = lines.next();
    await post(made, [record('c')]);
    source.onStored();
    expect(idsOf(await waiting)).toEqual(['c']);
    expect(desk.counts().waiting).toBe(1);
    const over = lines.next();
    end.abort();
    expect((await over).done).toBe(true);
    expect(desk.counts().waiting).toBe(0);

    const again = new SignalSource({
      ...limits,
      signals: store.signals,
      cursors,
      signal: AbortSignal.timeout(5000),
    });
    expect(idsOf(await again.lines(desk)[Symbol.asyncIterator]().next())).toEqual(['c']);
  });

  it('forgets what a checkpoint has passed, and nothing else', async () => {
    const made = await stand();
    const { store, desk } = made;
    await post(made, [record('a')]);
    const cursors = new Map<string, unknown>([['signals', 1]]);
    store.record({ cursors });
    await store.flush();
    await post(made, [record('b')]);
    const end = new AbortController();
    const lines = new SignalSource({ ...limits, signals: store.signals, cursors, signal: end.signal })
      .lines(desk)
      [Symbol.asyncIterator]();
    expect(idsOf(await lines.next())).toEqual(['b']);
    const over = lines.next();
    await new Promise((resolve) => setImmediate(resolve));
    end.abort();
    await over;
    expect((await stored(made)).map(({ id }) => id)).toEqual(['b']);
  });
});

function idsOf(result: IteratorResult<LineBatch>): string[] {
  if (result.done === true) return [];
  return result.value.lines.map(({ raw }) => (JSON.parse(raw) as { id: string }).id);
}
