import { expect, test } from 'vitest';
import { isSimulated, loadSimulation, NO_SIMULATION } from '../../src/verdicts/index.ts';

test('exclusions do the opposite of the rule', () => {
  const none = loadSimulation('simulation.yaml', 'simulation: false\nexclusions:\n  - a/b\n').simulation;
  expect([isSimulated(none, 'a/b'), isSimulated(none, 'c/d')]).toEqual([true, false]);
  const all = loadSimulation('simulation.yaml', 'simulation: true\nexclusions: [a/b]\n').simulation;
  expect([isSimulated(all, 'a/b'), isSimulated(all, 'c/d')]).toEqual([false, true]);
});

test('an empty file simulates nothing, and a wrong one says where', () => {
  expect(loadSimulation('simulation.yaml', '')).toEqual({ simulation: NO_SIMULATION, problems: [] });
  const { simulation, problems } = loadSimulation('simulation.yaml', 'simulation: maybe\nexclusion: [a]\n');
  expect(simulation).toBe(NO_SIMULATION);
  expect(problems.map(({ code, line }) => [code, line])).toEqual([
    ['E_WRONG_TYPE', 1],
    ['E_UNKNOWN_KEY', 2],
  ]);
});
