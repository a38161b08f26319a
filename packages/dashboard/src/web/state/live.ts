// What comes by itself: alerts, a pulse each second, and a sample of requests where they are looked at.

import { signal } from '@preact/signals';
import type { LiveAlert, LiveRequest, Moment } from '../../wire.ts';
import { ofSite } from './place.ts';

export interface HeardAlert extends LiveAlert {
  readonly key: number;
  readonly atMs: number;
}

/** Rises when something has changed that pages show. */
export const happened = signal(0);
export const isConnected = signal(true);
export const lastAlerts = signal<readonly HeardAlert[]>([]);
export const pulse = signal<{ readonly atMs: number; readonly lines: number; readonly stopped: number }>({
  atMs: 0,
  lines: 0,
  stopped: 0,
});

const MOST_ALERTS = 20;
const PULSE_ENDS_MS = 3000;
let keys = 0;
let source: EventSource | undefined;
let silence: ReturnType<typeof setTimeout> | undefined;

export function listen(): void {
  source ??= open(ofSite('/data/live'), hear);
}

export function stopListening(): void {
  source?.close();
  source = undefined;
  lastAlerts.value = [];
}

/** Listens to requests as well; returns how to stop. */
export function watchRequests(
  onRequests: (requests: readonly LiveRequest[], leftOut: number) => void,
): () => void {
  const own = open(ofSite('/data/live?requests=1'), (moment) => {
    if (moment.kind === 'requests') onRequests(moment.requests, moment.leftOut);
  });
  return () => own.close();
}

function open(address: string, onMoment: (moment: Moment) => void): EventSource {
  const events = new EventSource(address);
  events.addEventListener('message', (event: MessageEvent<string>) => {
    onMoment(JSON.parse(event.data) as Moment); // as wire.ts says
  });
  events.addEventListener('open', () => {
    // What was missed meanwhile is asked for.
    if (!isConnected.value) happened.value += 1;
    isConnected.value = true;
  });
  events.addEventListener('error', () => {
    isConnected.value = false;
  });
  return events;
}

function hear(moment: Moment): void {
  switch (moment.kind) {
    case 'alert':
      keys += 1;
      lastAlerts.value = [{ ...moment.alert, key: keys, atMs: moment.atMs }, ...lastAlerts.value].slice(
        0,
        MOST_ALERTS,
      );
      happened.value += 1;
      break;
    case 'changed':
      happened.value += 1;
      break;
    case 'pulse':
      pulse.value = { atMs: moment.atMs, lines: moment.lines, stopped: moment.stopped };
      clearTimeout(silence);
      silence = setTimeout(() => {
        pulse.value = { atMs: Date.now(), lines: 0, stopped: 0 };
      }, PULSE_ENDS_MS);
      break;
    case 'requests':
      break;
  }
}
