import type { InspectedRequest, InspectionReason, RuleModes } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import type { Anomaly, RequestParts } from '../../../../src/detectors/content/parts.ts';
import {
  createInspector,
  INSPECTION_DEFAULTS,
  type ContentDetector,
} from '../../../../src/detectors/content/verdict/index.ts';

const REQUEST: InspectedRequest = {
  method: 'GET',
  rawTarget: '/?q=1',
  headers: [],
  body: undefined,
  isBodyCut: false,
  site: '',
};

function reason(weight: number, name = 'q', changes: Partial<InspectionReason> = {}): InspectionReason {
  const foundIn = { placement: 'query', name, excerpt: '' } as const;
  return { detector: 'test', class: 'sqli', text: 'is a test', weight, foundIn, ...changes };
}

function verdictOn(
  reasons: readonly InspectionReason[],
  anomalies: readonly Anomaly[] = [],
  perMillion = 100,
  modes: RuleModes = new Map(),
) {
  const detector: ContentDetector = { find: () => reasons };
  return createInspector({
    decode: (request) => partsOf(request, anomalies),
    detectors: [detector],
    settings: { ...INSPECTION_DEFAULTS, falsePositivesPerMillion: perMillion },
    modes,
  }).inspect(REQUEST);
}

function partsOf(request: InspectedRequest, anomalies: readonly Anomaly[]): RequestParts {
  return { request, method: 'GET', path: '/', host: '', mediaType: '', parts: [], anomalies };
}

describe('the inspector', () => {
  it('lets pass what nothing speaks against', () => {
    expect(verdictOn([])).toMatchObject({ action: 'pass', class: undefined, reasons: [] });
  });

  it('adds up what is said of one part', () => {
    expect(verdictOn([reason(3)]).action).toBe('challenge');
    expect(verdictOn([reason(3), reason(2.5)]).action).toBe('block');
    expect(verdictOn([reason(6), reason(-4)]).action).toBe('pass');
  });

  it('counts a part beside the heaviest a little', () => {
    expect(verdictOn([reason(4.5, 'a'), reason(1, 'b')]).action).toBe('challenge');
    expect(verdictOn([reason(4.5, 'a'), reason(4.5, 'b')]).action).toBe('block');
  });

  it('names the class for which most is said, and the heaviest reason first', () => {
    const { class: found, reasons } = verdictOn([
      reason(2, 'a', { class: 'xss' }),
      reason(3, 'b'),
      reason(2, 'a', { class: 'xss', detector: 'other' }),
    ]);
    expect(found).toBe('xss');
    expect(reasons.map(({ weight }) => weight)).toEqual([3, 2, 2]);
  });

  it('rejects bytes that no honest client sends, and not what is only odd', () => {
    const anomaly = { code: 'gzip-bomb', placement: 'body', name: '' } as const;
    expect(verdictOn([], [{ ...anomaly, severity: 'refuse' }])).toMatchObject({
      action: 'reject',
      class: 'protocol',
    });
    expect(verdictOn([], [{ ...anomaly, severity: 'note' }]).action).toBe('pass');
  });

  it('does not hear of rules that are off', () => {
    const modes: RuleModes = new Map([['other', 'off']]);
    const off = verdictOn([reason(6, 'q', { detector: 'other' })], [], 100, modes);
    expect(off).toMatchObject({ action: 'pass', reasons: [] });
    expect(verdictOn([reason(6)], [], 100, modes).action).toBe('block');
  });

  it('tells what hangs on rules that are only watched, and does what the others come to', () => {
    const modes: RuleModes = new Map([['other', 'observe']]);
    const watched = reason(6, 'q', { detector: 'other' });
    expect(verdictOn([watched], [], 100, modes)).toMatchObject({ action: 'block', isObserved: true });
    expect(verdictOn([watched, reason(3)], [], 100, modes)).toMatchObject({ action: 'challenge' });
    expect(verdictOn([watched, reason(3)], [], 100, modes).isObserved).toBeUndefined();
    const both = verdictOn([watched, reason(6)], [], 100, modes);
    expect([both.action, both.isObserved, both.reasons.length]).toEqual(['block', undefined, 2]);
  });

  it('is stricter when more mistakes are allowed', () => {
    expect(verdictOn([reason(4.5)], [], 1000).action).toBe('block');
    expect(verdictOn([reason(5.5)], [], 10).action).toBe('challenge');
  });

  it('lets pass, and counts, when a detector fails', () => {
    const faults: unknown[] = [];
    const broken: ContentDetector = {
      find: () => {
        throw new Error('broken');
      },
    };
    const inspector = createInspector(
      { decode: (request) => partsOf(request, []), detectors: [broken], settings: INSPECTION_DEFAULTS },
      (error) => faults.push(error),
    );
    expect(inspector.inspect(REQUEST).action).toBe('pass');
    expect(inspector.counts()).toEqual({ requests: 1, faults: 1 });
    expect(faults).toHaveLength(1);
  });
});
