// How far a source has been read. A batch of lines carries the cursors that hold once the batch has been dealt
// with; the store writes them in the transaction that writes the alerts, so that kill -9 loses and doubles nothing.

export interface CursorKey {
  /** Which source: unique among all sources of an engine. */
  readonly source: string;
  /** Which place of that source, for example a file. */
  readonly key: string;
}

export interface Cursor extends CursorKey {
  /** JSON that only the source itself understands. */
  readonly position: string;
}

/** What a batch changes: first `save`, then `forget`; a key is never in both. */
export interface CursorChanges {
  readonly save: readonly Cursor[];
  readonly forget: readonly CursorKey[];
}

export interface CursorStore {
  load(source: string): readonly Cursor[] | Promise<readonly Cursor[]>;
  save(changes: CursorChanges): void | Promise<void>;
}
