// Some of the sites: those that were chosen, each with a way to take it away, and a field to add one.

import type { ComponentChildren, JSX } from 'preact';
import { session } from '../state/session.ts';
import { t } from '../words/words.ts';
import { Icon } from './icons.tsx';
import { Raw } from './parts.tsx';
import { SitePicker } from './site-picker.tsx';

export function SiteList(props: {
  readonly names: readonly string[];
  readonly onAdd: (name: string) => void;
  readonly onDrop: (name: string) => void;
  /** What stands beside a name. */
  readonly beside?: (name: string) => ComponentChildren;
}): JSX.Element {
  const { names, onAdd, onDrop, beside } = props;
  const chosen = new Set(names);
  const others = (session.value?.sites ?? []).filter((name) => !chosen.has(name));
  return (
    <>
      {names.length === 0 ? (
        <p class="about">{t('users.noSites')}</p>
      ) : (
        <ul class="site-list">
          {names.map((name) => (
            <li key={name}>
              <Raw>{name}</Raw>
              {beside?.(name)}
              <button
                type="button"
                class="button ghost small icon-only"
                aria-label={`${t('users.dropSite')}: ${name}`}
                onClick={() => onDrop(name)}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <SitePicker
          label={t('users.addSite')}
          text=""
          choices={others.map((name) => ({ name, text: name }))}
          onChoose={onAdd}
        />
      )}
    </>
  );
}
