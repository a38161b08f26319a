// The border: a model file is checked before anything believes it.

import { TRAFFIC_MODEL_VERSION, type SiteModel, type TrafficModel } from './learner.ts';

const MINUTES = ['requests', 'visitors', 'errors', 'posts', 'logins', 'payments'] as const;
const CLIENTS = ['high', 'low', 'requests', 'squares', 'most', 'days'] as const;

/** Returns the model, or undefined when the value is none or is of another version. */
export function readTrafficModel(value: unknown): TrafficModel | undefined {
  if (!isRecord(value) || value['version'] !== TRAFFIC_MODEL_VERSION || !Array.isArray(value['sites']))
    return undefined;
  const sites: readonly unknown[] = value['sites'];
  return sites.every(isSite) ? { version: TRAFFIC_MODEL_VERSION, sites } : undefined;
}

function isSite(value: unknown): value is SiteModel {
  if (!isRecord(value) || typeof value['site'] !== 'string') return false;
  const { paths, clients, clientNorms, visits } = value;
  return (
    MINUTES.every((name) => {
      const minutes = value[name];
      return isRecord(minutes) && Number.isInteger(minutes['first']) && typeof minutes['counts'] === 'string';
    }) &&
    isRecord(paths) &&
    typeof paths['requests'] === 'number' &&
    Array.isArray(paths['paths']) &&
    paths['paths'].every(
      (path: unknown) => Array.isArray(path) && typeof path[0] === 'string' && typeof path[1] === 'number',
    ) &&
    isRecord(clients) &&
    CLIENTS.every((name) => typeof clients[name] === 'string') &&
    areNumbers(clientNorms, ['typical', 'spread', 'heavyDay']) &&
    areNumbers(visits, ['shortPause', 'manyPages', 'direct', 'machineShare']) &&
    Array.isArray(visits['bare']) &&
    visits['bare'].length === 4 &&
    visits['bare'].every((share: unknown) => typeof share === 'number')
  );
}

function areNumbers(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  return isRecord(value) && names.every((name) => typeof value[name] === 'number');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
