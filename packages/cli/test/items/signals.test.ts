// Signals as scenarios see them: what docs/signals.md promises, and what a file of records must not be able to do.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSignal } from '@parapet/kinds';
import type { Event, ItemFile } from '@parapet/engine';
import { ownItems, replay, told } from './ownEngine.ts';

const PAGE = readFileSync(path.resolve(import.meta.dirname, '../../../../docs/signals.md'), 'utf8');

function block(language: string): string {
  return new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(PAGE)![1]!;
}

function record(more: object): string {
  return JSON.stringify({ time: '2026-11-22T12:30:00Z', type: 'page.served', ...more });
}

/** The fields of Parsed that the line leads to. */
function parsedOf(line: string): Record<string, string> | undefined {
  let fields: Record<string, string> | undefined;
  const onEvent = (event: Event): void => void (fields = Object.fromEntries(event.entries('Parsed')));
  replay([line], 'signal', { onEvent });
  return fields;
}

describe('signals.md', () => {
  test('shows a record that is taken', () => {
    const clock = { nowMs: Date.parse('2026-11-22T12:30:01Z'), maxAgeMs: 60_000 };
    expect(readSignal(JSON.parse(block('json')), clock)).toMatchObject({ ok: true });
  });

  test('shows a scenario that finds what it is for, and only that', () => {
    const own: ItemFile = {
      ...ownItems().find(({ kind }) => kind === 'scenarios')!,
      path: 'docs/signals.md',
      name: 'example/declined-cards',
      text: block('yaml'),
    };
    const declined = (ip: string, count: number): string[] =>
      Array.from({ length: count }, (_, i) =>
        record({ time: `2026-11-22T12:30:0${i}Z`, type: 'payment.declined', ip }),
      );
    const lines = [...declined('203.0.113.4', 4), ...declined('203.0.113.5', 3)];
    const { alerts, loaded } = replay(lines, 'signal', { items: [...ownItems(), own] });
    expect(loaded.problems).toEqual([]);
    expect(told(alerts)).toEqual(['example/declined-cards ip 203.0.113.4']);
  });
});

describe('attributes', () => {
  test('become fields of Parsed, as text', () => {
    const attributes = { form: 'contact', fill_ms: 900, ok: false, roles: ['a', 'b'], gone: null };
    expect(parsedOf(record({ attributes }))).toMatchObject({
      form: 'contact',
      fill_ms: '900',
      ok: 'false',
      roles: 'a,b',
    });
  });

  test('cannot be what parsers go by, nor pass for a line of another log', () => {
    const attributes = { message: 'x', program: 'nginx', timestamp: 'x', deep: { a: 1 }, list: [1] };
    const fields = parsedOf(record({ attributes }))!;
    expect(fields['program']).toBe('signal');
    expect(fields['message']).not.toBe('x');
    expect(fields).not.toHaveProperty('timestamp');
    expect(fields).not.toHaveProperty('deep');
    expect(fields).not.toHaveProperty('list');
  });

  test('of ever new names are no fields any more, while those that an item reads still are', () => {
    let last: Event | undefined;
    let count = 0;
    const lines = Array.from({ length: 3000 }, (_, i) =>
      record({ attributes: { [`n${i}`]: 'x', path: '/a' } }),
    );
    replay(lines, 'signal', {
      onEvent: (event) => {
        last = event;
        count = event.schema.names.length;
      },
    });
    expect(last?.entries('Parsed').map(([name]) => name)).toContain('path');
    expect(count).toBeLessThan(3000);
  });
});

test('a signal counts for no web traffic, so that an address that only signals tell of is no proxy', () => {
  const lines = Array.from({ length: 1500 }, (_, i) =>
    record({
      time: new Date(Date.parse('2026-11-22T11:00:00Z') + i * 1000).toISOString(),
      type: 'login.failed',
      ip: '203.0.113.7',
      attributes: { user_agent: `agent ${i % 40}`, status: '200' },
    }),
  );
  const { findings, decisions } = replay(lines, 'signal');
  expect(findings).toEqual([]);
  expect(decisions.map(({ target }) => target.value)).toContain('203.0.113.7');
});
