// What forms are made of: they are sent once at a time, and have fields that are alike.

import type { ComponentChildren, JSX, RefObject } from 'preact';
import { useState } from 'preact/hooks';
import type { Fault } from '../state/ask.ts';
import { faultText, t } from '../words/words.ts';
import { Field } from './parts.tsx';

/** A form that says what went wrong and is sent once at a time. */
export function useForm(send: () => Promise<void>): {
  readonly isBusy: boolean;
  readonly message: JSX.Element;
  readonly onSubmit: (event: SubmitEvent) => void;
} {
  const [isBusy, setBusy] = useState(false);
  const [text, setText] = useState('');
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setText('');
    send()
      .catch((error: unknown) => setText(faultText(error as Fault))) // `ask` and `tell` reject with nothing else
      .finally(() => setBusy(false));
  };
  const message = (
    <p class={text === '' ? 'form-message' : 'form-message notice bad'} role="alert">
      {text}
    </p>
  );
  return { isBusy, message, onSubmit };
}

interface FieldProps {
  readonly value: string;
  readonly onValue: (value: string) => void;
}

/** The name of an account; `pattern` is what a new one has to look like. */
export function NameField(props: FieldProps & { readonly pattern?: string }): JSX.Element {
  return (
    <Field label={t('login.name')}>
      {(id) => (
        <input
          id={id}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellcheck={false}
          required
          pattern={props.pattern}
          value={props.value}
          onInput={(event) => props.onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export function PasswordField(
  props: FieldProps & {
    readonly label: string;
    readonly isNew?: boolean;
    readonly minLength?: number;
    readonly maxLength?: number;
  },
): JSX.Element {
  const isNew = props.isNew === true;
  return (
    <Field label={props.label} hint={isNew ? t('welcome.rule') : undefined}>
      {(id) => (
        <input
          id={id}
          type="password"
          autoComplete={isNew ? 'new-password' : 'current-password'}
          aria-describedby={isNew ? `${id}-hint` : undefined}
          required
          minLength={props.minLength}
          maxLength={props.maxLength}
          value={props.value}
          onInput={(event) => props.onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** The six digits of a second factor. */
export function CodeField(
  props: FieldProps & { readonly label: string; readonly input?: RefObject<HTMLInputElement | null> },
): JSX.Element {
  return (
    <Field label={props.label}>
      {(id) => (
        <input
          id={id}
          ref={props.input ?? null}
          class="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          maxLength={7}
          value={props.value}
          onInput={(event) => props.onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** One of a few. */
export function ChoiceField<T extends string>(props: {
  readonly label: string;
  readonly hint?: string;
  readonly value: T;
  readonly choices: readonly T[];
  readonly textOf: (choice: T) => string;
  readonly onValue: (choice: T) => void;
}): JSX.Element {
  return (
    <Field label={props.label} hint={props.hint}>
      {(id) => (
        <select
          id={id}
          aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
          value={props.value}
          onChange={(event) => {
            const chosen = props.choices.find((one) => one === event.currentTarget.value);
            if (chosen !== undefined) props.onValue(chosen);
          }}
        >
          {props.choices.map((one) => (
            <option key={one} value={one}>
              {props.textOf(one)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A line in somebody's own words. */
export function NoteField(
  props: FieldProps & {
    readonly label: string;
    readonly isRequired?: boolean;
    readonly maxLength?: number;
  },
): JSX.Element {
  return (
    <Field label={props.label}>
      {(id) => (
        <input
          id={id}
          required={props.isRequired}
          maxLength={props.maxLength ?? 500}
          value={props.value}
          onInput={(event) => props.onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** Whoever does something that may hit people says that they have looked. */
export function LookedBox(props: {
  readonly text: string;
  readonly isLooked: boolean;
  readonly onLooked: (isLooked: boolean) => void;
}): JSX.Element {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={props.isLooked}
        required
        onChange={(event) => props.onLooked(event.currentTarget.checked)}
      />{' '}
      {props.text}
    </label>
  );
}

/** The end of a dialog: a way out, and what is to be done. */
export function DialogEnd(props: {
  readonly onCancel: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="acts end">
      <button type="button" class="button" onClick={props.onCancel}>
        {t('app.cancel')}
      </button>
      {props.children}
    </div>
  );
}
