// A worker of the gateway; started by its supervisor, and of no use to people.

import type { Command } from 'commander';
import { Perimeter, PERIMETER_DEFAULTS } from '@parapet/engine';
import { runWorker } from '@parapet/gateway';
import type { CommandContext } from '../context.ts';
import { prepareLearningInspector } from '../inspection/prepareInspector.ts';
import { rehearse } from '../inspection/rehearse.ts';
import { placesOf } from '../up/places.ts';
import { workerCosts } from '../up/workerCosts.ts';

export function register(program: Command, _context: CommandContext): void {
  program.command('gateway-worker', { hidden: true }).action(() => {
    runWorker({
      // Asked several times for each request, and a Date apiece would be seen.
      nowMs: Date.now,
      placeOf: placesOf,
      inspectorOf: (settings, learning) => {
        const inspector = prepareLearningInspector(settings, learning);
        rehearse(inspector);
        return inspector;
      },
      costsOf: workerCosts,
      perimeterOf: (patterns) => {
        const perimeter = new Perimeter({ ...PERIMETER_DEFAULTS, patterns }, []);
        return (rawTarget) => perimeter.patternFor(rawTarget) !== undefined;
      },
    });
  });
}
