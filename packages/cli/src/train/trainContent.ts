// Trains the content model: reads the labelled sets, adds made-up examples of what no set has enough of, learns, and
// returns the file. docs/content-model.md is the recipe in words.

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import {
  ContentModel,
  learn,
  LEARNER_DEFAULTS,
  UNCALIBRATED,
  writeModel,
  type LabelledText,
} from '@parapet/engine';
import { calibrate } from './calibrate.ts';
import { madeUp } from './generators/index.ts';
import { asLessons, readProse, readSet, type Example } from './sources.ts';
import { foldOf } from './split.ts';

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

/** A third of the examples is kept from a first model, to see what sums its honest requests reach. */
const FOLDS = 3;
/** Requests of sites; the other sets' honest texts are single words. */
const HONEST_REQUESTS = /^drupal-/u;

/** Returns the model of the sets in a folder and of a seed, or nothing when there are none. */
export async function trainContent(
  folder: string,
  seed: number,
  say: (text: string) => void,
): Promise<TrainedContent | undefined> {
  const examples = await readExamples(folder);
  if (examples.length === 0) return undefined;
  const made = madeUp(seed);
  const lessons = [...asLessons(examples), ...made];
  const attacks = lessons.filter((lesson) => lesson.class !== undefined).length;
  say(`${lessons.length} texts, ${attacks} of them attacks`);
  const file = learnCalibrated(examples, made, seed, say);
  return { file, texts: lessons.length, attacks };
}

/** Returns a model of all of the examples, calibrated by one that has not seen a third of them. */
export function learnCalibrated(
  examples: readonly Example[],
  made: readonly LabelledText[],
  seed: number,
  say: (text: string) => void,
): Uint8Array {
  const settings = { ...LEARNER_DEFAULTS, seed };
  const told = (what: string) => (pass: number, loss: number) =>
    say(`${what}, pass ${pass + 1}: mean loss ${loss.toFixed(4)}`);
  const seen = examples.filter((example) => foldOf(example, FOLDS) !== 0);
  const first = learn([...asLessons(seen), ...made], settings, told('calibration'));
  const calibrations = calibrate(
    ContentModel.read(writeModel(first, UNCALIBRATED)),
    examples.filter(
      (example) =>
        example.class === undefined && HONEST_REQUESTS.test(example.source) && foldOf(example, FOLDS) === 0,
    ),
  );
  return writeModel(learn([...asLessons(examples), ...made], settings, told('model')), calibrations);
}

/** Returns the examples of all sets that are in a folder. */
export async function readExamples(folder: string): Promise<Example[]> {
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
