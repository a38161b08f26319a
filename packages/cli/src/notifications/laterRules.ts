// The rules that were made in the dashboard, read when somebody first asks: an engine that tells nobody loads nothing.

import type { OwnRules } from './ownRules.ts';

/** Returns where everybody gets the same ones. */
export function laterRules(dataDir: string, onNote: (text: string) => void): () => Promise<OwnRules> {
  let rules: Promise<OwnRules> | undefined;
  const load = async (): Promise<OwnRules> => {
    const [{ OwnRules: Own }, { notificationsFolder }] = await Promise.all([
      import('./ownRules.ts'),
      import('./openNotifications.ts'),
    ]);
    return new Own(notificationsFolder(dataDir), onNote);
  };
  return () => (rules ??= load());
}
