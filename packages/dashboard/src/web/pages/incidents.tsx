// All incidents of the last days, with a search.

import type { JSX } from 'preact';
import type { IncidentsView } from '../../wire.ts';
import { IncidentList } from '../parts/incident-list.tsx';
import { More, SearchRows } from '../parts/more.tsx';
import { Empty, PageHead, Panel, Shown } from '../parts/parts.tsx';
import { useData } from '../state/data.ts';
import { place } from '../state/place.ts';
import { t } from '../words/words.ts';

export function Incidents(): JSX.Element {
  const { query } = place.value;
  const words = query.get('q') ?? '';
  const from = Number(query.get('from') ?? 0);
  const asked = new URLSearchParams({ q: words, from: String(from) });
  const data = useData<IncidentsView>(`/incidents?${asked.toString()}`);
  return (
    <>
      <PageHead title={t('incidents.title')} lead={t('incidents.lead')} />
      <Panel>
        <div class="bar">
          <SearchRows label={t('incidents.search')} value={words} />
          <p class="about" role="status">
            {data.value === undefined ? '' : t('incidents.count', { n: data.value.total })}
          </p>
        </div>
        <Shown data={data} rows={8}>
          {({ incidents, total }) => (
            <>
              <IncidentList
                incidents={incidents}
                empty={
                  words === '' ? (
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
