// The way to the next rows of a list.

import type { JSX } from 'preact';
import { filter } from '../state/place.ts';
import { t } from '../words/words.ts';
import { Search } from './search.tsx';

/** So many the server sends at once. */
const ROWS = 50;

export function More({ from, total }: { readonly from: number; readonly total: number }): JSX.Element | null {
  if (total <= from + ROWS) return null;
  return (
    <button type="button" class="button wide" onClick={() => filter({ from: String(from + ROWS) })}>
      {t('app.more')}
    </button>
  );
}

/** The search of such a list: what is searched for begins at the first row. */
export function SearchRows(props: { readonly label: string; readonly value: string }): JSX.Element {
  return <Search {...props} onSearch={(text) => filter({ q: text, from: '' })} />;
}
