// What a page shows: asked for when it opens, again when something has happened, and kept while it cannot be had, with
// since when it is old.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask, type Fault } from './ask.ts';
import { happened } from './live.ts';
import { ofSite } from './place.ts';
import { language } from '../words/words.ts';

export interface Data<T> {
  readonly value: T | undefined;
  readonly fault: Fault | undefined;
  /** When the value was had. */
  readonly atMs: number;
  readonly reload: () => void;
}

const AGAIN_MS = 60_000;
const AFTER_FAULT_MS = 5000;
const TOGETHER_MS = 700;

export function useData<T>(address: string): Data<T> {
  const path = ofSite(address);
  const [state, setState] = useState<Omit<Data<T>, 'reload'>>({
    value: undefined,
    fault: undefined,
    atMs: 0,
  });
  const wanted = useRef(path);
  wanted.current = path;
  const load = useCallback(() => {
    const asked = path;
    return ask<T>(asked).then(
      (value) => {
        if (wanted.current === asked) setState({ value, fault: undefined, atMs: Date.now() });
      },
      (fault: Fault) => {
        if (wanted.current === asked) setState((before) => ({ ...before, fault }));
      },
    );
  }, [path, language.value]);

  useEffect(() => {
    setState((before) => ({ ...before, fault: undefined }));
    void load();
  }, [load]);

  const hasFault = state.fault !== undefined;
  useEffect(() => {
    const timer = setInterval(() => void load(), hasFault ? AFTER_FAULT_MS : AGAIN_MS);
    return () => clearInterval(timer);
  }, [load, hasFault]);

  // A flood of alerts asks once.
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isFirst = true;
    const stop = happened.subscribe(() => {
      if (isFirst) return void (isFirst = false);
      timer ??= setTimeout(() => {
        timer = undefined;
        void load();
      }, TOGETHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [load]);

  return { ...state, reload: () => void load() };
}
