// The local API of an engine, as its configuration says; loaded only where it is served.

import { hkdfSync } from 'node:crypto';
import { siteSecret } from '@parapet/gateway';
import { createLapi, rehearseLapi, type Lapi, type LapiOptions } from '@parapet/lapi';
import { parseIpOrCidr, type Cidr } from '@parapet/kinds';
import type { LapiConfig } from '../config/lapiSchema.ts';
import { faultTeller } from './faultTeller.ts';
import { serveLapi } from './lapiServer.ts';
import { withFlush, type Listening } from './listening.ts';

type Given = Pick<LapiOptions, 'store' | 'now' | 'ingest' | 'ingestMore' | 'onLifted' | 'freeMemory'>;

export interface LapiSurroundings extends Given {
  readonly dataDir: string;
  readonly onNote: (text: string) => void;
}

/** Opens the API on all its addresses; rejects with a UsageError when one cannot be had. */
export async function openLapi(
  config: LapiConfig,
  folder: string,
  surroundings: LapiSurroundings,
): Promise<Listening> {
  await rehearseLapi();
  const lapi = lapiOf(config, surroundings);
  return withFlush(await serveLapi(config, lapi, folder), lapi);
}

function lapiOf(config: LapiConfig, { dataDir, onNote, ...given }: LapiSurroundings): Lapi {
  const { registration, tls } = config;
  return createLapi({
    ...given,
    secret: new Uint8Array(hkdfSync('sha256', siteSecret(dataDir), '', 'local API tokens', 32)),
    trustedRanges: rangesOf(config.trusted_ips),
    ...(registration === undefined
      ? {}
      : { registration: { token: registration.token, ranges: rangesOf(registration.ranges) } }),
    ...(tls === undefined
      ? {}
      : { certificates: { machineUnits: tls.machine_units, bouncerUnits: tls.bouncer_units } }),
    onFault: faultTeller('The local API could not answer', given.now, onNote),
  });
}

/** Of values that the configuration has checked. */
function rangesOf(values: readonly string[]): readonly Cidr[] {
  return values.flatMap((value) => parseIpOrCidr(value.trim()) ?? []);
}
