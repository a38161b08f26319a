import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ContentModel } from '@parapet/engine';
import { describe, expect, test } from 'vitest';
import { newSite } from '../commands/run.ts';
import type { Example } from '../../src/train/sources.ts';
import { foldOf } from '../../src/train/split.ts';
import { learnCalibrated, trainContent } from '../../src/train/trainContent.ts';

function exampleOf(source: string, id: string, text: string, kind: 'sqli' | undefined): Example {
  return {
    id,
    source,
    part: id,
    class: kind,
    texts: [{ text, group: 'value', isWrapping: false }],
  };
}

const examples = Array.from({ length: 60 }, (_, index) => [
  exampleOf('libinjection', `a${index}`, `${index}' union select ${index}, x${index} from users -- `, 'sqli'),
  exampleOf(
    'drupal-x',
    `b${index}`,
    `book number ${index} of the select few, a union of ${index}`,
    undefined,
  ),
]).flat();

describe('training', () => {
  test('gives a calibrated model, the same bytes again', () => {
    const file = learnCalibrated(examples, [], 3, () => {});
    expect(learnCalibrated(examples, [], 3, () => {})).toEqual(file);
    const model = ContentModel.read(file);
    expect(model.score("7' union select 9, y from users -- ", 'value')).toBeGreaterThan(2.7);
    expect(model.score('book number 3 of the select few', 'value')).toBeLessThan(0);
  });

  test('of a folder without sets is nothing', async () => {
    expect(await trainContent(mkdtempSync(path.join(os.tmpdir(), 'no-sets-')), 1, () => {})).toBeUndefined();
  });

  test('keeps what is alike in one fold', () => {
    const folds = examples.filter((one) => one.class === 'sqli').map((one) => foldOf(one, 3));
    expect(new Set(folds).size).toBe(1);
    const honest = examples.filter((one) => one.class === undefined).map((one) => foldOf(one, 3));
    expect(new Set(honest).size).toBe(3);
  });
});

describe('parapet train content', () => {
  test('says what is wrong with what it was given', async () => {
    const site = newSite();
    const absent = await site.run('train content --data nowhere --out model.bin');
    expect(absent.code).toBe(2);
    expect(absent.err).toContain('E_TRAIN_DATA');
    const seed = await site.run('train content --data . --out model.bin --seed x');
    expect(seed.code).toBe(2);
    expect(seed.err).toContain('E_TRAIN_SEED');
  });
});
