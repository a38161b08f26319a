// How a process is told to end: by signals when it is on its own; by its supervisor when it has one. Ctrl-C and
// systemd reach all processes at once, and it is the supervisor that knows in which order they end.

import process from 'node:process';

/** What an engine knows of the gateway that it belongs to. */
export interface GatewayAnnounced {
  /** Where visitors connect. */
  readonly urls: readonly string[];
}

export type ToEngine =
  | { readonly kind: 'end' }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'workers'; readonly restarts: number };

export type FromEngine = { readonly kind: 'ready' };

export interface EndSignal {
  readonly signal: AbortSignal;
  /** What the supervisor has to say to people. */
  onNote(listener: (text: string) => void): void;
  onRestarts(listener: (restarts: number) => void): void;
  /** Tells the supervisor that it works. */
  ready(): void;
  close(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function endSignal(): EndSignal {
  const stop = new AbortController();
  const isSupervised = process.send !== undefined;
  let note: (text: string) => void = () => {};
  let count: (restarts: number) => void = () => {};
  const onSignal = (): void => {
    // Also the one of a terminal that is gone: the supervisor gets it too.
    if (!isSupervised || !process.connected) stop.abort();
  };
  // The supervisor is a process of this very program.
  const onMessage = (message: ToEngine): void => {
    switch (message.kind) {
      case 'end':
        stop.abort();
        return;
      case 'note':
        note(message.text);
        return;
      case 'workers':
        count(message.restarts);
        return;
    }
  };
  // Nobody would start it again: it writes down where it is, and the next gateway starts another.
  const onDisconnect = (): void => stop.abort();
  for (const signal of SIGNALS) process.on(signal, onSignal);
  if (isSupervised) {
    process.on('message', onMessage);
    process.on('disconnect', onDisconnect);
    // The supervisor was killed before anybody listened for that.
    if (!process.connected) stop.abort();
  }
  return {
    signal: stop.signal,
    onNote: (listener) => {
      note = listener;
    },
    onRestarts: (listener) => {
      count = listener;
    },
    ready: () => {
      const message: FromEngine = { kind: 'ready' };
      if (isSupervised && process.connected) process.send!(message, () => {});
    },
    close: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.off('message', onMessage);
      process.off('disconnect', onDisconnect);
      // The channel would keep the process alive.
      if (isSupervised && process.connected) process.disconnect();
    },
  };
}
