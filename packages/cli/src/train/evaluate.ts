// What the model, or the whole inspector, finds in requests that the model has not learnt from: by set and class, with
// whole sources left out, and with the same attack in every place.

import {
  ContentModel,
  createInspector,
  INSPECTION_DEFAULTS,
  loadRules,
  modelDetector,
  readParts,
  ruleDetector,
  RuleSet,
  type RuleFile,
} from '@parapet/engine';
import type { InspectionAction, Inspector } from '@parapet/kinds';
import { madeUp } from './generators/index.ts';
import { PLACINGS } from './placements.ts';
import type { Example } from './sources.ts';
import { foldOf, halfOf } from './split.ts';
import { tableOf, Tallies } from './tally.ts';
import { learnCalibrated, readExamples } from './trainContent.ts';

export interface EvaluationOptions {
  readonly data: string;
  readonly seed: number;
  /** Undefined for the model alone. */
  readonly rules: readonly RuleFile[] | undefined;
  /** One fold and no left-out sources: a third of the time. */
  readonly isQuick: boolean;
  readonly say: (text: string) => void;
}

const FOLDS = 3;
/** Attacks of each class that are put in every place. */
const PLACED = 400;

/** What is left out of training, and looked at instead. */
const LEFT_OUT: readonly (readonly [name: string, isOut: (example: Example) => boolean])[] = [
  ['libinjection', ({ source }) => source === 'libinjection'],
  ['payloadbox-xss', ({ source }) => source === 'payloadbox-xss'],
  ['gran', ({ source }) => source === 'gran'],
  ['httpparams-train', ({ source }) => source === 'httpparams-train'],
  [
    'half of the CRS rules, half of the classes of Drupal',
    (example) => /^(?:crs|drupal)-/u.test(example.source) && halfOf(example) === 0,
  ],
];

/** Says tables of what is found; returns false when there are no sets in the folder. */
export async function evaluate(options: EvaluationOptions): Promise<boolean> {
  const { data, seed, say, isQuick } = options;
  const examples = await readExamples(data);
  if (examples.length === 0) return false;
  const made = madeUp(seed);
  const modelOf = (known: readonly Example[]): Inspector =>
    inspectorOf(options, ContentModel.read(learnCalibrated(known, made, seed, () => {})));
  const folds = new Tallies();
  const placed = new Tallies();
  const classes = new Tallies();
  for (let fold = 0; fold < (isQuick ? 1 : FOLDS); fold += 1) {
    const inspector = modelOf(examples.filter((example) => foldOf(example, FOLDS) !== fold));
    const unseen = examples.filter((example) => foldOf(example, FOLDS) === fold);
    judge(inspector, unseen, folds, classes);
    if (fold === 0) judgePlaces(inspector, unseen, placed);
    say(`fold ${fold + 1} is done`);
  }
  say(tableOf('a third kept apart, three times', folds));
  say(tableOf('honest requests by class, kept apart', classes));
  say(tableOf('attacks in every place', placed));
  if (isQuick) return true;
  for (const [name, isOut] of LEFT_OUT) {
    const inspector = modelOf(examples.filter((example) => !isOut(example)));
    const without = new Tallies();
    judge(inspector, examples.filter(isOut), without, undefined);
    say(tableOf(`learnt without ${name}`, without));
  }
  return true;
}

function inspectorOf({ rules }: EvaluationOptions, model: ContentModel): Inspector {
  const detectors = [modelDetector(model)];
  if (rules !== undefined) detectors.unshift(ruleDetector(new RuleSet(loadRules(rules).rules)));
  return createInspector({
    decode: (request) => readParts(request),
    detectors,
    settings: INSPECTION_DEFAULTS,
  });
}

function judge(
  inspector: Inspector,
  examples: readonly Example[],
  sets: Tallies,
  classes: Tallies | undefined,
): void {
  for (const example of examples) {
    if (example.request === undefined) continue;
    const action = stopped(inspector.inspect(example.request).action);
    sets.add(`${example.source} ${example.class ?? 'honest'}`, action);
    if (example.class === undefined && example.source.startsWith('drupal'))
      classes?.add(`${example.source} ${example.part}`, action);
  }
}

function judgePlaces(inspector: Inspector, examples: readonly Example[], tallies: Tallies): void {
  const counts = new Map<string, number>();
  for (const { class: kind, payload } of examples) {
    if (kind === undefined || payload === undefined) continue;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (count > PLACED) continue;
    for (const { name, place } of PLACINGS) {
      const request = place(payload);
      if (request !== undefined) tallies.add(`${name} ${kind}`, stopped(inspector.inspect(request).action));
    }
  }
}

function stopped(action: InspectionAction): 'pass' | 'challenge' | 'block' {
  return action === 'reject' ? 'block' : action;
}
