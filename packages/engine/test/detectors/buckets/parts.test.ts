// The small parts of buckets, each against a plain model of itself.

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Blackhole } from '../../../src/detectors/buckets/blackhole.ts';
import { detach, EvidenceKeeper } from '../../../src/detectors/buckets/evidence.ts';
import { formatGoTime, formatRfc3339, parseRfc3339 } from '../../../src/detectors/buckets/goTime.ts';
import { TimerHeap } from '../../../src/detectors/buckets/timerHeap.ts';
import { EventSchema } from '../../../src/events/index.ts';
import { at, eventOf, type EventDraft } from './build.ts';

test('a blackhole that was saved silences the same keys for as long', () => {
  const pour = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    afterMs: fc.integer({ min: -3, max: 8 }),
  });
  fc.assert(
    fc.property(fc.array(pour, { maxLength: 60 }), fc.nat(60), (pours, cut) => {
      const whole = new Blackhole(10);
      let after = new Blackhole(10);
      let atMs = 0;
      for (const [i, { key, afterMs }] of pours.entries()) {
        if (i === cut) {
          const saved = structuredClone(after.save());
          after = new Blackhole(10);
          after.restore(saved);
        }
        atMs += afterMs;
        expect(after.swallows(key, atMs)).toBe(whole.swallows(key, atMs));
        expect(after.size).toBe(whole.size);
      }
    }),
  );
});

describe('times', () => {
  test('are read as the platform reads them, and written back', () => {
    const date = fc.date({
      min: new Date('0100-01-01T00:00:00Z'),
      max: new Date('9999-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, (value) => {
        expect(parseRfc3339(value.toISOString())).toBe(value.getTime());
        expect(parseRfc3339(formatRfc3339(value.getTime()))).toBe(value.getTime());
      }),
    );
  });

  test('keep their zone and digits', () => {
    const text = '2020-01-01T10:00:00.25+02:00';
    expect(parseRfc3339(text)).toBe(Date.UTC(2020, 0, 1, 8) + 250);
    expect(formatGoTime(parseRfc3339(text), text)).toBe('2020-01-01 10:00:00.25 +0200 +0200');
    expect(formatGoTime(Date.UTC(2020, 0, 1))).toBe('2020-01-01 00:00:00 +0000 UTC');
  });

  test('are printed with all digits of the text, even those a number cannot hold', () => {
    const text = '2023-03-14T06:10:23.366875297Z';
    expect(formatGoTime(parseRfc3339(text), text)).toBe('2023-03-14 06:10:23.366875297 +0000 UTC');
    expect(formatGoTime(0, '1970-01-01T00:00:00.500Z')).toBe('1970-01-01 00:00:00.5 +0000 UTC');
    expect(formatGoTime(0, '1970-01-01T00:00:00.000Z')).toBe('1970-01-01 00:00:00 +0000 UTC');
  });

  test('that are none are none, whatever the text', () => {
    for (const text of [
      '',
      'yesterday',
      '2020-01-01',
      '2020-01-01T10:00:00',
      '2020-01-01T10:00:00+0200',
      'x020-01-01T10:00:00Z',
    ]) {
      expect(parseRfc3339(text)).toBeNaN();
    }
    fc.assert(fc.property(fc.string(), (text) => typeof parseRfc3339(text) === 'number'));
  });
});

test('the heap gives back everything, earliest first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (times) => {
      const heap = new TimerHeap();
      for (const [i, time] of times.entries()) heap.push(time, i);
      const popped: number[] = [];
      while (heap.size > 0) {
        const next = heap.nextAt;
        expect(times[heap.pop()]).toBe(next);
        popped.push(next);
      }
      expect(popped).toEqual(times.toSorted((a, b) => a - b));
      expect(heap.nextAt).toBe(Infinity);
    }),
  );
});

test('a blackhole does what a list of (key, end) that is pruned at every overflow does', () => {
  const overflow = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 300 }));
  fc.assert(
    fc.property(fc.array(overflow, { maxLength: 80 }), (overflows) => {
      const blackhole = new Blackhole(50);
      let hidden: { key: string; until: number }[] = [];
      for (const [key, time] of overflows) {
        hidden = hidden.filter(({ until }) => until > time);
        const expected = hidden.some((each) => each.key === key);
        if (!expected) hidden.push({ key, until: time + 50 });
        expect(blackhole.swallows(key, time)).toBe(expected);
        expect(blackhole.size).toBe(hidden.length);
      }
    }),
  );
});

describe('evidence', () => {
  test('comes back as it was, for any fields and values', () => {
    const fields = fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), fc.string({ maxLength: 30 }), {
      maxKeys: 8,
    });
    const schema = new EventSchema();
    const keeper = new EvidenceKeeper(schema);
    fc.assert(
      fc.property(fields, fc.boolean(), (meta, hasTime) => {
        const event = eventOf(schema, {
          meta,
          enriched: { IsoCode: 'FR', other: 'x' },
          ...(hasTime ? { time: at(3) } : {}),
        });
        const { fields: kept } = keeper.read(keeper.pack(event));
        expect(Object.fromEntries(kept.meta.names.map((name, i) => [name, kept.meta.values[i]]))).toEqual({
          ...meta,
        });
        expect(kept.meta.names).toEqual([...kept.meta.names].toSorted());
        expect(kept).toMatchObject({ timeMs: event.timeMs, marshaledTime: event.marshaledTime, kind: 'log' });
      }),
    );
  });

  test('keeps values readable after a field has had more of them than its dictionary holds', () => {
    const schema = new EventSchema();
    const keeper = new EvidenceKeeper(schema);
    const pathOf = (i: number): string => `/some/long/path/${i}`;
    const kept = Array.from({ length: 6000 }, (_, i) =>
      keeper.pack(eventOf(schema, { time: at(0), meta: { path: pathOf(i) } })),
    );
    for (const [i, evidence] of kept.entries()) expect(keeper.read(evidence).meta('path')).toBe(pathOf(i));
  });

  test.each([
    ['few', 2500],
    ['many', 22_000],
  ])('that is saved is read by another engine, which numbers fields otherwise: %s pieces', (_, count) => {
    const schema = new EventSchema();
    const keeper = new EvidenceKeeper(schema);
    const draftOf = (i: number): EventDraft => ({
      time: at(0),
      meta: {
        path: `/some/long/path/${i % 2500}`,
        agent: `\u0001agent of many words ${i % 7}`,
        [`n${i % 3}`]: 'é',
      },
    });
    const packed = Array.from({ length: count }, (__, i) => keeper.pack(eventOf(schema, draftOf(i))));
    const texts = packed.filter((piece) => typeof piece === 'string');
    expect(texts).toHaveLength(count);
    const otherSchema = new EventSchema();
    otherSchema.slot('Meta', 'agent');
    const other = new EvidenceKeeper(otherSchema);
    other.restore(keeper.save(texts));
    const metaOf = (reader: EvidenceKeeper, piece: string): unknown => reader.read(piece).fields.meta;
    expect(texts.filter((piece) => !isDeepStrictEqual(metaOf(other, piece), metaOf(keeper, piece)))).toEqual(
      [],
    );
    const next = other.pack(eventOf(otherSchema, draftOf(4)));
    expect(other.read(next).meta('path')).toBe('/some/long/path/4');
  });

  test('tells the enriched facts of a source and nothing else of that bag', () => {
    const schema = new EventSchema();
    const keeper = new EvidenceKeeper(schema);
    const event = eventOf(schema, {
      time: at(0),
      enriched: { IsoCode: 'FR', secret: 'x' },
      parsed: { request: '/' },
    });
    const { fields } = keeper.read(keeper.pack(event));
    expect([fields.enriched.names, fields.parsed.names]).toEqual([['IsoCode'], []]);
    expect(keeper.keep(event).fields.parsed.names).toEqual(['request']);
  });

  test('detached text is the same text', () => {
    fc.assert(fc.property(fc.string(), (text) => detach(text) === text));
  });
});
