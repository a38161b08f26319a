// Puts the inspector together for a command or a gateway: the files that are shipped, and what the configuration
// says. Everybody who inspects does it through this, so that all give the same verdict.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  ContentModel,
  createInspector,
  INSPECTION_DEFAULTS,
  modelDetector,
  readParts,
  type CountingInspector,
} from '@parapet/engine';
import { OWN_ITEMS_FOLDER } from '../hub/hubFolder.ts';

const MODEL_FILE: string = path.join(OWN_ITEMS_FOLDER, 'content', 'model.bin');

/** Returns the inspector; `onFault` hears of errors of its own, whose requests pass. */
export function prepareInspector(onFault?: (error: unknown) => void): CountingInspector {
  const model = ContentModel.read(readFileSync(MODEL_FILE));
  return createInspector(
    {
      decode: (request) => readParts(request),
      detectors: [modelDetector(model)],
      settings: INSPECTION_DEFAULTS,
    },
    onFault,
  );
}
