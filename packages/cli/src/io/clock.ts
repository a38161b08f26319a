// The real clock.

import type { Clock } from '@parapet/engine';

export const realClock: Clock = {
  nowMs: () => Date.now(),

  sleep: async (ms, signal) => {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
    });
  },
};
