// Trains the content model: reads the labelled sets, adds made-up examples of what no set has enough of, learns, and
// returns the file. docs/content-model.md is the recipe in words.

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { learn, LEARNER_DEFAULTS, writeModel } from '@parapet/engine';
import { madeUp } from './generators/index.ts';
import { asLessons, readProse, readSet, type Example } from './sources.ts';

export interface TrainedContent {
  readonly file: Uint8Array;
  readonly texts: number;
  readonly attacks: number;
}

/** In this order: what comes first is kept when the same text comes again. */
const SETS = [
  'libinjection',
  'gran',
  'httpparams-train',
  'payloadbox-xss',
  'crs-regression-dev',
  'drupal-benign',
  'drupal-recorded-A',
];

/** Returns the model of the sets in a folder and of a seed, or nothing when there are none. */
export async function trainContent(
  folder: string,
  seed: number,
  say: (text: string) => void,
): Promise<TrainedContent | undefined> {
  const examples = await readExamples(folder);
  if (examples.length === 0) return undefined;
  const lessons = [...asLessons(examples), ...madeUp(seed)];
  const attacks = lessons.filter((lesson) => lesson.class !== undefined).length;
  say(`${lessons.length} texts, ${attacks} of them attacks`);
  const learnt = learn(lessons, { ...LEARNER_DEFAULTS, seed }, (pass, loss) =>
    say(`pass ${pass + 1}: mean loss ${loss.toFixed(4)}`),
  );
  const file = writeModel(learnt, { slope: 1, offset: 0 });
  return { file, texts: lessons.length, attacks };
}

async function readExamples(folder: string): Promise<Example[]> {
  const waf = path.join(folder, 'waf');
  const present = new Set(await readdir(waf).catch(() => []));
  const examples: Example[] = [];
  for (const name of SETS) {
    const file = `${name}.jsonl.gz`;
    if (present.has(file)) examples.push(...(await readSet(path.join(waf, file))));
  }
  if (examples.length === 0) return [];
  return [...examples, ...(await readProse(path.join(folder, 'spam')))];
}
