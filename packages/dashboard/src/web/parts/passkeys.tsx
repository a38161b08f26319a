// One's own passkeys: which there are, one more, one less.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { NewPasskeyView, PasskeyView, SessionView } from '../../wire.ts';
import { tell } from '../state/ask.ts';
import { useData } from '../state/data.ts';
import { say } from '../state/notes.ts';
import { hasPasskeys, isAddress, makePasskey } from '../state/passkeys.ts';
import { session, signedIn } from '../state/session.ts';
import { t } from '../words/words.ts';
import { DialogEnd, NoteField, PasswordField, useForm } from './form.tsx';
import { Icon } from './icons.tsx';
import { Dialog, Panel, Shown, When } from './parts.tsx';

export function Passkeys(): JSX.Element {
  const data = useData<readonly PasskeyView[]>('/account/passkeys');
  const [isMaking, setMaking] = useState(false);
  const [leaving, setLeaving] = useState<PasskeyView | undefined>(undefined);
  return (
    <Panel title={t('passkeys.title')} lead={t('passkeys.lead')}>
      <Shown data={data} rows={1}>
        {(passkeys) => (
          <>
            {passkeys.length > 0 && (
              <ul class="passkeys">
                {passkeys.map((passkey) => (
                  <li key={passkey.id}>
                    <Icon name="key" />
                    <div>
                      <strong>
                        <bdi>{passkey.name}</bdi>
                      </strong>
                      <p class="about">
                        {t('passkeys.at', { host: passkey.host })}
                        {' · '}
                        {t(passkey.isSynced ? 'passkeys.synced' : 'passkeys.single')}
                        {' · '}
                        {passkey.usedMs === undefined ? (
                          t('passkeys.unused')
                        ) : (
                          <>
                            {t('passkeys.used')} <When atMs={passkey.usedMs} />
                          </>
                        )}
                      </p>
                    </div>
                    <button
                      type="button"
                      class="button small"
                      aria-label={`${t('passkeys.remove')}: ${passkey.name}`}
                      onClick={() => setLeaving(passkey)}
                    >
                      {t('passkeys.remove')}
                    </button>
                  </li>
                ))}
              </ul>
            )}
            {passkeys.length === 1 && session.value?.user?.hasTotp === false && (
              <p class="notice">{t('passkeys.alone')}</p>
            )}
          </>
        )}
      </Shown>
      {hasPasskeys ? (
        <button type="button" class="button" onClick={() => setMaking(true)}>
          <Icon name="plus" /> {t('passkeys.add')}
        </button>
      ) : (
        <NotHere />
      )}
      {isMaking && (
        <Making
          onClose={() => {
            setMaking(false);
            data.reload();
          }}
        />
      )}
      {leaving !== undefined && (
        <Leaving
          passkey={leaving}
          onClose={() => {
            setLeaving(undefined);
            data.reload();
          }}
        />
      )}
    </Panel>
  );
}

/** Browsers want a name, and TLS or the machine itself. */
function NotHere(): JSX.Element {
  const { protocol, hostname, port } = location;
  if (!isAddress) return <p class="hint">{t('passkeys.none')}</p>;
  const isHere = /^127\.|^\[::1\]$/.test(hostname);
  const there = `${protocol}//localhost${port === '' ? '' : `:${port}`}/account`;
  return (
    <p class="hint">
      {t('passkeys.address')} {isHere && <a href={there}>{there}</a>}
    </p>
  );
}

function Making({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const form = useForm(async () => {
    const offer = await tell<NewPasskeyView>('/account/passkeys/challenge', { password });
    const passkey = await makePasskey(offer);
    signedIn(await tell<SessionView>('/account/passkeys', { password, name, passkey }));
    say(t('passkeys.added', { name }));
    onClose();
  });
  return (
    <Dialog title={t('passkeys.add')} onClose={onClose}>
      <form onSubmit={form.onSubmit}>
        <p>{t('passkeys.addText')}</p>
        <NoteField label={t('passkeys.name')} value={name} onValue={setName} isRequired maxLength={64} />
        <PasswordField label={t('account.old')} value={password} onValue={setPassword} maxLength={256} />
        {form.message}
        <DialogEnd onCancel={onClose}>
          <button class="button main" disabled={form.isBusy}>
            {t('passkeys.make')}
          </button>
        </DialogEnd>
      </form>
    </Dialog>
  );
}

function Leaving(props: { readonly passkey: PasskeyView; readonly onClose: () => void }): JSX.Element {
  const { passkey, onClose } = props;
  const { id, name } = passkey;
  const [password, setPassword] = useState('');
  const form = useForm(async () => {
    signedIn(await tell<SessionView>('/account/passkeys/remove', { password, id }));
    say(t('passkeys.removed', { name }));
    onClose();
  });
  return (
    <Dialog title={`${t('passkeys.remove')}: ${name}`} onClose={onClose}>
      <form onSubmit={form.onSubmit}>
        <p>{t('passkeys.removeSure', { name })}</p>
        <PasswordField label={t('account.old')} value={password} onValue={setPassword} maxLength={256} />
        {form.message}
        <DialogEnd onCancel={onClose}>
          <button class="button danger" disabled={form.isBusy}>
            {t('passkeys.remove')}
          </button>
        </DialogEnd>
      </form>
    </Dialog>
  );
}
