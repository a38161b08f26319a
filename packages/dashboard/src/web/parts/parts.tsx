// Small things that many pages are made of.

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { IncidentState, SourceView } from '../../wire.ts';
import type { Data } from '../state/data.ts';
import { ago, country, faultText, moment, t, tOr, whole } from '../words/words.ts';
import { Icon, type IconName } from './icons.tsx';

/** The heading of a page: takes the focus when the page was gone to, so that it is read out. */
export function PageHead(props: {
  readonly title: string;
  readonly lead?: string | undefined;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const { title, lead, children } = props;
  useEffect(() => {
    document.title = `${title} · Parapet`;
  }, [title]);
  return (
    <header class="page-head">
      <div>
        <h1 id="page-title" tabIndex={-1}>
          {title}
        </h1>
        {lead !== undefined && <p class="lead">{lead}</p>}
      </div>
      {children !== undefined && <div class="page-acts">{children}</div>}
    </header>
  );
}

export function Panel(props: {
  readonly title?: string;
  readonly lead?: string | undefined;
  readonly id?: string;
  readonly side?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { title, lead, id, side, children } = props;
  return (
    <section class={`panel ${props.class ?? ''}`} id={id} aria-label={title}>
      {title !== undefined && (
        <div class="panel-head">
          <h2>{title}</h2>
          {side}
        </div>
      )}
      {lead !== undefined && <p class="panel-lead">{lead}</p>}
      {children}
    </section>
  );
}

/** What is shown while something is asked for, when it cannot be had, and when it is old. */
export function Shown<T>(props: {
  readonly data: Data<T>;
  readonly rows?: number;
  readonly children: (value: T) => ComponentChildren;
}): JSX.Element {
  const { data, rows = 4, children } = props;
  const { value, fault, atMs, reload } = data;
  if (value === undefined && fault === undefined) return <Skeleton rows={rows} />;
  return (
    <>
      {fault !== undefined && (
        <div class="notice bad" role="alert">
          <p>
            {value === undefined
              ? faultText(fault)
              : t('app.stale', { when: moment(atMs), why: faultText(fault) })}
          </p>
          <button type="button" class="button small" onClick={reload}>
            {t('app.again')}
          </button>
        </div>
      )}
      {value !== undefined && children(value)}
    </>
  );
}

/** Not at once: what comes quickly would only flicker. */
function Skeleton({ rows }: { readonly rows: number }): JSX.Element {
  return (
    <div class="skeleton" role="status">
      <span class="hidden">{t('app.loading')}</span>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} class="bone" />
      ))}
    </div>
  );
}

export function Empty(props: {
  readonly icon: IconName;
  readonly title: string;
  readonly text?: string | undefined;
}): JSX.Element {
  return (
    <div class="empty">
      <Icon name={props.icon} />
      <p class="empty-title">{props.title}</p>
      {props.text !== undefined && <p>{props.text}</p>}
    </div>
  );
}

export function StateChip({ state }: { readonly state: IncidentState }): JSX.Element {
  return (
    <span class={`chip ${state}`}>
      <span class="dot" />
      {t(`state.${state}`)}
    </span>
  );
}

export function When({ atMs }: { readonly atMs: number }): JSX.Element {
  return (
    <time dateTime={new Date(atMs).toISOString()} title={whole(atMs)}>
      {ago(atMs)}
    </time>
  );
}

export function At({ atMs }: { readonly atMs: number }): JSX.Element {
  return (
    <time dateTime={new Date(atMs).toISOString()} title={whole(atMs)}>
      {moment(atMs)}
    </time>
  );
}

/** The heads of a table's columns; the last one, of what can be done with a row, is only read out. */
export function TableHead(props: {
  readonly columns: readonly string[];
  readonly hasActs?: boolean;
}): JSX.Element {
  return (
    <thead>
      <tr>
        {props.columns.map((column) => (
          <th key={column} scope="col">
            {column}
          </th>
        ))}
        {props.hasActs === true && (
          <th scope="col">
            <span class="hidden">{t('decisions.act')}</span>
          </th>
        )}
      </tr>
    </thead>
  );
}

/** Texts of strangers are isolated: what runs from right to left must not turn the words around it. */
export function Raw({ children }: { readonly children: string }): JSX.Element {
  return <bdi class="raw">{children}</bdi>;
}

export function SourceText({ source }: { readonly source: SourceView }): JSX.Element {
  const { value, country: code, network } = source;
  const about = [code === undefined ? '' : country(code), network ?? ''].filter((one) => one !== '');
  return (
    <span class="source">
      <Raw>{value}</Raw>
      {about.length > 0 && <span class="about"> {about.join(', ')}</span>}
    </span>
  );
}

export function familyText(family: string, title: string): string {
  return family === '' ? title : tOr(`family.${family}`, title);
}

export function remediationText(remediation: string): string {
  return tOr(`remediation.${remediation}`, remediation);
}

/** A box over the page, closed by Escape, with the focus inside. */
export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { title, onClose, children } = props;
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={box} onClose={onClose} aria-labelledby="dialog-title">
      <div class="panel-head">
        <h2 id="dialog-title">{title}</h2>
        <button type="button" class="button ghost icon-only" onClick={onClose} aria-label={t('app.close')}>
          <Icon name="close" />
        </button>
      </div>
      {children}
    </dialog>
  );
}

export function Field(props: {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly children: (id: string) => ComponentChildren;
}): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.children(id)}
      {props.hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      )}
    </div>
  );
}
