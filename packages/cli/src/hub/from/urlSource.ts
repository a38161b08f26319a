// A hub behind a URL: its index, the items that it carries or that lie beside it, and data files where items say.

import { HubError } from '../hubError.ts';
import { download, isSafe } from './download.ts';
import { parseIndex, type IndexedItem } from './hubIndex.ts';
import { MAX_DATA_BYTES, MAX_INDEX_BYTES, MAX_ITEM_BYTES, type HubSource } from './hubSource.ts';

/** Fetches the index and returns the hub as a source. A URL that names no file means `.index.json` there. */
export async function openUrl(claimedUrl: string): Promise<HubSource> {
  const indexUrl = indexUrlOf(claimedUrl);
  const bytes = await download(indexUrl, MAX_INDEX_BYTES);
  if (bytes === undefined) {
    throw new HubError('E_HUB_DOWNLOAD', `There is no index at ${indexUrl.href}`, 'Nothing was installed.');
  }
  const items: ReadonlyMap<string, IndexedItem> = parseIndex(indexUrl.href, new TextDecoder().decode(bytes));
  return {
    from: indexUrl.href,
    items,
    readItem: async ({ kind, name, path }) => {
      const content = items.get(`${kind}:${name}`)?.content;
      if (content !== undefined) return Buffer.from(content, 'base64');
      const fetched = await download(new URL(path, indexUrl), MAX_ITEM_BYTES);
      if (fetched !== undefined) return fetched;
      throw new HubError('E_HUB_READ', `${indexUrl.href} has no ${path}`, 'Nothing was installed.');
    },
    readData: async (name, sourceUrl) => {
      const url = URL.canParse(sourceUrl) ? new URL(sourceUrl) : undefined;
      // This machine is asked only for the sake of an index that is itself on this machine.
      if (url === undefined || !isSafe(url) || (url.protocol === 'http:' && url.host !== indexUrl.host)) {
        throw new HubError(
          'E_HUB_DATA_URL',
          `The data file '${name}' is said to be at '${sourceUrl}', which is not asked`,
          'Only https is safe.',
        );
      }
      return download(url, MAX_DATA_BYTES);
    },
  };
}

/** Whether a place to install from is a URL and no folder. */
export function isUrl(from: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(from);
}

function indexUrlOf(claimedUrl: string): URL {
  const url = URL.canParse(claimedUrl) ? new URL(claimedUrl) : undefined;
  if (url === undefined || !isSafe(url) || url.username !== '' || url.password !== '') {
    throw new HubError(
      'E_HUB_URL',
      `${claimedUrl} is no URL that a hub can be installed from`,
      'Give one that starts with https://, without a name or password in it.',
    );
  }
  if (!url.pathname.endsWith('.json')) {
    url.pathname = `${url.pathname.replace(/\/$/, '')}/.index.json`;
  }
  return url;
}
