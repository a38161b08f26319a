// Keys of the configuration for which people choose a value in the page: what is done with crawlers, and on sites.

import { CRAWLER_GROUPS } from '../../wirePages.ts';

/** `who`: a group of crawlers, or the name of one. */
export function crawlerKey(who: string): string {
  const isGroup = (CRAWLER_GROUPS as readonly string[]).includes(who);
  return `gateway.ai_crawlers.${isGroup ? '' : 'names.'}${who}`;
}

/** `mode`: what may be done on the site; `inspection`: what is done about attacks in its requests. */
export function siteKey(site: string, what: 'mode' | 'inspection'): string {
  return what === 'mode' ? `gateway.sites.${site}.mode` : `inspection.sites.${site}.mode`;
}
