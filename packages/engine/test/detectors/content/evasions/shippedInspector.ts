// The inspector as it is shipped: the rules and the model of the command line, with the default budget.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  ContentModel,
  contentStages,
  createInspector,
  INSPECTION_DEFAULTS,
  loadRules,
  type CountingInspector,
} from '../../../../src/index.ts';
import type { ContentDetector, ContentStages } from '../../../../src/detectors/content/verdict/index.ts';

const ITEMS: string = path.join(import.meta.dirname, '../../../../../cli/items');
const MODEL: string = path.join(ITEMS, 'content/model.bin');
const RULES: string = path.join(ITEMS, 'content-rules');

/** Whether the files that are shipped are at hand. */
export function isShipped(): boolean {
  return existsSync(MODEL) && existsSync(RULES);
}

/** Decoders, rules and model alone. */
export function shippedStages(): ContentStages {
  const files = readdirSync(RULES)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => ({ file: name, text: readFileSync(path.join(RULES, name), 'utf8') }));
  const { rules } = loadRules(files);
  return contentStages(rules, ContentModel.read(readFileSync(MODEL)));
}

/** One that does not remember takes every request apart as a whole. */
export function shippedInspector(isRemembering = true): CountingInspector {
  const stages = shippedStages();
  const forgetting = stages.detectors.map((one): ContentDetector => ({ find: (parts) => one.find(parts) }));
  return createInspector({
    decode: stages.decode,
    detectors: isRemembering ? stages.detectors : forgetting,
    settings: INSPECTION_DEFAULTS,
  });
}
