// One thing that the doctor has looked at.

/** `critical`: Parapet does not protect now. `important`: it does worse than it could. */
export type Level = 'critical' | 'important' | 'recommended' | 'fine';

export interface Card {
  readonly level: Level;
  /** One word: machine, data, engine, gateway, store, nodes, log, configuration, items, geo. */
  readonly topic: string;
  readonly says: string;
  /** What to do; absent where nothing is to be done. */
  readonly fix?: string;
  /** A line of a log that shows it. Not for support dumps. */
  readonly example?: string;
}
