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
  type Calibrations,
  type LabelledText,
  type LearntWeights,
} from '@parapet/engine';
import { calibrate } from './calibrate.ts';
import { madeUp } from './generators/index.ts';
import { asLessons, moved, readProse, readSet, type Example } from './sources.ts';
import { foldOf } from './split.ts';

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
): Promise<Uint8Array | undefined> {
  const examples = await readExamples(folder);
  if (examples.length === 0) return undefined;
  return learnCalibrated(examples, madeUp(seed), seed, say);
}

/** Returns a model of all of the examples, calibrated by one that has not seen a third of them. */
export function learnCalibrated(
  examples: readonly Example[],
  made: readonly LabelledText[],
  seed: number,
  say: (text: string) => void,
): Uint8Array {
  const calibrations = calibrationsFor(examples, made, seed, say);
  return writeModel(learnFrom(examples, made, seed, say), calibrations);
}

/** Returns how a model of such examples is calibrated, by one that has not seen a third of them. */
export function calibrationsFor(
  examples: readonly Example[],
  made: readonly LabelledText[],
  seed: number,
  say: (text: string) => void,
): Calibrations {
  const isKept = (example: Example): boolean => foldOf(example, FOLDS) === 0;
  const first = learnFrom(
    examples.filter((example) => !isKept(example)),
    made,
    seed,
    say,
  );
  return calibrate(
    ContentModel.read(writeModel(first, UNCALIBRATED)),
    examples.filter(
      (example) => example.class === undefined && HONEST_REQUESTS.test(example.source) && isKept(example),
    ),
  );
}

/** Returns the weights learnt from examples, what is made up, and honest texts in another place. */
export function learnFrom(
  examples: readonly Example[],
  made: readonly LabelledText[],
  seed: number,
  say: (text: string) => void,
): LearntWeights {
  const lessons = [...asLessons(examples), ...moved(examples), ...made];
  const attacks = lessons.filter((lesson) => lesson.class !== undefined).length;
  say(`${lessons.length} texts, ${attacks} of them attacks`);
  return learn(lessons, { ...LEARNER_DEFAULTS, seed }, (pass, loss) =>
    say(`pass ${pass + 1}: mean loss ${loss.toFixed(4)}`),
  );
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
