// Keys: g and a letter goes to a page, / to the search, j and k along the rows. None of them acts while somebody types.

import { complain, say } from '../state/notes.ts';
import { go } from '../state/place.ts';
import { t } from '../words/words.ts';

const PAGES: Readonly<Record<string, string>> = {
  o: '/',
  i: '/incidents',
  d: '/decisions',
  l: '/live',
  h: '/health',
  u: '/users',
};
const TOGETHER_MS = 1200;
let goingSinceMs = 0;

export function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector('dialog[open]') !== null) return;
  const isGoing = Date.now() - goingSinceMs < TOGETHER_MS;
  goingSinceMs = 0;
  const page = PAGES[event.key];
  if (isGoing && page !== undefined) {
    event.preventDefault();
    go(page);
  } else if (event.key === 'g') goingSinceMs = Date.now();
  else if (event.key === '/') {
    const search = document.querySelector<HTMLInputElement>('[data-search]');
    if (search === null) return;
    event.preventDefault();
    search.focus();
  } else if (event.key === 'j' || event.key === 'k') step(event.key === 'j' ? 1 : -1);
  else if (event.key === '?') say(t('app.keys'));
}

function step(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row === document.activeElement);
  rows[Math.max(0, Math.min(rows.length - 1, at + by))]?.focus();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, select, textarea, dialog') !== null;
}

/** Whatever nobody has caught is said and not swallowed. */
export function onFault(event: PromiseRejectionEvent): void {
  complain(t('fault.other', { code: event.reason instanceof Error ? event.reason.message : '' }));
}
