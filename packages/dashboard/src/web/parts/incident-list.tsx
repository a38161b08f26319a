// Incidents as rows: what, from where, when, and how it stands.

import type { JSX } from 'preact';
import type { IncidentRow } from '../../wire.ts';
import { t } from '../words/words.ts';
import { Icon } from './icons.tsx';
import { familyText, SourceText, StateChip, When } from './parts.tsx';

export function IncidentList(props: {
  readonly incidents: readonly IncidentRow[];
  /** What else stands in a row. */
  readonly aside?: (incident: IncidentRow) => JSX.Element;
  readonly empty: JSX.Element;
}): JSX.Element {
  if (props.incidents.length === 0) return props.empty;
  return (
    <ul class="incidents">
      {props.incidents.map((incident) => (
        <li key={incident.id}>
          <a class="incident" href={`/incidents/${incident.id}`} data-row>
            <span class="incident-what">
              <span class="incident-title">{familyText(incident.family, incident.title)}</span>
              <span class="incident-from">
                <SourceText source={incident.source} />
                {incident.sources > 1 && <span class="and-more"> +{incident.sources - 1}</span>}
              </span>
              {props.aside?.(incident)}
            </span>
            <span class="incident-facts">
              <StateChip state={incident.state} />
              <span class="about">
                {t('incidents.events', { n: incident.events })} · <When atMs={incident.lastMs} />
              </span>
            </span>
            <Icon name="arrow" />
          </a>
        </li>
      ))}
    </ul>
  );
}
