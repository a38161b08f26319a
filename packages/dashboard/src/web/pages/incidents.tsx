// All incidents of the last days, with a search.

import type { JSX } from 'preact';
import type { IncidentsView } from '../../wire.ts';
import { IncidentList } from '../parts/incident-list.tsx';
import { More, SearchRows } from '../parts/more.tsx';
import { Empty, PageHead, Panel, Shown } from '../parts/parts.tsx';
import { useData } from '../state/data.ts';
import { filter, place } from '../state/place.ts';
import { count, t } from '../words/words.ts';

export function Incidents(): JSX.Element {
  const { query } = place.value;
  const words = query.get('q') ?? '';
  const from = Number(query.get('from') ?? 0);
  const show = query.get('show') ?? 'open';
  const asked = new URLSearchParams({ q: words, from: String(from), show: show === 'all' ? '' : show });
  const data = useData<IncidentsView>(`/incidents?${asked.toString()}`);
  return (
    <>
      <PageHead title={t('incidents.title')} lead={t('incidents.lead')} />
      <Panel>
        <div class="bar">
          <SearchRows label={t('incidents.search')} value={words} />
          <div class="tabs" role="group" aria-label={t('incidents.title')}>
            {(['open', 'closed', 'all'] as const).map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={show === one}
                onClick={() => filter({ show: one === 'open' ? '' : one, from: '' })}
              >
                {t(`shown.${one}`)}
                {one !== 'all' && data.value !== undefined && ` ${count(data.value.counts[one])}`}
              </button>
            ))}
          </div>
          <p class="about" role="status">
            {data.value === undefined ? '' : t('incidents.count', { n: data.value.total })}
          </p>
        </div>
        <Shown data={data} rows={8}>
          {({ incidents, total, counts }) => (
            <>
              <IncidentList
                incidents={incidents}
                empty={
                  words === '' && counts[show === 'closed' ? 'open' : 'closed'] > 0 ? (
                    <Empty
                      icon="check"
                      title={t(show === 'closed' ? 'shown.noneClosed' : 'shown.noneOpen')}
                    />
                  ) : words === '' ? (
                    <Empty icon="check" title={t('incidents.none')} text={t('incidents.noneText')} />
                  ) : (
                    <Empty
                      icon="search"
                      title={t('incidents.noneFound', { q: words })}
                      text={t('incidents.noneFoundText')}
                    />
                  )
                }
              />
              <More from={from} total={total} />
            </>
          )}
        </Shown>
      </Panel>
    </>
  );
}
