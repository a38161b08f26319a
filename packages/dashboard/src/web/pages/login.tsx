// Coming in: with name and password, or by the link of the first run.

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PasskeyChallenge, PasskeyProof, SessionView } from '../../wire.ts';
import { Icon, Wall } from '../parts/icons.tsx';
import { CodeField, NameField, PasswordField, useForm } from '../parts/form.tsx';
import { Choices } from '../parts/choices.tsx';
import { ask, tell, type Fault } from '../state/ask.ts';
import { go, place } from '../state/place.ts';
import { askForPasskey, hasPasskeys } from '../state/passkeys.ts';
import { session, signedIn } from '../state/session.ts';
import { t, tOr } from '../words/words.ts';

/** Kept for as long as the page is open; the address forgets it at once, so that nobody reads it over a shoulder. */
let invitation = '';

export function Welcome(): JSX.Element {
  if (location.hash.length > 1) {
    invitation = location.hash.slice(1);
    history.replaceState(null, '', '/welcome');
  }
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const form = useForm(async () => {
    signedIn(await tell<SessionView>('/welcome', { token: invitation, name, password }));
    go('/');
  });
  useTitle(t('welcome.title'));
  return (
    <Frame>
      <h1 id="page-title" tabIndex={-1}>
        {t('welcome.title')}
      </h1>
      {invitation === '' ? (
        <p class="notice bad">{t('welcome.noLink')}</p>
      ) : (
        <form onSubmit={form.onSubmit}>
          <p class="lead">{t('welcome.text')}</p>
          <NameField value={name} onValue={setName} pattern="[\w.@+\-]{1,64}" />
          <PasswordField
            label={t('login.password')}
            value={password}
            onValue={setPassword}
            isNew
            minLength={12}
            maxLength={256}
          />
          {form.message}
          <button class="button main wide" disabled={form.isBusy}>
            {t('welcome.submit')}
          </button>
        </form>
      )}
    </Frame>
  );
}

/** What the server says of the second factor of who has given a password that fits. */
interface Second {
  readonly hasCode: boolean;
  readonly passkeys: readonly string[];
}

export function Login(): JSX.Element {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [second, setSecond] = useState<Second | undefined>(undefined);
  const codeInput = useRef<HTMLInputElement>(null);
  const needsCode = second?.hasCode === true;
  const enter = async (proof: { code?: string; passkey?: PasskeyProof }): Promise<void> =>
    signedIn(await tell<SessionView>('/login', { name, password, ...proof }));
  const enterByPasskey = async ({ values }: Fault): Promise<void> => {
    const challenge = { host: location.hostname, challenge: String(values['challenge']) };
    await enter({ passkey: await askForPasskey(challenge, passkeysIn(values)) });
  };
  const form = useForm(async () => {
    try {
      await enter(needsCode ? { code } : {});
    } catch (error) {
      const fault = error as Fault; // of `tell`
      setCode('');
      if (fault.code !== 'E_DASHBOARD_CODE_NEEDED') throw error;
      const found = { hasCode: fault.values['hasCode'] === 1, passkeys: passkeysIn(fault.values) };
      setSecond(found);
      if (!found.hasCode) await enterByPasskey(fault);
    }
  });
  const instead = useForm(async () => {
    // Asked again, so that the challenge is fresh.
    await enter({}).catch(async (error: unknown) => {
      const fault = error as Fault; // of `tell`
      if (fault.code !== 'E_DASHBOARD_CODE_NEEDED') throw error;
      await enterByPasskey(fault);
    });
  });
  const alone = useForm(async () => {
    const challenge = await tell<PasskeyChallenge>('/login/passkey/challenge');
    signedIn(await tell<SessionView>('/login/passkey', await askForPasskey(challenge)));
  });
  useEffect(() => {
    if (needsCode) codeInput.current?.focus();
  }, [needsCode]);
  const provider = session.value?.provider;
  const through = useForm(async () => {
    location.assign((await tell<{ readonly url: string }>('/login/oidc')).url);
  });
  useTitle(t('login.title'));
  if (session.value?.hasUsers === false && provider === undefined) return <NobodyYet />;
  const other = second === undefined ? alone : instead;
  const canUsePasskey = hasPasskeys && (second === undefined || (needsCode && second.passkeys.length > 0));
  return (
    <Frame>
      <h1 id="page-title" tabIndex={-1}>
        {t('login.title')}
      </h1>
      <Returned />
      <form onSubmit={form.onSubmit}>
        <NameField value={name} onValue={setName} />
        <PasswordField label={t('login.password')} value={password} onValue={setPassword} />
        {needsCode && <CodeField label={t('login.code')} value={code} onValue={setCode} input={codeInput} />}
        {form.message}
        <button class="button main wide" disabled={form.isBusy}>
          {t('login.submit')}
        </button>
      </form>
      {canUsePasskey ? (
        <form onSubmit={other.onSubmit}>
          {other.message}
          <button class="button wide" disabled={other.isBusy}>
            <Icon name="key" /> {t(second === undefined ? 'login.passkey' : 'login.passkeyInstead')}
          </button>
        </form>
      ) : (
        <></>
      )}
      {provider === undefined ? (
        <></>
      ) : (
        <form onSubmit={through.onSubmit}>
          {through.message}
          <button class="button wide" disabled={through.isBusy}>
            {t('login.provider', { name: provider })}
          </button>
        </form>
      )}
    </Frame>
  );
}

/** What went wrong at the provider; the address says it, and is anybody's to write: only words of ours are shown. */
function Returned(): JSX.Element {
  const code = place.value.query.get('fault') ?? '';
  const text = code.startsWith('E_DASHBOARD_OIDC') ? tOr(`fault.${code}`, '') : '';
  return text === '' ? (
    <></>
  ) : (
    <p class="notice bad" role="alert">
      {text}
    </p>
  );
}

function passkeysIn(values: Fault['values']): readonly string[] {
  return String(values['passkeys'] ?? '')
    .split(' ')
    .filter((id) => id !== '');
}

function NobodyYet(): JSX.Element {
  useEffect(() => {
    const timer = setInterval(() => {
      ask<SessionView>('/session').then(signedIn, () => {});
    }, 5000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Frame>
      <h1 id="page-title" tabIndex={-1}>
        {t('login.first')}
      </h1>
      <p class="lead">{t('login.firstText')}</p>
      <pre class="command" tabIndex={0}>
        parapet dashboard link
      </pre>
    </Frame>
  );
}

function Frame({ children }: { readonly children: JSX.Element | readonly JSX.Element[] }): JSX.Element {
  return (
    <main class="gate" id="content">
      <div class="gate-box">
        <p class="brand">
          <Wall /> Parapet
        </p>
        {children}
      </div>
      <Choices />
    </main>
  );
}

function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Parapet`;
  }, [title]);
}
