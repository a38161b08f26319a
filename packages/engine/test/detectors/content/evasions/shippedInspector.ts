// The inspector as it is shipped: the rules and the model of the command line, with the default budget.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Inspector } from '@parapet/kinds';
import {
  ContentModel,
  createInspector,
  INSPECTION_DEFAULTS,
  loadRules,
  modelDetector,
  readParts,
  ruleDetector,
  RuleSet,
} from '../../../../src/index.ts';

const ITEMS: string = path.join(import.meta.dirname, '../../../../../cli/items');
const MODEL: string = path.join(ITEMS, 'content/model.bin');
const RULES: string = path.join(ITEMS, 'content-rules');

/** Whether the files that are shipped are at hand. */
export function isShipped(): boolean {
  return existsSync(MODEL) && existsSync(RULES);
}

export function shippedInspector(): Inspector {
  const files = readdirSync(RULES)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => ({ file: name, text: readFileSync(path.join(RULES, name), 'utf8') }));
  const { rules } = loadRules(files);
  return createInspector({
    decode: (request) => readParts(request),
    detectors: [ruleDetector(new RuleSet(rules)), modelDetector(ContentModel.read(readFileSync(MODEL)))],
    settings: INSPECTION_DEFAULTS,
  });
}
