// What the inspection of content finds, by set, class and place, in requests that its model has not learnt from.
//
//     npm run eval:content -- [--data DIR] [--model-only] [--quick] [--seed N]
//
// Trains several models, each without what it is asked about: about five minutes of one core with --quick, about
// half an hour without. Needs the labelled sets of docs/content-model.md.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { evaluate } from '../packages/cli/dist/train/evaluate.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: {
    data: {
      type: 'string',
      default: path.join(process.env.PARAPET_SHARED ?? path.join(root, '../shared'), 'data'),
    },
    'model-only': { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});
const rulesFolder = path.join(root, 'packages/cli/items/content-rules');
const rules = values['model-only']
  ? undefined
  : readdirSync(rulesFolder)
      .filter((name) => name.endsWith('.yaml'))
      .toSorted()
      .map((name) => ({ file: name, text: readFileSync(path.join(rulesFolder, name), 'utf8') }));

const isDone = await evaluate({
  data: path.resolve(values.data),
  seed: Number(values.seed),
  rules,
  isQuick: values.quick,
  say: (text) => process.stdout.write(`${text}\n`),
});
if (!isDone) {
  process.stderr.write(`There are no labelled sets in ${values.data}\n`);
  process.exitCode = 2;
}
