// The week in plain words, and what can be taken away: the report as a page or on paper, and alerts for other programs.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ReportView } from '../../wire.ts';
import { ChoiceField } from '../parts/form.tsx';
import { PageHead, Panel, Shown } from '../parts/parts.tsx';
import { useData } from '../state/data.ts';
import { ofSite } from '../state/place.ts';
import { language, t, type Word } from '../words/words.ts';

const DAYS = ['1', '7', '30', '90'] as const;
const FORMATS: readonly (readonly [file: string, name: string, word: Word])[] = [
  ['alerts.csv', 'CSV', 'reports.csv'],
  ['alerts.json', 'JSON', 'reports.json'],
  ['attackers.stix.json', 'STIX 2.1', 'reports.stix'],
];

export function Reports(): JSX.Element {
  const data = useData<ReportView>(`/reports?language=${language.value}`);
  return (
    <>
      <PageHead title={t('nav.reports')} lead={t('reports.lead')} />
      <div class="columns even">
        <div class="column">
          <Panel title={t('reports.week')}>
            <Shown data={data} rows={8}>
              {({ text, hasPdf }) => <Week text={text} hasPdf={hasPdf} />}
            </Shown>
          </Panel>
        </div>
        <div class="column">
          <Exports />
          <Panel title={t('reports.mail')} lead={t('reports.mailText')}>
            <pre class="command" tabIndex={0}>
              {`notifications:
  weekly_report:
    on: monday
    at: '07:00'
    channels: [owner]`}
            </pre>
            <p class="about">{t('reports.mailNow')}</p>
            <pre class="command" tabIndex={0}>
              parapet report week --send owner
            </pre>
          </Panel>
        </div>
      </div>
    </>
  );
}

function Week({ text, hasPdf }: ReportView): JSX.Element {
  const [title = '', ...lines] = text.trim().split('\n');
  return (
    <>
      <p>
        <strong>{title}</strong>
      </p>
      {lines.map((line) => (
        <p key={line} class="report-line">
          <bdi>{line}</bdi>
        </p>
      ))}
      <div class="acts">
        <Download file="week.html" query={`language=${language.value}`} text={t('reports.html')} />
        {hasPdf ? (
          <Download file="week.pdf" query={`language=${language.value}`} text={t('reports.pdf')} />
        ) : (
          <p class="about">{t('reports.noPdf')}</p>
        )}
      </div>
    </>
  );
}

function Exports(): JSX.Element {
  const [days, setDays] = useState<(typeof DAYS)[number]>('7');
  return (
    <Panel title={t('reports.exports')} lead={t('reports.exportsText')}>
      <ChoiceField
        label={t('reports.days')}
        value={days}
        choices={DAYS}
        textOf={(one) => t('reports.lastDays', { n: Number(one) })}
        onValue={setDays}
      />
      <ul class="exports">
        {FORMATS.map(([file, name, word]) => (
          <li key={file}>
            <Download file={file} query={`days=${days}`} text={name} /> <span class="about">{t(word)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** A link that the browser follows itself; the answer is a file. */
function Download(props: {
  readonly file: string;
  readonly query: string;
  readonly text: string;
}): JSX.Element {
  return (
    <a
      class="button small"
      href={ofSite(`/data/reports/${props.file}?${props.query}`)}
      target="_self"
      download={`parapet-${props.file}`}
    >
      {props.text}
    </a>
  );
}
