// What is done with an incident as a whole: closed with a reason, opened again, and taken away for others.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { CLOSE_REASONS, type ClosingView, type IncidentView } from '../../wire.ts';
import { tell } from '../state/ask.ts';
import { say } from '../state/notes.ts';
import { ofSite } from '../state/place.ts';
import { may } from '../state/session.ts';
import { moment, t } from '../words/words.ts';
import { ChoiceField, DialogEnd, NoteField, useForm } from './form.tsx';
import { Dialog, Panel, Raw } from './parts.tsx';

export interface IncidentActsProps {
  readonly view: IncidentView;
  readonly onDone: () => void;
}

const FILES = [
  ['report.txt', 'TXT'],
  ['alerts.csv', 'CSV'],
  ['alerts.json', 'JSON'],
  ['attackers.stix.json', 'STIX 2.1'],
] as const;

export function IncidentActs({ view, onDone }: IncidentActsProps): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  const { id, closing } = view;
  return (
    <Panel title={t('take.title')} lead={t('take.lead')}>
      <div class="acts">
        {FILES.map(([file, name]) => (
          <a
            key={file}
            class="button small"
            href={ofSite(`/data/incidents/${id}/${file}`)}
            target="_self"
            download={`incident-${id}-${file}`}
          >
            {file === 'report.txt' ? t('take.report') : name}
          </a>
        ))}
      </div>
      {closing === undefined ? (
        may('analyst') && (
          <button type="button" class="button wide" onClick={() => setAsking(true)}>
            {t('close.title')}
          </button>
        )
      ) : (
        <Closed id={id} closing={closing} onDone={onDone} />
      )}
      {isAsking && <CloseDialog view={view} onClose={() => setAsking(false)} onDone={onDone} />}
    </Panel>
  );
}

function Closed(props: {
  readonly id: string;
  readonly closing: ClosingView;
  readonly onDone: () => void;
}): JSX.Element {
  const { id, closing, onDone } = props;
  const form = useForm(async () => {
    await tell('/incidents/reopen', { id });
    say(t('close.opened'));
    onDone();
  });
  const { by, atMs, reason, note } = closing;
  return (
    <form class="notice good" onSubmit={form.onSubmit}>
      <p>
        {t('close.by', { by, when: moment(atMs), why: t(`close.${reason}`) })} <Raw>{note}</Raw>
      </p>
      {form.message}
      {may('analyst') && (
        <button class="button small" disabled={form.isBusy}>
          {t('close.open')}
        </button>
      )}
    </form>
  );
}

function CloseDialog(props: IncidentActsProps & { readonly onClose: () => void }): JSX.Element {
  const { view, onClose, onDone } = props;
  const [reason, setReason] = useState<(typeof CLOSE_REASONS)[number]>('handled');
  const [note, setNote] = useState('');
  const form = useForm(async () => {
    await tell('/incidents/close', { id: view.id, reason, note });
    say(t('close.done'), async () => {
      await tell('/incidents/reopen', { id: view.id });
      onDone();
    });
    onClose();
    onDone();
  });
  return (
    <Dialog title={t('close.title')} onClose={onClose}>
      <form onSubmit={form.onSubmit}>
        <p>{t('close.lead')}</p>
        <ChoiceField
          label={t('close.why')}
          value={reason}
          choices={CLOSE_REASONS}
          textOf={(one) => t(`close.${one}`)}
          onValue={setReason}
        />
        <NoteField label={t('close.note')} value={note} onValue={setNote} />
        {view.inForce > 0 && <p class="notice care">{t('close.lift')}</p>}
        {form.message}
        <DialogEnd onCancel={onClose}>
          <button class="button main" disabled={form.isBusy}>
            {t('close.do')}
          </button>
        </DialogEnd>
      </form>
    </Dialog>
  );
}
