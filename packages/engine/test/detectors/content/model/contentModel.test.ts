import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  ContentModel,
  learn,
  PLACEMENT_GROUPS,
  UNCALIBRATED,
  writeModel,
  type LabelledText,
  type LearntWeights,
} from '@parapet/engine';

import { FeatureReader } from '../../../../src/detectors/content/model/features.ts';
import { offsetOf, PRIOR } from '../../../../src/detectors/content/model/layout.ts';
import { readModel } from '../../../../src/detectors/content/model/modelFile.ts';
import { strongestSegment } from '../../../../src/detectors/content/model/segment.ts';

const ATTACKS = [
  "1' or 1=1 -- ",
  "x' union select name, pass from users -- ",
  '1 and sleep(5)',
  "admin' and '1'='1",
  '-1 union all select 1,2,3',
  "' or 'a'='a",
];
const SCRIPTS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '<svg onload=confirm(2)>',
  '<body onload="prompt(3)">',
  'javascript:alert(document.cookie)',
];
const HONEST = [
  'the union of select clubs and teams',
  "O'Brien & sons",
  'order by phone, or by mail',
  '<p>Dear <b>all</b>, the image is <img src="/a.png" alt="x"></p>',
  'select a table for 2 or 3 people',
  'a script for a play in 3 acts',
  '1 or 2 rooms from 3 to 5',
];

const lessons: readonly LabelledText[] = [
  ...ATTACKS.map((text) => ({ text, group: 'value' as const, class: 'sqli' as const, weight: 1 })),
  ...SCRIPTS.map((text) => ({ text, group: 'value' as const, class: 'xss' as const, weight: 1 })),
  ...HONEST.map((text) => ({ text, group: 'value' as const, class: undefined, weight: 1 })),
];
const settings = { passes: 40, alpha: 0.1, l1: 0.01, l2: 1, seed: 7 };
const PROSE = 'The library opens at nine and closes at five, and on Sundays it stays closed. ';

let learnt: LearntWeights;
let model: ContentModel;
beforeAll(() => {
  learnt = learn(lessons, settings);
  model = ContentModel.read(writeModel(learnt, UNCALIBRATED));
});

describe('the score', () => {
  test('is above zero for attacks and below for honest text', () => {
    for (const text of [...ATTACKS, ...SCRIPTS]) expect(model.score(text, 'value'), text).toBeGreaterThan(0);
    for (const text of HONEST) expect(model.score(text, 'value'), text).toBeLessThan(0);
  });

  test('is not lowered by any padding around an attack', () => {
    const bare = model.score(` ${ATTACKS[0]} `, 'value');
    const padded = model.score(PROSE.repeat(300) + ATTACKS[0] + PROSE.repeat(300), 'value');
    expect(padded).toBeGreaterThan(bare - 1);
  });

  test('does not grow with the length of a text that goes on like this', () => {
    const long = model.score(PROSE.repeat(50), 'value');
    expect(model.score(PROSE.repeat(500), 'value')).toBeCloseTo(long, 3);
  });

  test('is turned into the scale of the calibration', () => {
    const other = ContentModel.read(
      writeModel(learnt, { ...UNCALIBRATED, value: { slope: 0.5, offset: -1 } }),
    );
    const plain = model.score(ATTACKS[1] ?? '', 'value');
    expect(other.score(ATTACKS[1] ?? '', 'value')).toBeCloseTo(plain / 2 - 1, 4);
  });

  test('is that of the features which were learnt from, whatever the text', () => {
    const { weights, step } = readModel(writeModel(learnt, UNCALIBRATED));
    const slowScore = (text: string, groupIndex: number): number => {
      const { features, hasOffset, ends } = new FeatureReader().read(text);
      let at = 0;
      const sums = Float64Array.from(ends, (end) => {
        let sum = 0;
        for (; at < end; at += 1) {
          const feature = features[at]!;
          sum += weights[feature]!;
          if (hasOffset[at] === 1) sum += weights[offsetOf(feature, groupIndex)]!;
        }
        return sum;
      });
      return strongestSegment(sums).evidence * step + PRIOR;
    };
    const piece = fc.constantFrom(...ATTACKS, ...SCRIPTS, ...HONEST, ' ', '\n', 'aaaaaaa', '0', 'é', '-');
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 6 }),
        fc.nat(PLACEMENT_GROUPS.length - 1),
        (pieces, index) => {
          const text = `${pieces.join('')}.`;
          expect(model.score(text, PLACEMENT_GROUPS[index]!)).toBeCloseTo(slowScore(text, index), 0);
        },
      ),
    );
  });

  test('is a number for every text, however odd', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.constantFrom(...PLACEMENT_GROUPS),
        (text, group) => {
          const score = model.score(text, group);
          const { start, end, pieces } = model.explain(text, group);
          return (
            Number.isFinite(score) &&
            start >= 0 &&
            start <= end &&
            end <= text.length &&
            pieces.every((piece) => piece.weight > 0 && piece.text === text.slice(piece.start, piece.end))
          );
        },
      ),
    );
    expect(model.score('a'.repeat(200_000), 'value')).toBeLessThan(0);
  });
});

describe('the explanation', () => {
  test('names the class and the pieces that spoke for it', () => {
    const text = `my name is x' union select name, pass from users -- `;
    const found = model.explain(text, 'value');
    expect(found.class).toBe('sqli');
    expect(found.words).toBe('looks like commands for a database');
    expect(found.pieces.map((piece) => piece.text).join(' ')).toMatch(/union|select/u);
    expect(model.explain('<svg onload=alert(2)>', 'value').class).toBe('xss');
  });

  test('has pieces that add up to no more than what the score rose by', () => {
    const text = ATTACKS[1] ?? '';
    const { pieces } = model.explain(text, 'value');
    const sum = pieces.reduce((total, piece) => total + piece.weight, 0);
    const rise = model.score(text, 'value') - model.score('plain', 'value');
    expect(sum).toBeGreaterThan(rise * 0.5);
  });
});

describe('training', () => {
  test('gives the same bytes from the same texts and seed, and others from another seed', () => {
    const bytes = writeModel(learnt, UNCALIBRATED);
    expect(writeModel(learn(lessons, settings), UNCALIBRATED)).toEqual(bytes);
    expect(writeModel(learn(lessons, { ...settings, seed: 8 }), UNCALIBRATED)).not.toEqual(bytes);
  });
});

describe('a damaged file', () => {
  test('is refused with one clear error wherever it is damaged', () => {
    const whole = writeModel(learnt, UNCALIBRATED);
    for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 200)) {
      const damaged = whole.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      expect(() => ContentModel.read(damaged)).toThrow(/^E_CONTENT_MODEL: /u);
      expect(() => ContentModel.read(whole.subarray(0, at))).toThrow(/^E_CONTENT_MODEL: /u);
    }
  });

  test('is refused when it is something else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => ContentModel.read(bytes)).toThrow(/^E_CONTENT_MODEL: /u);
      }),
    );
  });
});
