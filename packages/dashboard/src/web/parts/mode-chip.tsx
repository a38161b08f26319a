import type { JSX } from 'preact';
import type { RuleRow } from '../../wirePages.ts';
import { t } from '../words/words.ts';

/** What a rule, or a part of Parapet, may do. */
export function ModeChip({ mode }: { readonly mode: RuleRow['mode'] }): JSX.Element {
  const tone = mode === 'enforce' ? 'held' : mode === 'off' ? '' : 'watched';
  return <span class={`chip ${tone}`}>{t(`mode.${mode}`)}</span>;
}
