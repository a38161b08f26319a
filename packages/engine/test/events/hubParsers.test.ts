import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { Event, ParserSet, type ParserItem } from '../../src/events/index.ts';
import { load, READ_AT } from './harness.ts';

const hub = path.join(process.env['PARAPET_SHARED'] ?? path.resolve('../shared'), 'data/hub');

/** All parsers of one kind, by stage and file as `load` wants them. */
function hubParsers(kind: 'parsers' | 'postoverflows' = 'parsers'): Record<string, string> {
  const files: Record<string, string> = {};
  for (const stage of readdirSync(path.join(hub, kind))) {
    for (const author of readdirSync(path.join(hub, kind, stage))) {
      for (const file of readdirSync(path.join(hub, kind, stage, author))) {
        if (!/\.ya?ml$/.test(file)) continue;
        files[`${stage}/${file} of ${author}`] = readFileSync(
          path.join(hub, kind, stage, author, file),
          'utf8',
        );
      }
    }
  }
  return files;
}

interface TestLine {
  readonly raw: string;
  readonly type: string;
}

/** The first lines of each log that the hub's tests have, with the type the test gives them. */
function hubLines(perLog: number): TestLine[] {
  return readdirSync(path.join(hub, 'tests')).flatMap((name) => {
    const folder = path.join(hub, 'tests', name);
    if (!existsSync(path.join(folder, 'config.yaml'))) return [];
    const config = parseYaml(readFileSync(path.join(folder, 'config.yaml'), 'utf8')) as {
      log_file: string;
      log_type: string;
    };
    const log = path.join(folder, config.log_file);
    if (!existsSync(log)) return [];
    const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean).slice(0, perLog);
    return lines.map((raw) => ({ raw, type: config.log_type }));
  });
}

/** The same parsers without an index of their filters and without remembered effects. */
function withoutShortcuts(items: readonly ParserItem[], event: Event, set: ParserSet): ParserSet {
  const plain = items.map((item): ParserItem => {
    const { guard, node } = item;
    const filter = (frame: { evt: Event }): boolean =>
      (guard?.test(frame) ?? true) && (node.filter?.(frame) ?? true);
    return { ...item, guard: undefined, effect: undefined, node: { ...node, filter } };
  });
  return new ParserSet(plain, event, set.faults);
}

/** Everything an event holds, and what each node said about it. */
function outcomeOf(set: ParserSet, event: Event, { raw, type }: TestLine): unknown {
  event.reset({ raw, origin: { src: 'test.log', module: 'file', labels: { type } }, readAtMs: READ_AT });
  const visits: string[] = [];
  set.trace = { onNode: (stage, node, success) => visits.push(`${stage} ${node} ${success}`) };
  const parsed = set.parse(event);
  const { stage, timeMs, strTime, marshaledTime, whitelisted, whitelistReason } = event;
  const bags = (['Meta', 'Parsed', 'Enriched'] as const).map((bag) => Object.fromEntries(event.entries(bag)));
  return { parsed, visits, stage, timeMs, strTime, marshaledTime, whitelisted, whitelistReason, bags };
}

// The hub is not in the repository: without it these tests are skipped.
describe.skipIf(!existsSync(hub))('the parsers of the hub', () => {
  it('all load', () => {
    const { problems, items } = load(hubParsers());
    expect(problems).toEqual([]);
    expect(items.length).toBeGreaterThan(160);
    const post = load(hubParsers('postoverflows'));
    expect(post.problems).toEqual([]);
    expect(post.items).toHaveLength(12);
  });

  it('do the same with and without the index and the memory', () => {
    const { items, set, schema } = load(hubParsers());
    const event = new Event(schema);
    const plain = withoutShortcuts(items, event, set);
    const lines = hubLines(6);
    expect(lines.length).toBeGreaterThan(500);
    for (const line of [...lines, ...lines]) {
      expect(outcomeOf(set, event, line), line.raw).toEqual(outcomeOf(plain, event, line));
    }
  }, 60_000);
});
