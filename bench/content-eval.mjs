// What the inspection of content finds, by set, class and place, in requests that its model has not learnt from.
//
//     npm run eval:content -- [--data DIR] [--model-only] [--quick] [--seed N] [--record]
//         [--mistakes FILE]
//
// Trains models, each without what it is asked about: about six minutes of one core with --quick, half an hour
// without. Needs the labelled sets of docs/content-model.md. --record writes bench/results/content-eval.json and the
// tables of docs/content-figures.md and docs/content-model.md. --mistakes adds to FILE each honest request that was not
// let through and each attack that was, of the thirds kept apart: to learn from, and never of sets for acceptance.

import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { evaluate } from '../packages/cli/dist/train/evaluate.js';
import { shareOf, tableOf } from '../packages/cli/dist/train/tally.js';
import { withRegion } from './region.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** What stands on the page of the model too. */
const SUMMARY = /^a third kept apart|^learnt without/i;
const shared = process.env.PARAPET_SHARED ?? path.resolve(root, '../shared');
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: path.join(shared, 'data') },
    'model-only': { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    mistakes: { type: 'string' },
    record: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});

const tables = await evaluate({
  data: path.resolve(values.data),
  seed: Number(values.seed),
  rules: values['model-only'] ? [] : readRules(),
  isQuick: values.quick,
  ...(values.mistakes === undefined ? {} : { onMistake: (mistake) => note(values.mistakes, mistake) }),
  say: (text) => process.stderr.write(`${text}\n`),
});
if (tables === undefined) {
  process.stderr.write(`There are no labelled sets in ${values.data}\n`);
  process.exitCode = 2;
} else {
  process.stdout.write(`${tables.map(tableOf).join('\n')}\n`);
  if (values.record) record({ at: new Date().toISOString(), node: process.version, tables });
}

function readRules() {
  const folder = path.join(root, 'packages/cli/items/content-rules');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => ({ file: name, text: readFileSync(path.join(folder, name), 'utf8') }));
}

/** A line of JSON: what was asked, with its body as text, and why it was stopped. */
function note(file, { source, kind, isAttack, request, inspection }) {
  const { method, rawTarget, headers, body } = request;
  const text = body === undefined ? undefined : Buffer.from(body).toString('utf8');
  const asked = { method, rawTarget, headers, ...(text === undefined ? {} : { body: text }) };
  appendFileSync(file, `${JSON.stringify({ source, kind, isAttack, ...asked, ...inspection })}\n`);
}

/** All tables on a page of their own, and on that of the model those that tell how it does on what it has not read. */
function record(result) {
  writeFileSync(path.join(root, 'bench/results/content-eval.json'), `${JSON.stringify(result, null, 1)}\n`);
  const said = `${result.at.slice(0, 10)}, Node ${result.node}.`;
  for (const [name, tables] of [
    ['content-figures.md', result.tables],
    ['content-model.md', result.tables.filter(({ title }) => SUMMARY.test(title))],
  ]) {
    const page = path.join(root, 'docs', name);
    const body = [said, ...tables.map(markdownOf)].join('\n\n');
    writeFileSync(
      page,
      withRegion(page, readFileSync(page, 'utf8'), 'figures', 'bench/content-eval.mjs', body),
    );
  }
}

function markdownOf({ title, rows }) {
  const percent = (share) => `${(share * 100).toFixed(2)} %`;
  return [
    `### ${title[0].toUpperCase()}${title.slice(1)}`,
    '',
    '| | requests | blocked | 95 % interval | challenged | blocked by the model alone |',
    '|---|---:|---:|---:|---:|---:|',
    ...rows.map(({ name, count, blocked, challenged, blockedByModel }) => {
      const { share, low, high } = shareOf(blocked, count);
      return `| ${name} | ${count} | ${percent(share)} | ${percent(low)} to ${percent(high)} | ${percent(challenged / count)} | ${percent(blockedByModel / count)} |`;
    }),
  ].join('\n');
}
