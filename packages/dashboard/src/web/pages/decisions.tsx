// Who is kept out, slowed down or checked: to look up, to add, to lift.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DecisionsView, DecisionView } from '../../wire.ts';
import { DecideLater } from '../parts/decideLater.tsx';
import { Icon } from '../parts/icons.tsx';
import {
  At,
  Empty,
  familyText,
  PageHead,
  Panel,
  Raw,
  remediationText,
  Shown,
  TableHead,
} from '../parts/parts.tsx';
import { Search } from '../parts/search.tsx';
import type { Fault } from '../state/ask.ts';
import { useData } from '../state/data.ts';
import { complain } from '../state/notes.ts';
import { filter, place } from '../state/place.ts';
import { may, mayEverywhere } from '../state/session.ts';
import { ago, faultText, t, tOr, whole } from '../words/words.ts';
import { liftDecisions } from './incident.tsx';

const ROWS = 50;

export function Decisions(): JSX.Element {
  const { query } = place.value;
  const [adding, setAdding] = useState<'one' | 'list' | undefined>(undefined);
  const words = query.get('q') ?? '';
  const all = query.get('all') ?? '';
  const asked = new URLSearchParams({ q: words, all });
  const before = query.get('before');
  if (before !== null) asked.set('before', before);
  const data = useData<DecisionsView>(`/decisions?${asked.toString()}`);
  return (
    <>
      <PageHead title={t('decisions.title')} lead={t('decisions.lead')}>
        {mayEverywhere('operator') && (
          <>
            <button type="button" class="button" onClick={() => setAdding('list')}>
              {t('decisions.import')}
            </button>
            <button type="button" class="button main" onClick={() => setAdding('one')}>
              <Icon name="plus" /> {t('decisions.add')}
            </button>
          </>
        )}
      </PageHead>
      <Panel>
        <div class="bar">
          <Search
            label={t('decisions.search')}
            value={words}
            onSearch={(text) => filter({ q: text, before: '' })}
          />
          <div class="tabs" role="group">
            {(['', '1'] as const).map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={all === one}
                onClick={() => filter({ all: one, before: '' })}
              >
                {t(one === '' ? 'decisions.active' : 'decisions.all')}
              </button>
            ))}
          </div>
          <p class="about" role="status">
            {data.value === undefined ? '' : t('decisions.count', { n: data.value.total })}
          </p>
        </div>
        <Shown data={data} rows={8}>
          {({ decisions }) => (
            <>
              {decisions.length === 0 ? (
                words === '' ? (
                  <Empty icon="decisions" title={t('decisions.none')} text={t('decisions.noneText')} />
                ) : (
                  <Empty icon="search" title={t('decisions.noneFound')} />
                )
              ) : (
                <Table decisions={decisions} reload={data.reload} />
              )}
              {decisions.length === ROWS && (
                <button
                  type="button"
                  class="button wide"
                  onClick={() => filter({ before: String(decisions.at(-1)?.number ?? '') })}
                >
                  {t('app.more')}
                </button>
              )}
            </>
          )}
        </Shown>
      </Panel>
      {adding !== undefined && (
        <DecideLater kind={adding} onClose={() => setAdding(undefined)} onDone={data.reload} />
      )}
    </>
  );
}

function Table(props: {
  readonly decisions: readonly DecisionView[];
  readonly reload: () => void;
}): JSX.Element {
  return (
    <table class="cards">
      <TableHead
        columns={[
          t('decisions.target'),
          t('decisions.what'),
          t('decisions.why'),
          t('decisions.origin'),
          t('decisions.ends'),
        ]}
        hasActs
      />
      <tbody>
        {props.decisions.map((decision) => (
          <Row key={decision.number} decision={decision} reload={props.reload} />
        ))}
      </tbody>
    </table>
  );
}

function Row({
  decision,
  reload,
}: {
  readonly decision: DecisionView;
  readonly reload: () => void;
}): JSX.Element {
  const { value, remediation, family, title, scenario, origin, endMs, lift, incident, isSimulated } =
    decision;
  const nowMs = Date.now();
  const isOver = lift !== undefined || endMs <= nowMs;
  const why = family === '' ? title : familyText(family, title);
  return (
    <tr class={isOver ? 'is-over' : ''}>
      <th scope="row">
        <Raw>{value}</Raw>
        {decision.scope !== 'ip' && <span class="about"> {decision.scope}</span>}
      </th>
      <td data-label={t('decisions.what')}>
        <span class={`chip ${remediation}`}>{remediationText(remediation)}</span>
        {isSimulated && <span class="about"> {t('decisions.simulated')}</span>}
      </td>
      <td data-label={t('decisions.why')} title={scenario}>
        {incident === undefined ? <Raw>{why}</Raw> : <a href={`/incidents/${incident}`}>{why}</a>}
      </td>
      <td data-label={t('decisions.origin')}>{tOr(`origin.${origin}`, origin)}</td>
      <td data-label={t('decisions.ends')}>
        {lift !== undefined ? (
          <span title={whole(lift.atMs)}>{t('decisions.liftedBy', { by: lift.by })}</span>
        ) : isOver ? (
          t('decisions.over')
        ) : (
          <span title={whole(endMs)}>{ago(endMs)}</span>
        )}
      </td>
      <td class="row-act">
        {!isOver && may('operator') && (
          <button
            type="button"
            class="button small"
            aria-label={t('decisions.liftOf', { value })}
            onClick={() => {
              liftDecisions([decision], reload).catch((error: unknown) =>
                complain(faultText(error as Fault)),
              );
            }}
          >
            {t('decisions.lift')}
          </button>
        )}
        {lift !== undefined && <At atMs={lift.atMs} />}
      </td>
    </tr>
  );
}
