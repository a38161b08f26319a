// Deciding by hand: on one address or range, or on a list of them. Before anything is done it says whom it would hit.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { DecisionView, ImportedView, EffectView } from '../../wire.ts';
import { tell, type Fault } from '../state/ask.ts';
import { say } from '../state/notes.ts';
import { compact, faultText, moment, t } from '../words/words.ts';
import { ChoiceField, DialogEnd, LookedBox, NoteField, useForm } from './form.tsx';
import { Dialog, Field, Raw, remediationText } from './parts.tsx';

const REMEDIATIONS = ['ban', 'captcha', 'throttle', 'tarpit'] as const;
const DURATIONS = ['1h', '4h', '1d', '7d', '30d', '365d'] as const;
const MOST_VALUES = 500;
const TYPED_MS = 400;

export interface DecideProps {
  readonly kind: 'one' | 'list' | 'extend';
  readonly value?: string;
  readonly remediation?: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function Decide({ kind, onClose, onDone, ...given }: DecideProps): JSX.Element {
  const [text, setText] = useState(given.value ?? '');
  const [remediation, setRemediation] = useState<(typeof REMEDIATIONS)[number]>(
    REMEDIATIONS.find((one) => one === given.remediation) ?? 'ban',
  );
  const [duration, setDuration] = useState<(typeof DURATIONS)[number]>(kind === 'one' ? '4h' : '7d');
  const [reason, setReason] = useState('');
  const [isForced, setForced] = useState(false);
  const values = valuesOf(text);
  const { effect, fault } = useEffectOf(values);
  const people = effect === undefined ? 0 : Math.max(effect.visits.people, effect.visits.logins);
  const form = useForm(async () => {
    const common = { remediation, duration, reason, force: isForced };
    const made =
      kind === 'list'
        ? await importList({ ...common, values })
        : [await tell<DecisionView>('/decisions', { ...common, value: values[0] ?? '' })];
    const [first] = made;
    if (first !== undefined)
      say(
        made.length === 1
          ? t('add.done', {
              value: first.value,
              what: remediationText(first.remediation),
              when: moment(first.endMs),
            })
          : t('decide.listed', { n: made.length }),
        async () => {
          await tell('/decisions/lift', { numbers: made.map(({ number }) => number), reason: 'undone' });
          onDone();
        },
      );
    onDone();
    onClose();
  });
  const change = (changed: string): void => {
    setText(changed);
    setForced(false);
  };
  return (
    <Dialog title={t(TITLES[kind])} onClose={onClose}>
      <form onSubmit={form.onSubmit}>
        {kind === 'list' ? (
          <ListField value={text} onValue={change} />
        ) : (
          <Field label={t('add.value')} hint={t('add.valueHint')}>
            {(id) => (
              <input
                id={id}
                required
                readOnly={kind === 'extend'}
                spellcheck={false}
                autoCapitalize="none"
                aria-describedby={`${id}-hint`}
                maxLength={256}
                value={text}
                onInput={(event) => change(event.currentTarget.value)}
              />
            )}
          </Field>
        )}
        <div class="pair">
          <ChoiceField
            label={t('add.what')}
            value={remediation}
            choices={REMEDIATIONS}
            textOf={remediationText}
            onValue={setRemediation}
          />
          <ChoiceField
            label={t('add.duration')}
            value={duration}
            choices={DURATIONS}
            textOf={(one) => t(`length.${one}`)}
            onValue={setDuration}
          />
        </div>
        <NoteField label={t('add.reason')} value={reason} onValue={setReason} />
        <div role="status">
          {fault !== '' && <p class="notice bad">{fault}</p>}
          {effect !== undefined && <Effect effect={effect} isList={kind === 'list'} />}
        </div>
        {(people > 0 || (kind !== 'list' && effect !== undefined && effect.doubtfulCount > 0)) && (
          <LookedBox text={t('decide.force')} isLooked={isForced} onLooked={setForced} />
        )}
        {form.message}
        <DialogEnd onCancel={onClose}>
          <button class="button main" disabled={form.isBusy || values.length === 0}>
            {t('add.submit')}
          </button>
        </DialogEnd>
      </form>
    </Dialog>
  );
}

const TITLES = { one: 'add.title', list: 'decide.list', extend: 'decide.extend' } as const;

/** The values of a list as people paste one: one a line, what follows a comma, a space, `#` or `;` is left out. */
function valuesOf(text: string): readonly string[] {
  const values = text
    .split('\n')
    .map(
      (line) =>
        line
          .replace(/[#;,].*/, '')
          .trim()
          .split(/\s/)[0] ?? '',
    )
    .filter((value) => value !== '');
  return [...new Set(values)].slice(0, MOST_VALUES);
}

async function importList(given: object): Promise<readonly DecisionView[]> {
  const { decisions, refused, refusedCount } = await tell<ImportedView>('/decisions/import', given);
  if (refusedCount > 0)
    say(t('decide.refused', { n: refusedCount, value: refused.map(({ value }) => value).join(', ') }));
  return decisions;
}

function ListField(props: {
  readonly value: string;
  readonly onValue: (value: string) => void;
}): JSX.Element {
  const read = (file: File | undefined): void => {
    void file?.text().then(props.onValue);
  };
  return (
    <>
      <Field label={t('decide.values')} hint={t('decide.valuesHint', { most: MOST_VALUES })}>
        {(id) => (
          <textarea
            id={id}
            required
            rows={6}
            spellcheck={false}
            aria-describedby={`${id}-hint`}
            value={props.value}
            onInput={(event) => props.onValue(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={t('decide.file')}>
        {(id) => (
          <input
            id={id}
            type="file"
            accept=".txt,.csv,.list,.netset,.ipset,text/plain,text/csv"
            onChange={(event) => read(event.currentTarget.files?.[0])}
          />
        )}
      </Field>
    </>
  );
}

/** Asks a moment after the last key. */
function useEffectOf(values: readonly string[]): {
  readonly effect: EffectView | undefined;
  readonly fault: string;
} {
  const [effect, setEffect] = useState<EffectView | undefined>(undefined);
  const [fault, setFault] = useState('');
  const key = values.join('\n');
  useEffect(() => {
    setEffect(undefined);
    setFault('');
    if (key === '') return undefined;
    let isWanted = true;
    const timer = setTimeout(() => {
      tell<EffectView>('/decisions/effect', { values: key.split('\n') }).then(
        (view) => isWanted && setEffect(view),
        (error: Fault) => isWanted && setFault(faultText(error)),
      );
    }, TYPED_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [key]);
  return { effect, fault };
}

function Effect({ effect, isList }: { readonly effect: EffectView; readonly isList: boolean }): JSX.Element {
  const { targets, doubtful, doubtfulCount, covered, inside, isYou, visits } = effect;
  const humans = Math.max(visits.people, visits.logins);
  const isCareful = isYou || humans > 0 || doubtfulCount > 0;
  return (
    <div class={`notice ${isCareful ? 'care' : 'good'}`}>
      {isYou && (
        <p>
          <strong>{t('decide.you')}</strong>
        </p>
      )}
      {isList && <p>{t('decide.targets', { n: targets })}</p>}
      {targets > 0 && (
        <>
          {visits.logins > 0 && (
            <p>
              <strong>{t('decide.logins', { n: visits.logins })}</strong>{' '}
              <Raw>{visits.examples.join(', ')}</Raw>
            </p>
          )}
          {visits.people > 0 && <p>{t('decide.people', { n: visits.people })}</p>}
          <p>{visitsText(visits)}</p>
          {covered > 0 && <p>{t('decide.covered', { n: covered })}</p>}
          {inside > 0 && <p>{t('decide.inside', { n: inside })}</p>}
        </>
      )}
      {doubtful.length > 0 && (
        <ul>
          {doubtful.map(({ value, why }) => (
            <li key={value}>
              <Raw>{isList ? `${value}: ${why}` : why}</Raw>
            </li>
          ))}
          {doubtfulCount > doubtful.length && (
            <li>{t('decide.more', { n: doubtfulCount - doubtful.length })}</li>
          )}
        </ul>
      )}
    </div>
  );
}

function visitsText({ requests, addresses, days, isEstimate }: EffectView['visits']): string {
  if (requests === 0) return t('decide.nobody', { n: Math.max(1, days) });
  const values = { requests: compact(requests), addresses: t('level.addresses', { n: addresses }) };
  return t(isEstimate ? 'decide.visitsAbout' : 'decide.visits', { ...values, n: days });
}
