// Where in the page somebody is: the address says it, so that every view can be sent to somebody else.

import { signal } from '@preact/signals';

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

export const place = signal<Place>(here());
/** The one site that every page is about; empty for all. It is in each address, so that it goes where a view is sent. */
export const site = signal(place.value.query.get('site') ?? '');

function here(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

addEventListener('popstate', () => {
  arrive();
});

function arrive(): void {
  const now = here();
  site.value = now.query.get('site') ?? '';
  place.value = now;
}

/** Shows one site on every page from now on, or all. */
export function chooseSite(name: string): void {
  site.value = name;
  // Numbers of pages and rows are of another list.
  go(place.value.path, true);
}

/** Returns the address with the site that is looked at. */
export function ofSite(href: string): string {
  if (site.value === '') return href;
  const url = new URL(href, location.origin);
  url.searchParams.set('site', site.value);
  return url.pathname + url.search + url.hash;
}

/** Goes to a page of ours. `isQuiet` replaces the address, as filters do. */
export function go(href: string, isQuiet = false): void {
  if (isQuiet) history.replaceState(null, '', ofSite(href));
  else history.pushState(null, '', ofSite(href));
  arrive();
  if (!isQuiet && !href.includes('#')) scrollTo(0, 0);
}

/** Lets links to our own pages change the view instead of loading all anew. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.origin !== location.origin || link.target !== '') return;
  const isHere = link.pathname === location.pathname && ofSite(link.href) === ofSite(location.href);
  if (isHere && link.hash !== '') return;
  event.preventDefault();
  go(link.pathname + link.search + link.hash);
}

/** Changes parts of the query without a step in the history; empty ones go. */
export function filter(changes: Readonly<Record<string, string>>): void {
  const query = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(changes))
    if (value === '') query.delete(key);
    else query.set(key, value);
  const text = query.toString();
  go(location.pathname + (text === '' ? '' : `?${text}`), true);
}
