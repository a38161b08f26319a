// Parsers from small pieces of YAML, with everything else as in a real engine.

import type { LineOrigin } from '@parapet/kinds';
import { createEnrichers, type EnricherContext } from '../../src/events/enrich.ts';
import { DateParser } from '../../src/events/dates.ts';
import { Event, EventSchema } from '../../src/events/event.ts';
import { loadParsers, type LoadedParsers, type ParserFile } from '../../src/events/loader.ts';
import { DataFiles } from '../../src/expressions/helpers/dataFiles.ts';
import { createHelpers } from '../../src/expressions/helpers/index.ts';
import { Stash } from '../../src/expressions/helpers/stash.ts';
import { GrokLibrary } from '../../src/patterns/index.ts';

export const NOW = Date.UTC(2026, 10, 22, 3, 4, 5, 678);
export const READ_AT = Date.UTC(2026, 10, 22, 3, 0, 0);

export interface Visit {
  readonly stage: string;
  readonly node: string;
  readonly success: boolean;
  readonly depth: number;
}

export interface Parsed {
  readonly parsed: boolean;
  readonly event: Event;
  readonly meta: Record<string, string>;
  readonly fields: Record<string, string>;
  readonly enriched: Record<string, string>;
  readonly visits: readonly Visit[];
}

export interface Bench extends LoadedParsers {
  readonly schema: EventSchema;
  parse(raw: string, labels?: LineOrigin['labels']): Parsed;
}

/** Parsers by file: `s01-parse/nginx.yaml`. */
export function load(files: Readonly<Record<string, string>>, options: Partial<EnricherContext> = {}): Bench {
  const schema = new EventSchema();
  const stash = new Stash(() => NOW);
  const dates = new DateParser(() => NOW);
  const loaded = loadParsers(
    Object.entries(files).map(([path, text]): ParserFile => {
      const [stage = '', file = ''] = path.split('/');
      return { stage, file: `parsers/${stage}/${file}`, text };
    }),
    {
      schema,
      functions: createHelpers({
        dataFiles: new DataFiles(),
        stash,
        geo: options.geo,
        hostname: 'test',
        nowMs: () => NOW,
        log: () => undefined,
      }),
      grok: GrokLibrary.standard(),
      enrichers: createEnrichers({ schema, dates, usesEventTime: true, ...options }),
      stash,
    },
  );
  const event = new Event(schema);
  return {
    ...loaded,
    schema,
    parse: (raw, labels = { type: 'test' }) => {
      event.reset({ raw, origin: { src: 'test.log', module: 'file', labels }, readAtMs: READ_AT });
      const visits: Visit[] = [];
      loaded.set.trace = {
        onNode: (stage, node, success, _event, depth) => visits.push({ stage, node, success, depth }),
      };
      const parsed = loaded.set.parse(event);
      return {
        parsed,
        event,
        meta: Object.fromEntries(event.entries('Meta')),
        fields: Object.fromEntries(event.entries('Parsed')),
        enriched: Object.fromEntries(event.entries('Enriched')),
        visits,
      };
    },
  };
}
