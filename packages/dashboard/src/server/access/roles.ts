// Who may do what, and where. Roles are a ladder: each may do what those before it may. Somebody has one for all sites,
// or for single ones, or both; of a site the higher one counts.

import type { User } from '@parapet/store';

export const ROLES = ['viewer', 'analyst', 'operator', 'admin'] as const;

export type Role = (typeof ROLES)[number];

/** What a role gives: `viewer` looks, `analyst` judges findings, `operator` decides, `admin` lets people in. */
export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

/** Whether somebody of the role may do what asks for another; a role that is not known may nothing. */
export function mayAct(role: string, asked: Role): boolean {
  return isRole(role) && ROLES.indexOf(role) >= ROLES.indexOf(asked);
}

/** All sites, with what is of no known site; or these, by their names. */
export type Reach = 'all' | readonly string[];

type Roles = Pick<User, 'role' | 'siteRoles'>;

/** Returns where the user has the role or one above it; undefined for nowhere. */
export function reachOf({ role, siteRoles = new Map() }: Roles, asked: Role): Reach | undefined {
  if (mayAct(role, asked)) return 'all';
  const sites = [...siteRoles].filter(([, own]) => mayAct(own, asked)).map(([site]) => site);
  return sites.length === 0 ? undefined : sites.toSorted();
}

/** Returns what of it is about one site; an empty site stands for no choice. */
export function chosenOf(reach: Reach, site: string): Reach {
  if (site === '') return reach;
  return reach === 'all' || reach.includes(site) ? [site] : [];
}

/** Returns the highest role that the user has anywhere; undefined for nobody's. */
export function highestRole({ role, siteRoles = new Map() }: Roles): Role | undefined {
  const own = new Set<string>([role, ...siteRoles.values()]);
  return ROLES.findLast((one) => own.has(one));
}

/** Returns all that the user may, as a text: the same text gives the same rights. */
export function rightsOf({ role, siteRoles = new Map() }: Roles): string {
  return JSON.stringify([role, ...[...siteRoles].map(([site, own]) => `${own} ${site}`).toSorted()]);
}
