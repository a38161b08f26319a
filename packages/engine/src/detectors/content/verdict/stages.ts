// Decoders, rules and model put together: each value is looked at once, and all of them know what was seen.

import { readParts, type Watch } from '../decode/index.ts';
import type { ContentModel } from '../model/index.ts';
import { RuleSet, type ContentRule } from '../rules/index.ts';
import type { ContentDetector, Decoder } from './detector.ts';
import { modelDetector } from './modelDetector.ts';
import { ruleDetector } from './ruleDetector.ts';
import { TELLING_WORDS } from './stretches.ts';

export interface ContentStages {
  readonly decode: Decoder;
  readonly detectors: readonly ContentDetector[];
}

/** Returns what `createInspector` wants; `others` are asked between the rules and the model. */
export function contentStages(
  rules: readonly ContentRule[],
  model: ContentModel,
  others: readonly ContentDetector[] = [],
): ContentStages {
  const ruleSet = new RuleSet(rules, TELLING_WORDS);
  const { scout } = model;
  const watch: Watch = {
    glance: (text) => ruleSet.glance(text),
    work: (text, glance) => ruleSet.workOf(text, glance),
    heat: (text) => scout.heat(text),
    heats: (text, pieceLength) => scout.heats(text, pieceLength),
  };
  return {
    decode: (request, unread) => readParts(request, {}, watch, unread),
    detectors: [ruleDetector(ruleSet), ...others, modelDetector(model)],
  };
}
