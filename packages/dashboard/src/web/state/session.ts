// Who is here.

import { signal } from '@preact/signals';
import type { RoleName, SessionView } from '../../wire.ts';

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

/** Whether who is here may do what asks for the role; the server asks again. */
export function may(role: RoleName): boolean {
  const own = session.value?.user?.role;
  return own !== undefined && ROLES.indexOf(own) >= ROLES.indexOf(role);
}
