// Short words about what was just done, with the way back.

import { signal } from '@preact/signals';

export interface Note {
  readonly key: number;
  readonly text: string;
  readonly isFault: boolean;
  readonly undo?: (() => Promise<void>) | undefined;
}

export const notes = signal<readonly Note[]>([]);

const SHOWN_MS = 8000;
/** WCAG 2.2.1: what can be acted on stays for long enough to be reached. */
const SHOWN_WITH_UNDO_MS = 30_000;
let keys = 0;

export function say(text: string, undo?: () => Promise<void>): void {
  show({ text, isFault: false, undo });
}

export function complain(text: string): void {
  show({ text, isFault: true });
}

export function dismiss(key: number): void {
  notes.value = notes.value.filter((note) => note.key !== key);
}

function show(note: Omit<Note, 'key'>): void {
  keys += 1;
  const key = keys;
  notes.value = [...notes.value.slice(-2), { ...note, key }];
  setTimeout(() => dismiss(key), note.undo === undefined ? SHOWN_MS : SHOWN_WITH_UNDO_MS);
}
