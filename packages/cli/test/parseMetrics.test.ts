import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderMetrics } from '@parapet/reports';
import { parseMetrics } from '../src/parseMetrics.ts';

it('reads back what the engine writes, whatever a label holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.double({ noNaN: true }), (scenario, value) => {
      const sample = { name: 'parapet_alerts_total', labels: { scenario }, value } as const;
      const [read] = parseMetrics(renderMetrics([sample]));
      expect(read?.labels).toEqual({ scenario: scenario.replaceAll(/\p{Cs}/gu, '\uFFFD') });
      expect(read?.value).toBe(value === 0 ? 0 : value);
    }),
  );
});

it('never throws on a page of something else', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseMetrics(text)).toBeInstanceOf(Array);
    }),
  );
});
