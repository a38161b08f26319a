// Parapet with its own items alone, as it is when nothing else is installed, and a clock that stands still.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Alert, Decision, LineOrigin } from '@parapet/kinds';
import {
  Hub,
  loadPipeline,
  PERIMETER_DEFAULTS,
  type Event,
  type Finding,
  type ItemFile,
  type Loaded,
  type LoadOptions,
} from '@parapet/engine';
import { OWN_ITEMS_FOLDER, readHubFolder } from '../../src/hub/hubFolder.ts';

export const NOW_MS: number = Date.parse('2026-11-22T12:00:00Z');

/** Test data outside the repository, or undefined where it is not there. */
export function sharedFile(relative: string): string | undefined {
  const file = path.join(process.env['PARAPET_SHARED'] ?? path.resolve('../shared'), relative);
  return existsSync(file) ? file : undefined;
}

export function ownItems(): readonly ItemFile[] {
  return new Hub([readHubFolder(OWN_ITEMS_FOLDER)]).everything();
}

export function ownDataFile(name: string): string | undefined {
  const file = path.join(OWN_ITEMS_FOLDER, 'data', name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

const GATEWAY: LineOrigin = { src: 'gateway 1', module: 'gateway', labels: { type: 'nginx' } };

export interface Replayed {
  readonly loaded: Loaded;
  readonly alerts: readonly Alert[];
  readonly decisions: readonly Decision[];
  readonly findings: readonly Finding[];
  readonly unparsed: readonly string[];
}

/** Takes the lines through the whole engine and returns all that came of it. */
export function replay(
  lines: Iterable<string>,
  type: string | ((line: string) => string),
  options: Partial<LoadOptions> & { readonly onEvent?: (event: Event) => void } = {},
  labels: Readonly<Record<string, string>> = {},
): Replayed {
  const alerts: Alert[] = [];
  const decisions: Decision[] = [];
  const findings: Finding[] = [];
  const unparsed: string[] = [];
  const { onEvent, ...load } = options;
  const loaded = loadPipeline(
    {
      items: ownItems(),
      dataFile: ownDataFile,
      perimeter: PERIMETER_DEFAULTS,
      mode: 'replay',
      hostname: 'localhost',
      nowMs: () => NOW_MS,
      ...load,
    },
    {
      onUnparsed: (raw) => void unparsed.push(raw),
      onAlert(alert, made) {
        alerts.push(alert);
        decisions.push(...made);
      },
      onFinding: (finding) => void findings.push(finding),
      ...(onEvent === undefined ? {} : { onEvent }),
    },
  );
  const origins = new Map<string, LineOrigin>();
  for (const line of lines) {
    if (line === '') continue;
    const typeOfIt = typeof type === 'string' ? type : type(line);
    const origin = origins.get(typeOfIt) ?? {
      src: 'test.log',
      module: 'file',
      labels: { ...labels, type: typeOfIt },
    };
    origins.set(typeOfIt, origin);
    if (typeOfIt !== 'gateway') {
      loaded.pipeline.process(line, origin, NOW_MS);
      continue;
    }
    const [raw = '', ...meta] = line.split('\t');
    const fields = meta.map((field) => field.split('=') as [string, string]); // stories are written like this
    loaded.pipeline.process(raw, GATEWAY, NOW_MS, fields);
  }
  loaded.pipeline.stop();
  return { loaded, alerts, decisions, findings, unparsed };
}

/** `scenario scope value` of each alert, once each, sorted. */
export function told(
  alerts: readonly { scenario: string; source: { scope: string; value: string } }[],
): string[] {
  return [
    ...new Set(alerts.map(({ scenario, source }) => `${scenario} ${source.scope} ${source.value}`)),
  ].toSorted();
}
