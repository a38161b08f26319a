// Requests as they come, a sample of them, and all alerts. It can be paused (WCAG 2.2.2).

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LiveRequest } from '../../wire.ts';
import { Icon } from '../parts/icons.tsx';
import {
  Empty,
  familyText,
  PageHead,
  Panel,
  Raw,
  remediationText,
  SourceText,
  TableHead,
} from '../parts/parts.tsx';
import { isConnected, lastAlerts, pulse, watchRequests } from '../state/live.ts';
import { clock, t, tOr } from '../words/words.ts';

interface Seen extends LiveRequest {
  readonly key: number;
}

const SHOWN = 100;
/** Drawn so often at most, whatever comes. */
const DRAWN_MS = 250;

export function Live(): JSX.Element {
  const [isPaused, setPaused] = useState(false);
  const [words, setWords] = useState('');
  const [seen, setSeen] = useState<readonly Seen[]>([]);
  const [leftOut, setLeftOut] = useState(0);
  const wanted = useRef('');
  wanted.current = words.toLowerCase();
  useEffect(() => {
    if (isPaused) return undefined;
    let waiting: Seen[] = [];
    let more = 0;
    let keys = Date.now();
    const stop = watchRequests((requests, others) => {
      more += others;
      for (const request of requests)
        if (fits(request, wanted.current)) waiting.push({ ...request, key: (keys += 1) });
    });
    const timer = setInterval(() => {
      if (waiting.length === 0) return;
      const fresh = waiting.slice().reverse();
      waiting = [];
      setSeen((before) => [...fresh, ...before].slice(0, SHOWN));
      setLeftOut(more);
    }, DRAWN_MS);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [isPaused]);
  const { lines } = pulse.value;
  const shown = seen.filter((request) => fits(request, wanted.current));
  return (
    <>
      <PageHead title={t('live.title')} lead={t('live.lead')}>
        <p class="rate">
          <span class={lines > 0 ? 'beat on' : 'beat'} />
          {lines > 0 ? t('live.rate', { n: lines }) : t('live.quiet')}
        </p>
        <button type="button" class="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          {t(isPaused ? 'live.resume' : 'live.pause')}
        </button>
      </PageHead>
      {!isConnected.value && (
        <p class="notice bad" role="alert">
          {t('live.connecting')}
        </p>
      )}
      <div class="columns">
        <div class="column">
          <Panel>
            <div class="bar">
              <div class="search">
                <Icon name="search" />
                <input
                  type="search"
                  data-search
                  aria-label={t('live.filter')}
                  placeholder={t('live.filter')}
                  value={words}
                  onInput={(event) => setWords(event.currentTarget.value)}
                />
              </div>
              <p class="about" role="status">
                {isPaused ? t('live.paused') : leftOut > 0 ? t('live.leftOut', { n: leftOut }) : ''}
              </p>
            </div>
            {shown.length === 0 ? (
              <Empty icon="live" title={t('live.empty')} text={t('live.emptyText')} />
            ) : (
              <table class="cards requests">
                <TableHead
                  columns={[t('live.time'), t('live.visitor'), t('live.request'), t('live.status')]}
                />
                <tbody>
                  {shown.map((request) => (
                    <tr key={request.key}>
                      <td class="time">{clock(request.atMs)}</td>
                      <td title={request.agent}>
                        <Raw>{request.ip}</Raw>
                      </td>
                      <td>
                        <code dir="ltr" title={request.path}>
                          {request.method} {request.path}
                        </code>
                      </td>
                      <td>
                        <span class={`chip ${toneOf(request)}`}>
                          {request.status}
                          {request.action !== '' && request.action !== 'observed'
                            ? ` ${tOr(`cause.${request.action}`, remediationText(request.action))}`
                            : ''}
                        </span>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </Panel>
        </div>
        <div class="column side">
          <Panel title={t('live.alerts')}>
            {lastAlerts.value.length === 0 ? (
              <p class="quiet">{t('live.noAlerts')}</p>
            ) : (
              <ol class="alerts" aria-live="polite">
                {lastAlerts.value.map((alert) => (
                  <li key={alert.key}>
                    <p>
                      <strong>{familyText(alert.family, alert.title)}</strong>
                    </p>
                    <p class="about">
                      {clock(alert.atMs)} · <SourceText source={alert.source} />
                    </p>
                  </li>
                ))}
              </ol>
            )}
          </Panel>
        </div>
      </div>
    </>
  );
}

function fits({ ip, path, agent, status, method }: LiveRequest, words: string): boolean {
  return words === '' || `${method} ${path} ${ip} ${status} ${agent}`.toLowerCase().includes(words);
}

function toneOf({ status, action }: LiveRequest): string {
  if (action !== '' && action !== 'observed') return 'ban';
  return status.startsWith('5') ? 'running' : status.startsWith('4') ? 'watched' : 'held';
}
