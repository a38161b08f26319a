// What stands around every page: the way to the others, who is here, and short words about what was done.

import type { ComponentChildren, JSX } from 'preact';
import type { RoleName } from '../../wire.ts';
import { tell, type Fault } from '../state/ask.ts';
import { isConnected } from '../state/live.ts';
import { complain, dismiss, notes, type Note } from '../state/notes.ts';
import { place } from '../state/place.ts';
import { may, mayEverywhere, session, signedOut } from '../state/session.ts';
import { faultText, t, type Word } from '../words/words.ts';
import { Choices } from './choices.tsx';
import { Icon, Wall, type IconName } from './icons.tsx';
import { SiteSwitch } from './site-picker.tsx';

interface Link {
  readonly href: string;
  readonly word: Word;
  readonly icon: IconName;
  /** Only for this role and those above. */
  readonly role?: RoleName;
  /** It is about all sites. */
  readonly isOfAll?: true;
  /** Not in the bar of a phone. */
  readonly isAside?: true;
}

const LINKS: readonly Link[] = [
  { href: '/', word: 'nav.overview', icon: 'overview' },
  { href: '/incidents', word: 'nav.incidents', icon: 'incidents' },
  { href: '/decisions', word: 'nav.decisions', icon: 'decisions' },
  { href: '/live', word: 'nav.live', icon: 'live' },
  { href: '/sites', word: 'nav.sites', icon: 'sites', isAside: true },
  { href: '/bots', word: 'nav.bots', icon: 'bots', isAside: true, isOfAll: true },
  { href: '/rules', word: 'nav.rules', icon: 'rules', isAside: true },
  { href: '/reports', word: 'nav.reports', icon: 'report', isAside: true },
  {
    ...{ href: '/notifications', word: 'nav.notifications', icon: 'bell', role: 'operator' },
    ...{ isAside: true, isOfAll: true },
  },
  { href: '/health', word: 'nav.health', icon: 'health', isAside: true, isOfAll: true },
  {
    ...{ href: '/settings', word: 'nav.settings', icon: 'settings', role: 'operator' },
    ...{ isAside: true, isOfAll: true },
  },
  { href: '/users', word: 'nav.users', icon: 'users', role: 'admin', isAside: true, isOfAll: true },
  { href: '/audit', word: 'nav.audit', icon: 'audit', role: 'admin', isAside: true },
  { href: '/account', word: 'nav.account', icon: 'account' },
];

export function Shell({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const { path } = place.value;
  const links = linksFor();
  return (
    <div class="shell">
      <a class="skip" href="#content">
        {t('app.skip')}
      </a>
      <header class="side-bar">
        <a class="brand" href="/">
          <Wall /> Parapet
        </a>
        <SiteSwitch />
        <nav aria-label={t('app.menu')}>
          <ul>
            {links.map(({ href, word, icon, isAside }) => (
              <li key={href} class={isAside === true ? 'aside' : ''}>
                <a href={href} aria-current={isAt(path, href) ? 'page' : undefined}>
                  <Icon name={icon} />
                  <span>{t(word)}</span>
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="who">
          <p class="about">{session.value?.user?.name}</p>
          <button type="button" class="button ghost small" onClick={logOut}>
            <Icon name="logout" /> <span>{t('nav.logout')}</span>
          </button>
          <Choices />
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {!isConnected.value && (
          <p class="notice bad" role="status">
            {t('app.offline')}
          </p>
        )}
        {children}
      </main>
      <Notes />
    </div>
  );
}

/** Those that who is here may open. */
export function linksFor(): readonly Link[] {
  return LINKS.filter(({ role = 'viewer', isOfAll }) => (isOfAll === true ? mayEverywhere : may)(role));
}

function isAt(path: string, href: string): boolean {
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
}

function logOut(): void {
  tell('/logout').then(signedOut, (error: Fault) => complain(faultText(error)));
}

function Notes(): JSX.Element {
  return (
    <div class="notes" role="status" aria-live="polite">
      {notes.value.map((note) => (
        <div key={note.key} class={note.isFault ? 'note bad' : 'note'}>
          <span>{note.text}</span>
          {note.undo !== undefined && (
            <button type="button" class="button small" onClick={() => takeBack(note)}>
              {t('app.undo')}
            </button>
          )}
          <button
            type="button"
            class="button ghost small icon-only"
            aria-label={t('app.close')}
            onClick={() => dismiss(note.key)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}

function takeBack({ key, undo }: Note): void {
  dismiss(key);
  undo?.().catch((error: unknown) => complain(faultText(error as Fault))); // of `tell`
}
