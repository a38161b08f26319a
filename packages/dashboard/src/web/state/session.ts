// Who is here.

import { signal } from '@preact/signals';
import type { RoleName, SessionView } from '../../wire.ts';
import { site } from './place.ts';

export const session = signal<SessionView | undefined>(undefined);
export const csrf = signal('');

const ROLES: readonly RoleName[] = ['viewer', 'analyst', 'operator', 'admin'];

export function signedIn(view: SessionView): void {
  csrf.value = view.csrf ?? '';
  session.value = view;
}

/** The session is over: the page asks to log in again and stays where it is. */
export function signedOut(): void {
  csrf.value = '';
  const { hasUsers = true } = session.value ?? {};
  session.value = { hasUsers, version: '' };
}

/** Whether who is here may do what asks for the role, on the site that is looked at or anywhere; the server asks again. */
export function may(role: RoleName): boolean {
  const siteRoles = session.value?.user?.siteRoles ?? {};
  const own = site.value === '' ? Object.values(siteRoles) : [siteRoles[site.value]];
  return mayEverywhere(role) || own.some((one) => isAtLeast(one, role));
}

/** The same on one site, whichever is looked at. */
export function mayAt(role: RoleName, name: string): boolean {
  return mayEverywhere(role) || isAtLeast(session.value?.user?.siteRoles[name], role);
}

/** The same for what is about all sites. */
export function mayEverywhere(role: RoleName): boolean {
  return isAtLeast(session.value?.user?.role, role);
}

function isAtLeast(own: RoleName | undefined, role: RoleName): boolean {
  return own !== undefined && ROLES.indexOf(own) >= ROLES.indexOf(role);
}
