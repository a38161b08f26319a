// Sums of alerts are compared with those of a plain array.
import type { Alert } from '@parapet/kinds';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IN_MEMORY, openStore } from '../src/index.ts';
import { after, NOON, sampleAlert } from './samples.ts';

it('alerts are summed as an array of them would be', async () => {
  const hourMs = 3_600_000;
  const when = fc.record({
    value: fc.constantFrom('192.0.2.1', '192.0.2.2', '192.0.2.0/24', '2001:db8::1'),
    minute: fc.integer({ min: -1800, max: 90 }),
    which: fc.nat(2),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(when, { maxLength: 30 }), async (drawn) => {
      const alerts = drawn.map(({ value: from, minute, which }, i) =>
        sampleAlert(`00000000-0000-4000-8000-${String(i).padStart(12, '0')}`, {
          scenario: `own/${which}`,
          knownAt: after(minute * 60_000),
          source: { scope: 'ip', value: from },
        }),
      );
      const store = await openStore({ dataDir: IN_MEMORY, role: 'tool', now: () => NOON });
      store.record({ alerts, decisions: [] });
      await store.flush();
      const asked = { since: after(-24 * hourMs), until: NOON, stepMs: hourMs, top: 3 };
      const { scenarios, sources, top } = await store.sumAlerts(asked);
      await store.close();
      const fit = alerts.filter(({ knownAt }) => knownAt >= asked.since && knownAt < NOON);
      const stepOf = ({ knownAt }: Alert): number =>
        Math.floor((knownAt.getTime() - asked.since.getTime()) / hourMs);
      const counts = [...new Set(fit.map(({ source }) => source.value))].map(
        (one) => fit.filter(({ source }) => source.value === one).length,
      );
      expect(sources).toBe(counts.length);
      expect(top.map((one) => one.alerts)).toEqual(counts.toSorted((a, b) => b - a).slice(0, 3));
      for (const { scenario, step, alerts: n } of scenarios)
        expect(n).toBe(fit.filter((one) => one.scenario === scenario && stepOf(one) === step).length);
      expect(scenarios.reduce((all, one) => all + one.alerts, 0)).toBe(fit.length);
    }),
    { numRuns: 30 },
  );
});
