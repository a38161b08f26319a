import type { JSX } from 'preact';
import { t } from '../words/words.ts';

/** Beside what may be changed; `what` says it to those who do not see where it stands. */
export function ChangeButton(props: { readonly what: string; readonly onClick: () => void }): JSX.Element {
  return (
    <button
      type="button"
      class="button small"
      aria-label={`${t('rules.change')}: ${props.what}`}
      onClick={props.onClick}
    >
      {t('rules.change')}
    </button>
  );
}
