// Changing what a rule does: first what that would have meant in the last seven days, then the change and its undo.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import {
  RULE_CHOICES,
  type RuleChangedView,
  type RuleChoice,
  type RulePreviewView,
  type RuleRow,
} from '../../wirePages.ts';
import { tell, type Fault } from '../state/ask.ts';
import { say } from '../state/notes.ts';
import { faultText, t } from '../words/words.ts';
import { ChoiceField, DialogEnd, useForm } from './form.tsx';
import { At, Dialog, Raw } from './parts.tsx';

export function RuleChange(props: {
  readonly rule: RuleRow;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): JSX.Element {
  const { rule, onClose, onDone } = props;
  const { name } = rule;
  const [mode, setMode] = useState<RuleChoice>(RULE_CHOICES.find((one) => one === rule.mode) ?? 'observe');
  const [isForced, setForced] = useState(false);
  const isSame = mode === rule.mode;
  const { preview, fault } = usePreview(name, mode, isSame);
  const mustForce = preview?.does === 'stop' && preview.people > 0;
  const form = useForm(async () => {
    const changed = await tell<RuleChangedView>('/rules/mode', { name, mode, force: isForced });
    say(t('rules.changed', { name, mode: t(`mode.${changed.mode}`) }), async () => {
      // Those who were looked at before are not asked about again.
      await tell('/rules/mode', { name, mode: changed.before, force: true });
      onDone();
    });
    onDone();
    onClose();
  });
  return (
    <Dialog title={name} onClose={onClose}>
      <form onSubmit={form.onSubmit}>
        <ChoiceField
          label={t('rules.wanted')}
          value={mode}
          choices={RULE_CHOICES}
          textOf={(one) => t(`mode.${one}`)}
          onValue={(chosen) => {
            setMode(chosen);
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
            <Effect preview={preview} />
          )}
        </div>
        {mustForce && (
          <label class="check">
            <input
              type="checkbox"
              checked={isForced}
              required
              onChange={(event) => setForced(event.currentTarget.checked)}
            />{' '}
            {t('rules.force')}
          </label>
        )}
        {form.message}
        <DialogEnd onCancel={onClose}>
          <button class="button main" disabled={form.isBusy || isSame || preview === undefined}>
            {t('rules.save')}
          </button>
        </DialogEnd>
      </form>
    </Dialog>
  );
}

function usePreview(
  name: string,
  mode: RuleChoice,
  isSame: boolean,
): { readonly preview: RulePreviewView | undefined; readonly fault: string } {
  const [preview, setPreview] = useState<RulePreviewView | undefined>(undefined);
  const [fault, setFault] = useState('');
  useEffect(() => {
    setPreview(undefined);
    setFault('');
    if (isSame) return undefined;
    let isWanted = true;
    tell<RulePreviewView>('/rules/preview', { name, mode }).then(
      (view) => isWanted && setPreview(view),
      (error: Fault) => isWanted && setFault(faultText(error)),
    );
    return () => (isWanted = false);
  }, [name, mode, isSame]);
  return { preview, fault };
}

function Effect({ preview }: { readonly preview: RulePreviewView }): JSX.Element {
  const { does, people, examples } = preview;
  const tone = does === 'stop' && people > 0 ? 'care' : 'good';
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

function effectText({ does, unit, times, addresses }: RulePreviewView): string {
  if (does === 'tells') return t('rules.tells');
  if (does === 'unseen') return t('rules.unseen');
  if (times === 0) return t('rules.nothing');
  const values = { n: times, addresses: t('level.addresses', { n: addresses }) };
  if (does === 'stop') return t(unit === 'requests' ? 'rules.stopRequests' : 'rules.stopAlerts', values);
  return t(unit === 'requests' ? 'rules.spareRequests' : 'rules.spareAlerts', values);
}
