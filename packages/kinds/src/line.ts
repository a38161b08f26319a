// Raw text as read, and where it came from. All lines of one file share one origin object.

export interface LineOrigin {
  /** The path, unit or address the lines come from, as the source names it. */
  readonly src: string;
  /** How they are read; a parser may claim another module, as tests of foreign logs do. */
  readonly module: 'file' | 'journalctl' | 'syslog' | 'stdin' | 'gateway' | 'signal' | (string & {});
  /** Labels of the acquisition; `type` says which parsers the lines are for (`nginx`, `syslog`, …). */
  readonly labels: Readonly<Record<string, string>> & { readonly type: string };
}

/** Facts that a source knows beside the line, as fields of Meta. */
export type LineMeta = readonly (readonly [name: string, value: string])[];

export interface Line {
  /** Without its line end. */
  readonly raw: string;
  readonly origin: LineOrigin;
  /** When the line was read, milliseconds since the epoch; not when the thing happened. */
  readonly readAtMs: number;
  /** Set on the event once its line has been parsed. */
  readonly meta?: LineMeta;
}
