// Choosing a site, also among hundreds: a field to type into and the names that fit below it (ARIA combobox with a list).

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { chooseSite, site } from '../state/place.ts';
import { session } from '../state/session.ts';
import { t } from '../words/words.ts';

interface Choice {
  /** Empty for all sites. */
  readonly name: string;
  readonly text: string;
}

/** More are found by typing. */
const MOST_SHOWN = 50;

/** At the top of every page, where somebody may look at more than one site. */
export function SiteSwitch(): JSX.Element | null {
  const { sites = [] } = session.value ?? {};
  // A site that somebody may not look at is in an address that was sent to them: the way to all others stays.
  if (sites.length < 2 && site.value === '') return null;
  const all = { name: '', text: t('site.all') };
  const choices = [all, ...sites.map((name) => ({ name, text: name }))];
  const text = site.value === '' ? all.text : site.value;
  return (
    <div class="site-switch">
      <SitePicker label={t('site.label')} text={text} choices={choices} onChoose={chooseSite} />
    </div>
  );
}

export function SitePicker(props: {
  readonly label: string;
  /** What stands in the field while nobody types. */
  readonly text: string;
  readonly choices: readonly Choice[];
  readonly onChoose: (name: string) => void;
}): JSX.Element {
  const { label, text, choices, onChoose } = props;
  const id = useId();
  const [typed, setTyped] = useState<string>();
  const [at, setAt] = useState(0);
  const isOpen = typed !== undefined;
  const words = (typed ?? '').trim().toLowerCase();
  const found = choices.filter((one) => one.text.toLowerCase().includes(words));
  const shown = found.slice(0, MOST_SHOWN);
  const close = (): void => setTyped(undefined);
  const choose = (choice: Choice | undefined): void => {
    if (choice === undefined) return;
    close();
    onChoose(choice.name);
  };
  const open = (value: string): void => {
    setTyped(value);
    setAt(0);
  };
  const move = (to: number): void => {
    setAt(to);
    document.getElementById(`${id}-${to}`)?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!isOpen) return open('');
      const step = event.key === 'ArrowDown' ? 1 : -1;
      move((at + step + shown.length) % Math.max(1, shown.length));
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault();
      choose(shown[at]);
    } else if (event.key === 'Escape' && isOpen) {
      // A dialog around it stays.
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  };
  return (
    <div class="picker">
      <label class="hidden" for={id}>
        {label}
      </label>
      <input
        id={id}
        type="text"
        role="combobox"
        autoComplete="off"
        spellcheck={false}
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && shown.length > 0 ? `${id}-${at}` : undefined}
        placeholder={label}
        value={typed ?? text}
        onClick={() => {
          if (!isOpen) open('');
        }}
        onInput={(event) => open(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={label} hidden={!isOpen || shown.length === 0}>
        {shown.map((choice, i) => (
          <li
            key={choice.name}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at}
            // Before the field loses the focus, which closes the list.
            onMouseDown={(event) => {
              event.preventDefault();
              choose(choice);
            }}
          >
            {choice.text}
          </li>
        ))}
      </ul>
      <p class={isOpen ? 'about' : 'hidden'} role="status">
        {isOpen && found.length === 0 && t('site.none')}
        {isOpen && found.length > shown.length && t('site.more', { n: found.length - shown.length })}
      </p>
    </div>
  );
}
