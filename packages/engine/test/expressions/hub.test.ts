import { expect, test } from 'vitest';
import { Event, EventSchema, eventVariable, type EventFrame } from '../../src/events/index.ts';
import { createHelpers, DataFiles, Stash } from '../../src/expressions/helpers/index.ts';
import {
  compileExpression,
  EvaluationError,
  type Environment,
  type Variable,
} from '../../src/expressions/index.ts';
import { hubExpressions } from './hub.ts';

const hub = hubExpressions()?.filter(({ file }) => !file.endsWith('.assert'));

/** A variable of another stage, of which nothing is known here. */
const unknown: Variable<EventFrame> = {
  get: () => null,
  member: () => ({ get: () => null, steps: 0, reads: 'unknown', isString: false }),
};

function environmentOf(schema: EventSchema): Environment<EventFrame> {
  const variables: Record<string, Variable<EventFrame>> = { evt: eventVariable(schema) };
  for (const name of ['queue', 'leaky', 'signal', 'match', 'req', 'Alert']) variables[name] = unknown;
  const functions = createHelpers({
    dataFiles: new DataFiles(),
    stash: new Stash(() => 0),
    hostname: 'host',
    nowMs: () => 0,
    log: () => undefined,
  });
  return { variables, functions };
}

test.skipIf(hub === undefined)(
  'every expression of the hub compiles with the real helpers, and an empty event makes none throw otherwise',
  () => {
    const failures: string[] = [];
    const schema = new EventSchema();
    const frame = { evt: new Event(schema) };
    const environment = environmentOf(schema);
    for (const { source, file } of hub!) {
      const result = compileExpression(source, environment);
      if (!result.ok) {
        failures.push(`${file}: ${source}: ${result.error.message} at ${result.error.offset}`);
        continue;
      }
      try {
        result.expression.evaluate(frame);
      } catch (error) {
        if (!(error instanceof EvaluationError)) failures.push(`${file}: ${source}: ${String(error)}`);
      }
    }
    expect(hub!.length).toBeGreaterThan(3000);
    expect(failures).toEqual([]);
  },
);
