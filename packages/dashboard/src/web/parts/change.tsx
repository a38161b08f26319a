// Changing what is done: first what that would have meant in the last seven days, then the change and its undo.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ChangeEffectView } from '../../wirePages.ts';
import type { Fault } from '../state/ask.ts';
import { say } from '../state/notes.ts';
import { faultText, t } from '../words/words.ts';
import { ChoiceField, DialogEnd, LookedBox, useForm } from './form.tsx';
import { At, Dialog, Raw } from './parts.tsx';

export interface ChangeProps<Choice extends string, Preview> {
  readonly title: string;
  /** Before the choices, as they go on. */
  readonly label: string;
  /** What is done now. */
  readonly now: Choice;
  readonly choices: readonly Choice[];
  readonly textOf: (choice: Choice) => string;
  readonly preview: (choice: Choice) => Promise<Preview>;
  readonly effectOf: (preview: Preview) => JSX.Element;
  /** Whether people would be hit, so that somebody has to look at them first. */
  readonly mustLook?: (preview: Preview) => boolean;
  /** Does it, and returns what was said of it and how to take it back. */
  readonly save: (
    choice: Choice | 'usual',
    isForced: boolean,
  ) => Promise<{ readonly text: string; readonly undo: () => Promise<unknown> }>;
  /** Whether it was chosen here, so that it can be left to the configuration again. */
  readonly isChosen?: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function Change<Choice extends string, Preview>(props: ChangeProps<Choice, Preview>): JSX.Element {
  const { now, choices, textOf, onClose, onDone } = props;
  const [choice, setChoice] = useState<Choice>(now);
  const [isForced, setForced] = useState(false);
  const isSame = choice === now;
  const { preview, fault } = usePreview(props.preview, choice, isSame);
  const save = async (wanted: Choice | 'usual'): Promise<void> => {
    const { text, undo } = await props.save(wanted, isForced);
    say(text, async () => {
      await undo();
      onDone();
    });
    onDone();
    onClose();
  };
  const form = useForm(() => save(choice));
  return (
    <Dialog title={props.title} onClose={onClose}>
      <form onSubmit={form.onSubmit}>
        <ChoiceField
          label={props.label}
          value={choice}
          choices={choices}
          textOf={textOf}
          onValue={(chosen) => {
            setChoice(chosen);
            setForced(false);
          }}
        />
        <div role="status">
          {isSame ? (
            <p class="notice">{t('rules.same')}</p>
          ) : fault !== '' ? (
            <p class="notice bad">{fault}</p>
          ) : preview === undefined ? (
            <p class="notice">{t('rules.looking')}</p>
          ) : (
            props.effectOf(preview)
          )}
        </div>
        {preview !== undefined && props.mustLook?.(preview) === true && (
          <LookedBox text={t('rules.force')} isLooked={isForced} onLooked={setForced} />
        )}
        {form.message}
        <DialogEnd onCancel={onClose}>
          <button class="button main" disabled={form.isBusy || isSame || preview === undefined}>
            {t('rules.save')}
          </button>
        </DialogEnd>
      </form>
      {props.isChosen === true && <LeaveToFile onLeave={() => save('usual')} />}
    </Dialog>
  );
}

/** Of what was chosen here: leaves it to the configuration again. */
export function LeaveToFile({ onLeave }: { readonly onLeave: () => Promise<void> }): JSX.Element {
  const form = useForm(onLeave);
  return (
    <form onSubmit={form.onSubmit}>
      <p class="about">{t('change.chosen')}</p>
      {form.message}
      <button class="button small" disabled={form.isBusy}>
        {t('change.usual')}
      </button>
    </form>
  );
}

function usePreview<Choice, Preview>(
  ask: (choice: Choice) => Promise<Preview>,
  choice: Choice,
  isSame: boolean,
): { readonly preview: Preview | undefined; readonly fault: string } {
  const [preview, setPreview] = useState<Preview | undefined>(undefined);
  const [fault, setFault] = useState('');
  useEffect(() => {
    setPreview(undefined);
    setFault('');
    if (isSame) return undefined;
    let isWanted = true;
    ask(choice).then(
      (view) => isWanted && setPreview(() => view),
      (error: Fault) => isWanted && setFault(faultText(error)),
    );
    return () => (isWanted = false);
  }, [choice, isSame]);
  return { preview, fault };
}

/** Whether people are among those who would be stopped. */
export function hitsPeople({ does, people }: ChangeEffectView): boolean {
  return does === 'stop' && people > 0;
}

export function Effect({ preview }: { readonly preview: ChangeEffectView }): JSX.Element {
  const { does, people, examples } = preview;
  const tone = hitsPeople(preview) ? 'care' : 'good';
  return (
    <div class={`notice ${preview.times === 0 ? '' : tone}`}>
      <p>{effectText(preview)}</p>
      {does === 'stop' && preview.times > 0 && (
        <p>{people === 0 ? t('rules.nobody') : t('rules.people', { n: people })}</p>
      )}
      {examples.length > 0 && (
        <ul>
          {examples.map((one, i) => (
            <li key={i}>
              <At atMs={one.atMs} /> <Raw>{one.ip}</Raw> <Raw>{one.what}</Raw>
              {one.isPerson && <strong> {t('rules.person')}</strong>}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function effectText({ does, unit, times, addresses }: ChangeEffectView): string {
  if (does === 'tells') return t('rules.tells');
  if (does === 'unseen') return t('rules.unseen');
  if (times === 0) return t('rules.nothing');
  const values = { n: times, addresses: t('level.addresses', { n: addresses }) };
  if (does === 'stop') return t(unit === 'requests' ? 'rules.stopRequests' : 'rules.stopAlerts', values);
  return t(unit === 'requests' ? 'rules.spareRequests' : 'rules.spareAlerts', values);
}
