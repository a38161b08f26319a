// Parts of the page that are loaded when they are first shown.

import { signal } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';
import { needAllWords } from '../words/words.ts';

/** Returns a part that is there when it was loaded; `Wait` loads it. */
export function lazy<Props>(load: () => Promise<ComponentType<Props>>): {
  readonly value: ComponentType<Props> | undefined;
  readonly Wait: () => JSX.Element;
} {
  const loaded = signal<ComponentType<Props> | undefined>(undefined);
  let isAsked = false;
  return {
    get value() {
      return loaded.value;
    },
    Wait: () => {
      if (!isAsked) {
        isAsked = true;
        load().then(
          (part) => (loaded.value = part),
          () => (isAsked = false),
        );
      }
      return <div class="bone tall" />;
    },
  };
}

/** A page, or a dialog, that is loaded when it is gone to, with its words. */
export function laterPart<Props>(load: () => Promise<ComponentType<Props>>): ReturnType<typeof lazy<Props>> {
  return lazy(async () => {
    const [part] = await Promise.all([load(), needAllWords()]);
    return part;
  });
}
