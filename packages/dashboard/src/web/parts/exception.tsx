// "It was no attack": what the exception is for, what else it would let through, and then the making of it.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { FindingView, PreviewView } from '../../wire.ts';
import { tell, type Fault } from '../state/ask.ts';
import { say } from '../state/notes.ts';
import { faultText, t } from '../words/words.ts';
import { ChoiceField, DialogEnd, NoteField, useForm } from './form.tsx';
import { Dialog, Raw } from './parts.tsx';

const LASTS = ['720h', '2160h', ''] as const;

export function ExceptionDialog(props: {
  readonly record: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): JSX.Element {
  const { record, onClose, onDone } = props;
  const [preview, setPreview] = useState<PreviewView | undefined>(undefined);
  const [fault, setFault] = useState('');
  const [duration, setDuration] = useState<(typeof LASTS)[number]>(LASTS[1]);
  const [comment, setComment] = useState('');
  useEffect(() => {
    tell<PreviewView>(`/findings/${record}/preview`).then(setPreview, (error: Fault) =>
      setFault(faultText(error)),
    );
  }, [record]);
  const form = useForm(async () => {
    const given = { comment, ...(duration === '' ? {} : { duration }) };
    const { feedback } = await tell<FindingView>(`/findings/${record}/no-attack`, given);
    say(t('exception.made'), undoOf(feedback, onDone));
    onDone();
    onClose();
  });
  return (
    <Dialog title={t('exception.title')} onClose={onClose}>
      {fault !== '' && (
        <p class="notice bad" role="alert">
          {fault}
        </p>
      )}
      {preview === undefined && fault === '' && <div class="bone tall" />}
      {preview !== undefined && (
        <form onSubmit={form.onSubmit}>
          {preview.findings.map((one) => (
            <p key={`${one.class} ${one.where}`}>
              {t('exception.for', { class: classText(one.class), where: one.where, route: one.route })}
            </p>
          ))}
          <Effect preview={preview} />
          <ChoiceField
            label={t('exception.expires')}
            value={duration}
            choices={LASTS}
            textOf={(one) =>
              one === '' ? t('exception.never') : t('exception.days', { n: parseInt(one, 10) / 24 })
            }
            onValue={setDuration}
          />
          <NoteField label={t('exception.comment')} value={comment} onValue={setComment} />
          {form.message}
          <DialogEnd onCancel={onClose}>
            <button class="button main" disabled={form.isBusy}>
              {t('exception.make')}
            </button>
          </DialogEnd>
        </form>
      )}
    </Dialog>
  );
}

function Effect({ preview }: { readonly preview: PreviewView }): JSX.Element {
  const { looked, letThrough, examples } = preview;
  if (letThrough === 0) return <p class="notice good">{t('exception.none', { n: looked })}</p>;
  return (
    <div class="notice care">
      <p>{t('exception.some', { n: letThrough, looked })}</p>
      <ul>
        {examples.map((one) => (
          <li key={one.record}>
            {classText(one.class)}: {one.method} <Raw>{one.path}</Raw> (<Raw>{one.ip}</Raw>)
          </li>
        ))}
      </ul>
    </div>
  );
}

/** `sqli` as people who know the field say it; the name is the same in all languages. */
export function classText(name: string): string {
  return CLASSES[name] ?? name;
}

const CLASSES: Readonly<Record<string, string>> = {
  sqli: 'SQL injection',
  xss: 'XSS',
  lfi: 'path traversal',
  rce: 'shell commands',
  php: 'PHP code',
  ssti: 'template injection',
  xxe: 'XXE',
  nosql: 'NoSQL injection',
  ldap: 'LDAP injection',
  ssrf: 'SSRF',
  java: 'Java injection',
  crlf: 'header injection',
  drupal: 'Drupal',
  scanner: 'scanner',
  protocol: 'protocol',
};

/** Returns how to take back what was said, if it is known under which number. */
export function undoOf(
  feedback: FindingView['feedback'],
  onDone: () => void,
): (() => Promise<void>) | undefined {
  if (feedback === undefined) return undefined;
  return async () => {
    await tell('/feedback/undo', { number: feedback.number });
    onDone();
  };
}
