// What spoke for an attack and against one, and how much each weighed.

import type { JSX } from 'preact';
import type { FindingView } from '../../wire.ts';
import { classText } from './exception.tsx';

const MOST = 6;

export function Reasons({ reasons }: { readonly reasons: FindingView['reasons'] }): JSX.Element {
  const most = Math.max(1, ...reasons.map(({ weight }) => Math.abs(weight)));
  return (
    <ul class="reasons">
      {reasons.slice(0, MOST).map((reason, i) => (
        <li key={i}>
          <span class="weight" aria-hidden="true">
            <span
              class={reason.weight < 0 ? 'weigh less' : 'weigh more'}
              style={{ inlineSize: `${Math.max(4, (50 * Math.abs(reason.weight)) / most).toFixed(1)}%` }}
            />
          </span>
          <span class="reason">
            <span>
              <strong>{classText(reason.class)}</strong> <span>{reason.text}</span>{' '}
              <span class="about">
                {reason.where} · {reason.weight > 0 ? '+' : '−'}
                {Math.abs(reason.weight).toFixed(1)} · {reason.detector}
              </span>
            </span>
            {reason.excerpt !== '' && (
              <code dir="ltr">
                <mark>{reason.excerpt}</mark>
              </code>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A text of a stranger with the telling parts marked. */
export function Marked(props: {
  readonly parts: ReadonlyArray<{ readonly text: string; readonly isMarked: boolean }>;
}): JSX.Element {
  return <>{props.parts.map((part, i) => (part.isMarked ? <mark key={i}>{part.text}</mark> : part.text))}</>;
}
