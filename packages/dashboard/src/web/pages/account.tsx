// One's own account: password, second factor, other sessions; language and colours.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { SessionView } from '../../wire.ts';
import { Choices } from '../parts/choices.tsx';
import { CodeField, PasswordField, useForm } from '../parts/form.tsx';
import { PageHead, Panel } from '../parts/parts.tsx';
import { Passkeys } from '../parts/passkeys.tsx';
import { QrCode } from '../parts/qr.tsx';
import { linksFor } from '../parts/shell.tsx';
import { ask, tell } from '../state/ask.ts';
import { say } from '../state/notes.ts';
import { session, signedIn } from '../state/session.ts';
import { t, tOr } from '../words/words.ts';

export function Account(): JSX.Element {
  const user = session.value?.user;
  const isOfProvider = user?.isOfProvider === true;
  const is = t('account.is', { name: user?.name ?? '', role: rolesText(user) });
  return (
    <>
      <PageHead title={t('account.title')} lead={is}>
        <div class="for-phones">
          <Choices />
        </div>
      </PageHead>
      <div class="columns even">
        <div class="column">
          {isOfProvider ? (
            <Panel title={t('account.provider')}>
              <p>{t('account.providerText')}</p>
            </Panel>
          ) : (
            <>
              <Passkeys />
              <Totp />
            </>
          )}
        </div>
        <div class="column">
          {!isOfProvider && <Password />}
          <Sessions />
          <More />
        </div>
      </div>
    </>
  );
}

/** The role for all sites, else those for single ones. */
function rolesText(user: SessionView['user']): string {
  const { role, siteRoles = {} } = user ?? {};
  const own = role === undefined ? [] : [tOr(`role.${role}`, role)];
  const single = Object.entries(siteRoles).map(([name, one]) => `${name}: ${tOr(`role.${one}`, one)}`);
  const most = 5;
  const more = single.length > most ? ['…'] : [];
  return [...own, ...single.slice(0, most), ...more].join(', ');
}

/** What the bar of a phone has no room for. */
function More(): JSX.Element {
  const links = linksFor().filter(({ isAside }) => isAside === true);
  return (
    <Panel title={t('account.more')} class="for-phones">
      <ul class="links">
        {links.map(({ href, word }) => (
          <li key={href}>
            <a href={href}>{t(word)}</a>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Password(): JSX.Element {
  const [old, setOld] = useState('');
  const [password, setPassword] = useState('');
  const form = useForm(async () => {
    signedIn(await tell<SessionView>('/account/password', { old, password }));
    setOld('');
    setPassword('');
    say(t('account.changed'));
  });
  return (
    <Panel title={t('account.password')}>
      <form onSubmit={form.onSubmit}>
        <PasswordField label={t('account.old')} value={old} onValue={setOld} maxLength={256} />
        <PasswordField
          label={t('account.new')}
          value={password}
          onValue={setPassword}
          isNew
          maxLength={256}
        />
        {form.message}
        <button class="button" disabled={form.isBusy}>
          {t('account.change')}
        </button>
      </form>
    </Panel>
  );
}

function Totp(): JSX.Element {
  const hasTotp = session.value?.user?.hasTotp === true;
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [offer, setOffer] = useState<{ readonly secret: string; readonly uri: string } | undefined>(
    undefined,
  );
  const form = useForm(async () => {
    if (hasTotp) {
      signedIn(await tell<SessionView>('/account/totp/remove', { password, code }));
      say(t('account.totpGone'));
    } else if (offer === undefined) {
      setOffer(await tell<{ secret: string; uri: string }>('/account/totp', { password }));
      return;
    } else {
      const given = { secret: offer.secret, code, password };
      signedIn(await tell<SessionView>('/account/totp/confirm', given));
      say(t('account.totpDone'));
      setOffer(undefined);
    }
    setPassword('');
    setCode('');
  });
  const needsCode = hasTotp || offer !== undefined;
  return (
    <Panel title={t('account.totp')} lead={t(hasTotp ? 'account.totpOn' : 'account.totpOff')}>
      <form onSubmit={form.onSubmit}>
        {offer === undefined ? (
          <PasswordField label={t('login.password')} value={password} onValue={setPassword} maxLength={256} />
        ) : (
          <>
            <p>{t('account.totpAdd')}</p>
            <QrCode text={offer.uri} label={t('account.totpPicture')} />
            <p class="hint">{t('account.totpSecret')}</p>
            <pre class="command secret" tabIndex={0}>
              {offer.secret.replace(/(.{4})/g, '$1 ').trim()}
            </pre>
            <p>
              <a href={offer.uri}>{t('account.totpOpen')}</a>
            </p>
          </>
        )}
        {needsCode && <CodeField label={t('account.totpCode')} value={code} onValue={setCode} />}
        {form.message}
        <button class={hasTotp ? 'button danger' : 'button main'} disabled={form.isBusy}>
          {t(
            hasTotp
              ? 'account.totpRemove'
              : offer === undefined
                ? 'account.totpBegin'
                : 'account.totpConfirm',
          )}
        </button>
      </form>
    </Panel>
  );
}

function Sessions(): JSX.Element {
  const form = useForm(async () => {
    const { ended } = await tell<{ readonly ended: number }>('/account/sessions/end');
    say(t('account.sessionsEnded', { n: ended }));
    signedIn(await ask<SessionView>('/session'));
  });
  return (
    <Panel title={t('account.sessions')} lead={t('account.sessionsText')}>
      <form onSubmit={form.onSubmit}>
        {form.message}
        <button class="button" disabled={form.isBusy}>
          {t('account.sessionsEnd')}
        </button>
      </form>
    </Panel>
  );
}
