// What the engine runs with: what can be changed here, and where the rest is written.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ChosenView, SettingRow, SettingsView } from '../../wirePages.ts';
import { ChangeButton } from '../parts/change-button.tsx';
import { LeaveToFile } from '../parts/change.tsx';
import { ChoiceField, DialogEnd, useForm } from '../parts/form.tsx';
import { Dialog, Field, PageHead, Panel, Raw, Shown, TableHead } from '../parts/parts.tsx';
import { tell } from '../state/ask.ts';
import { useData } from '../state/data.ts';
import { say } from '../state/notes.ts';
import { mayEverywhere } from '../state/session.ts';
import { isLanguage, LANGUAGES, long, t, tOr } from '../words/words.ts';

const GROUPS = ['site', 'messages', 'kept', 'listens'] as const;
const LANGUAGE_CODES = ['en', 'de', 'es', 'fr'] as const;
const RETENTIONS = ['168h', '720h', '2160h', '4320h', '8760h'] as const;
const HOUR_MS = 3_600_000;

export function Settings(): JSX.Element {
  const data = useData<SettingsView>('/settings');
  const [changing, setChanging] = useState<SettingRow | undefined>(undefined);
  return (
    <>
      <PageHead title={t('nav.settings')} lead={t('settings.lead')} />
      <Shown data={data} rows={8}>
        {(view) => (
          <>
            {GROUPS.map((group) => (
              <Group key={group} group={group} view={view} onChange={setChanging} />
            ))}
            <About view={view} />
          </>
        )}
      </Shown>
      {changing !== undefined && (
        <ChangeDialog setting={changing} onClose={() => setChanging(undefined)} onDone={data.reload} />
      )}
    </>
  );
}

function Group(props: {
  readonly group: SettingRow['group'];
  readonly view: SettingsView;
  readonly onChange: (setting: SettingRow) => void;
}): JSX.Element | null {
  const { group, view, onChange } = props;
  const settings = view.settings.filter((one) => one.group === group);
  if (settings.length === 0) return null;
  return (
    <Panel title={t(`settings.${group}`)} lead={t(`settings.about.${group}`)}>
      <table class="cards">
        <TableHead columns={[t('settings.name'), t('settings.value'), t('settings.from')]} hasActs />
        <tbody>
          {settings.map((setting) => (
            <tr key={setting.key}>
              <th scope="row">{nameText(setting)}</th>
              <td data-label={t('settings.value')}>
                <Value setting={setting} />
              </td>
              <td data-label={t('settings.from')}>
                <span class="about">{fromText(setting, view)}</span>
              </td>
              <td class="row-act">
                {setting.kind !== 'fixed' && mayEverywhere('admin') && (
                  <ChangeButton what={nameText(setting)} onClick={() => onChange(setting)} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function About({ view }: { readonly view: SettingsView }): JSX.Element {
  const { file, dataDir, version, node } = view;
  return (
    <Panel title={t('settings.engine')}>
      <dl class="facts">
        {(
          [
            [t('settings.file'), view.hasFile ? file : t('settings.noFile', { file })],
            [t('settings.dataDir'), dataDir],
            [t('settings.version'), `Parapet ${version}, Node.js ${node}`],
          ] as const
        ).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Raw>{value}</Raw>
            </dd>
          </div>
        ))}
      </dl>
      <p class="about">{t('settings.all')}</p>
    </Panel>
  );
}

/** What is written in the file is shown as it is written there; the rest is in words. */
function Value({ setting }: { readonly setting: SettingRow }): JSX.Element {
  const { kind, value } = setting;
  const isWord = value === '' || value === 'off' || kind === 'language' || kind === 'retention';
  return isWord ? <>{valueText(setting)}</> : <Raw>{value}</Raw>;
}

/** A site is meant by its name. */
function nameText({ key, group }: SettingRow): string {
  if (group === 'site')
    return t('settings.title', { site: key.slice('gateway.sites.'.length, -'.title'.length) });
  return tOr(`setting.${key}`, key);
}

function valueText({ kind, value }: SettingRow): string {
  if (value === '') return t('settings.none');
  switch (kind) {
    case 'language':
      return isLanguage(value) ? LANGUAGES[value] : value;
    case 'hours':
      return value === 'off' ? t('settings.none') : value;
    case 'retention':
      return retentionText(value);
    case 'text':
    case 'zone':
    case 'fixed':
      return value;
  }
}

/** Hours are what the file has; days are what people say. */
function retentionText(value: string): string {
  const hours = /^(\d+)h$/.exec(value)?.[1];
  return hours === undefined ? value : long(Number(hours) * HOUR_MS);
}

function fromText({ isChosen, line, kind }: SettingRow, { file }: SettingsView): string {
  const name = file.split('/').at(-1) ?? file;
  if (isChosen) return t('rules.chosen');
  if (line !== undefined) return `${name}:${line}`;
  return kind === 'fixed' ? t('settings.write', { file: name }) : t('settings.usual');
}

function ChangeDialog(props: {
  readonly setting: SettingRow;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): JSX.Element {
  const { setting, onClose, onDone } = props;
  const { key, isChosen } = setting;
  const [value, setValue] = useState(setting.value);
  const save = async (wanted: string): Promise<void> => {
    const { before } = await tell<ChosenView>('/settings', { key, value: wanted });
    say(t('settings.saved', { name: nameText(setting) }), async () => {
      await tell('/settings', { key, value: before === 'usual' ? '' : before });
      onDone();
    });
    onDone();
    onClose();
  };
  const form = useForm(() => save(value));
  return (
    <Dialog title={nameText(setting)} onClose={onClose}>
      <form onSubmit={form.onSubmit}>
        <ValueField setting={setting} value={value} onValue={setValue} />
        {form.message}
        <DialogEnd onCancel={onClose}>
          <button class="button main" disabled={form.isBusy || value === setting.value}>
            {t('settings.save')}
          </button>
        </DialogEnd>
      </form>
      {isChosen && <LeaveToFile onLeave={() => save('')} />}
    </Dialog>
  );
}

function ValueField(props: {
  readonly setting: SettingRow;
  readonly value: string;
  readonly onValue: (value: string) => void;
}): JSX.Element {
  const { setting, value, onValue } = props;
  const label = t('settings.value');
  if (setting.kind === 'language')
    return (
      <ChoiceField
        label={label}
        value={LANGUAGE_CODES.find((one) => one === value) ?? 'en'}
        choices={LANGUAGE_CODES}
        textOf={(one) => LANGUAGES[one]}
        onValue={onValue}
      />
    );
  if (setting.kind === 'retention') {
    const known = RETENTIONS.find((one) => one === value);
    return (
      <ChoiceField<string>
        label={label}
        hint={t('settings.retentionHint')}
        value={value}
        choices={known === undefined ? [value, ...RETENTIONS] : RETENTIONS}
        textOf={retentionText}
        onValue={onValue}
      />
    );
  }
  return (
    <Field label={label} hint={tOr(`settings.hint.${setting.kind}`, '')}>
      {(id) => (
        <input
          id={id}
          required
          maxLength={100}
          spellcheck={false}
          aria-describedby={`${id}-hint`}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
