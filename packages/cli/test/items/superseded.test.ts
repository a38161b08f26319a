// With the hub's parsers in the place of ours, our scenarios have to tell the same stories.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { Hub, type ItemFile } from '@parapet/engine';
import { OWN_ITEMS_FOLDER, readHubFolder } from '../../src/hub/hubFolder.ts';
import { ownDataFile, ownItems, replay, sharedFile, told } from './ownEngine.ts';

const hubFolder = sharedFile('data/hub');
const STORIES = path.resolve(import.meta.dirname, '../stories');
const map = z.record(z.string(), z.string());
const superseded = z
  .strictObject({ parsers: map, scenarios: map })
  .parse(parse(readFileSync(path.join(OWN_ITEMS_FOLDER, 'superseded.yaml'), 'utf8')));

test('superseded.yaml names items that we have', () => {
  const own = new Set(ownItems().map(({ kind, name }) => `${kind} ${name}`));
  for (const kind of ['parsers', 'scenarios'] as const) {
    for (const name of Object.keys(superseded[kind])) expect(own).toContain(`${kind} ${name}`);
  }
});

describe.skipIf(hubFolder === undefined)("stories told by the hub's parsers", () => {
  const hub = hubFolder === undefined ? undefined : new Hub([readHubFolder(hubFolder)]);
  const items = (): readonly ItemFile[] => [
    ...ownItems().filter(({ kind, name }) => kind !== 'parsers' || superseded.parsers[name] === undefined),
    ...[...new Set(Object.values(superseded.parsers))].map((name) => hub!.item('parsers', name)!),
  ];
  const dataFile = (name: string): string | undefined => {
    const file = sharedFile(`data/hub/data/${name}`);
    return ownDataFile(name) ?? (file === undefined ? undefined : readFileSync(file, 'utf8'));
  };

  test('superseded.yaml names items that the hub has', () => {
    for (const kind of ['parsers', 'scenarios'] as const) {
      for (const name of Object.values(superseded[kind])) expect(hub!.has(kind, name), name).toBe(true);
    }
  });

  const names = readdirSync(STORIES).filter((name) => /^(http|ssh|perimeter$)/.test(name));
  test.each(names)('%s', (name) => {
    const story = parse(readFileSync(path.join(STORIES, name, 'story.yaml'), 'utf8')) as {
      type: string; // the stories' own test checks their shape
      alerts: { scenario: string; scope: string; value: string }[];
    };
    const lines = readFileSync(path.join(STORIES, name, 'lines.log'), 'utf8').split('\n');
    const { alerts } = replay(lines, story.type, { items: items(), dataFile });
    expect(told(alerts)).toEqual(
      story.alerts.map(({ scenario, scope, value }) => `${scenario} ${scope} ${value}`).toSorted(),
    );
  });
});
