// What a token may be good for.

export const SCOPES = [
  'signals:read',
  'signals:write',
  'alerts:read',
  'alerts:write',
  'decisions:read',
  'decisions:write',
  'allowlists:read',
  'allowlists:write',
  'feedback:read',
  'feedback:write',
  'status:read',
] as const;

export type Scope = (typeof SCOPES)[number];

/** Returns the scopes that a word of the command line means, `read` being all that only read; undefined for none. */
export function scopesOf(word: string): readonly Scope[] | undefined {
  if (word === 'all') return SCOPES;
  if (word === 'read' || word === 'write') return SCOPES.filter((scope) => scope.endsWith(`:${word}`));
  const one = SCOPES.find((scope) => scope === word);
  return one === undefined ? undefined : [one];
}
