// The page: who is here decides what is shown, and the address which page.

import './style/base.css';
import './style/parts.css';
import './style/pages.css';
import { render, type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { SessionView } from '../wire.ts';
import { onFault, onKey } from './parts/keys.ts';
import { laterPart } from './parts/lazy.tsx';
import { Empty, PageHead } from './parts/parts.tsx';
import { Shell } from './parts/shell.tsx';
import { Decisions } from './pages/decisions.tsx';
import { Incident } from './pages/incident.tsx';
import { Incidents } from './pages/incidents.tsx';
import { Login, Welcome } from './pages/login.tsx';
import { Overview } from './pages/overview.tsx';
import { ask } from './state/ask.ts';
import { isConnected, listen, stopListening } from './state/live.ts';
import { followLinks, place, site } from './state/place.ts';
import { session, signedIn } from './state/session.ts';
import { chooseFirstLanguage, t } from './words/words.ts';

const Live = laterPart(async () => (await import('./pages/live.tsx')).Live);
const Health = laterPart(async () => (await import('./pages/health.tsx')).Health);
const Notifications = laterPart(async () => (await import('./pages/notifications.tsx')).Notifications);
const Reports = laterPart(async () => (await import('./pages/reports.tsx')).Reports);
const Sites = laterPart(async () => (await import('./pages/sites.tsx')).Sites);
const Bots = laterPart(async () => (await import('./pages/bots.tsx')).Bots);
const Rules = laterPart(async () => (await import('./pages/rules.tsx')).Rules);
const Settings = laterPart(async () => (await import('./pages/settings.tsx')).Settings);
const Users = laterPart(async () => (await import('./pages/users.tsx')).Users);
const Audit = laterPart(async () => (await import('./pages/users.tsx')).Audit);
const Account = laterPart(async () => (await import('./pages/account.tsx')).Account);

const LATER: Readonly<Record<string, ReturnType<typeof laterPart<object>>>> = {
  '/live': Live,
  '/health': Health,
  '/reports': Reports,
  '/notifications': Notifications,
  '/sites': Sites,
  '/bots': Bots,
  '/rules': Rules,
  '/settings': Settings,
  '/users': Users,
  '/audit': Audit,
  '/account': Account,
};

function App(): JSX.Element | null {
  const { path } = place.value;
  const known = session.value;
  const isIn = known?.user !== undefined;
  const before = useRef(path);
  useEffect(() => {
    if (!isIn) return undefined;
    listen();
    return stopListening;
  }, [isIn, site.value]);
  useEffect(() => {
    // Who listens to the page hears where they are now.
    if (before.current !== path) document.getElementById('page-title')?.focus({ preventScroll: true });
    before.current = path;
  }, [path]);
  if (path === '/welcome') return <Welcome />;
  if (known === undefined)
    return isConnected.value ? null : (
      <p class="notice bad" role="alert">
        {t('app.offline')}
      </p>
    );
  if (!isIn) return <Login />;
  return (
    <Shell>
      <Page path={path} />
    </Shell>
  );
}

function Page({ path }: { readonly path: string }): JSX.Element {
  if (path === '/') return <Overview />;
  if (path === '/incidents') return <Incidents />;
  if (path === '/decisions') return <Decisions />;
  const incident = /^\/incidents\/(\d{1,15})$/.exec(path);
  if (incident !== null) return <Incident key={incident[1]} id={incident[1] ?? ''} />;
  const later = LATER[path];
  if (later === undefined)
    return (
      <>
        <PageHead title={t('app.notFound')} />
        <Empty icon="search" title={t('app.notFoundText')} />
        <a class="button" href="/">
          {t('app.toOverview')}
        </a>
      </>
    );
  return later.value === undefined ? <later.Wait /> : <later.value />;
}

document.addEventListener('click', followLinks);
document.addEventListener('keydown', onKey);
addEventListener('unhandledrejection', onFault);
await chooseFirstLanguage();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
const AGAIN_MS = 3000;
const begin = (): void => {
  ask<SessionView>('/session').then(
    (view) => {
      isConnected.value = true;
      signedIn(view);
    },
    () => {
      isConnected.value = false;
      setTimeout(begin, AGAIN_MS);
    },
  );
};
begin();
