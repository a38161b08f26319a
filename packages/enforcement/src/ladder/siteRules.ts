// One site's settings, ready to be asked.

import { DEFAULT_DEMAND, type Demand } from '../challenge/demand.ts';
import { Routes } from '../routes/routes.ts';
import type { GuardedSite, GuardSettings, InspectionMode } from './settings.ts';

export interface SiteRules {
  readonly demand: Demand;
  readonly isEnforcing: boolean;
  /** The mode in effect, whatever else the site is told. */
  readonly inspection: InspectionMode;
  readonly routes: Routes;
  readonly hasClosedPaths: boolean;
  /** Whether the path is one that is not served when nobody watches. */
  isClosed(rawTarget: string): boolean;
}

export function siteRules(site: GuardedSite, challenge: GuardSettings['challenge'] = {}): SiteRules {
  const { closedPaths, neverChallenge, basePath } = site;
  return {
    demand: { ...DEFAULT_DEMAND, ...challenge, siteName: site.title ?? site.name },
    isEnforcing: site.mode === 'enforce',
    inspection: inspectionModeOf(site),
    routes: new Routes({ neverChallenge, ...(basePath === undefined ? {} : { basePath }) }),
    hasClosedPaths: closedPaths.length > 0,
    isClosed: (rawTarget) => closedPaths.some((path) => matches(path, rawTarget)),
  };
}

/** Returns the mode of inspection in effect: the one place where it is made out. */
export function inspectionModeOf({
  mode,
  inspection = 'off',
}: Pick<GuardedSite, 'mode' | 'inspection'>): InspectionMode {
  return mode === 'observe' && inspection === 'enforce' ? 'observe' : inspection;
}

/** Here a wrong yes costs a page and a wrong no the protection: paths are compared decoded and folded. */
function matches(pattern: string, rawTarget: string): boolean {
  const query = rawTarget.indexOf('?');
  const path = plain(query < 0 ? rawTarget : rawTarget.slice(0, query));
  const isPrefix = pattern.endsWith('*');
  const wanted = (isPrefix ? pattern.slice(0, -1) : pattern).toLowerCase();
  return isPrefix ? path.startsWith(wanted) || `${path}/` === wanted : path === wanted;
}

function plain(rawPath: string): string {
  const decoded = rawPath.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const segments: string[] = [];
  for (const segment of decoded.replaceAll('\\', '/').toLowerCase().split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}${/[/\\]$/.test(decoded) && segments.length > 0 ? '/' : ''}`;
}
