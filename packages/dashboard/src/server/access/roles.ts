// Who may do what. Roles are a ladder: each may do what those before it may.

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
