// The report of a replay as one page that needs nothing else: no file, no network, no script to be read.
// Its policy forbids everything but its own style and script, named by their hashes.

import { createHash } from 'node:crypto';
import { resample } from '../replay/timeline.ts';
import type { AlertNote, ReplaySummary, SourceReport } from '../replay/summary.ts';
import { describeOrigin } from '../words/explain.ts';
import { countOf, formatCount, formatInstant, formatShare, formatSpan } from '../words/numbers.ts';
import {
  describeActivity,
  describeDecision,
  describePeriod,
  describeReading,
  describeTimeline,
  eventWord,
  headline,
  nextStep,
  peopleAmongBanned,
} from '../words/sentences.ts';
import { renderTimelineSvg } from './chart.ts';
import { html, trusted, type Html } from './escape.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

// Outside of the templates: the hashes in the policy are of exactly these characters.
const STYLE_ELEMENT = trusted(`<style>${STYLE}</style>`);
const SCRIPT_ELEMENT = trusted(`<script>${SCRIPT}</script>`);

const TABLE_ROWS = 100;
const CASES = 100;
const TIMELINE_ROWS = 48;
const SPARED = 50;

/** Returns the page. */
export function renderReplayHtml(summary: ReplaySummary): string {
  const people = peopleAmongBanned(summary);
  const sections = [
    section('findings', 'Look at this first', findings(summary)),
    section('timeline', 'The course of time', timeline(summary)),
    section('people', 'Would have been blocked, but look like people', peopleCases(people)),
    section('attackers', 'Top attackers', attackers(summary)),
    section('scenarios', 'What they tried', scenarios(summary)),
    section('inspection', 'What inspection at the gateway would have refused', inspection(summary)),
    section('blocked', 'What would have been done, and why', blocked(summary)),
    section('spared', 'Left alone on purpose', spared(summary)),
    section('unparsed', 'Lines that were not understood', unparsed(summary)),
  ].filter((part) => part !== undefined);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy()}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="referrer" content="no-referrer" />
        <title>
          ${`Parapet replay: ${countOf(summary.attackers, 'attacker')}, ${describePeriod(summary)}`}
        </title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the report</a>
        <header class="wrap">
          <p class="brand">Parapet replay</p>
          <h1>${headline(summary)}</h1>
          <p class="soft">${describePeriod(summary)}. ${describeReading(summary)}</p>
          <p class="soft">Nothing was blocked: this is what would have happened.</p>
          ${tiles(summary, people.length)}
          <nav aria-label="In this report">
            <ul>
              ${sections.map((part) => html`<li><a href="#${part.id}">${part.title}</a></li>`)}
            </ul>
          </nav>
        </header>
        <main id="main" class="wrap" tabindex="-1">${sections.map((part) => part.body)}</main>
        <footer class="wrap">
          <p>To protect the site from now on: <code>${nextStep(summary)}</code></p>
          <p>Times are UTC. This page holds addresses and requests of visitors: treat it as personal data.</p>
        </footer>
        ${SCRIPT_ELEMENT}
      </body>
    </html> `;
  return page.text;
}

interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

function section(id: string, title: string, content: Html | undefined): Section | undefined {
  if (content === undefined) return undefined;
  const body = html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${content}
  </section> `;
  return { id, title, body };
}

function policy(): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return `default-src 'none'; script-src ${hash(SCRIPT)}; style-src ${hash(STYLE)}; base-uri 'none'; form-action 'none'`;
}

function tiles(summary: ReplaySummary, people: number): Html {
  const tile = (value: string, label: string, isCare = false): Html =>
    html`<div${isCare ? trusted(' class="care"') : ''}><dt>${label}</dt><dd>${value}</dd></div>`;
  const atLeast = summary.sourcesExact ? '' : 'about ';
  return html`<dl class="tiles">
    ${[
      tile(formatCount(summary.parsed), `${eventWord(summary)}s`),
      tile(`${atLeast}${formatCount(summary.sourcesSeen)}`, 'different sources'),
      tile(formatCount(summary.attackers), 'attackers'),
      tile(formatCount(summary.banned), 'would have been blocked'),
      tile(formatCount(people), 'of those look like people', people > 0),
    ]}
  </dl>`;
}

function findings(summary: ReplaySummary): Html | undefined {
  if (summary.findings.length === 0) return undefined;
  return html`${summary.findings.map(
    (finding) =>
      html`<div class="note">
        <h3>${SEVERITY[finding.severity]}: ${finding.title}</h3>
        <p>${finding.detail}</p>
        ${finding.advice === undefined ? '' : html`<p><strong>What to do:</strong> ${finding.advice}</p>`}
      </div>`,
  )}`;
}

const SEVERITY = { problem: 'Problem', warning: 'Warning', note: 'Note' } as const;

function peopleCases(people: readonly SourceReport[]): Html | undefined {
  if (people.length === 0) return undefined;
  return html`<p>
      These sources behaved like visitors with a browser, and a scenario would have blocked them all the same.
      If one is yours or your customers', let it through for good:
      <code>${`parapet allowlist add ${people[0]!.value}`}</code>
    </p>
    ${people.map((source) => renderCase(source, true))}`;
}

function timeline(summary: ReplaySummary): Html | undefined {
  const rows = resample(summary.timeline, TIMELINE_ROWS);
  if (rows.length === 0) return undefined;
  const text = describeTimeline(summary);
  const word = eventWord(summary);
  const slotMs = rows.length > 1 ? rows[1]!.startMs - rows[0]!.startMs : summary.timeline.bucketMs;
  const number = (value: number): Html => html`<td class="number">${formatCount(value)}</td>`;
  return html`<p>${text}</p>
    ${renderTimelineSvg(summary.timeline, `${word}s and alerts over time`, text, word)}
    <details>
      <summary>The same as a table</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Timeline as a table">
        <table>
          <caption>
            ${`Counts in steps of ${formatSpan(slotMs)}, UTC`}
          </caption>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col" class="number">${word}s</th>
              <th scope="col" class="number">answered</th>
              <th scope="col" class="number">redirected</th>
              <th scope="col" class="number">refused or missing</th>
              <th scope="col" class="number">server errors</th>
              <th scope="col" class="number">alerts</th>
              <th scope="col" class="number">decisions</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (row) =>
                html`<tr>
                  <th scope="row" class="whole">${formatInstant(new Date(row.startMs)).slice(0, 16)}</th>
                  ${[row.events, row.ok, row.redirected, row.clientErrors, row.serverErrors, row.alerts, row.decisions].map(number)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`;
}

function attackers(summary: ReplaySummary): Html | undefined {
  const rows = summary.sources.filter((source) => source.alerts > 0).slice(0, TABLE_ROWS);
  if (rows.length === 0) return undefined;
  const titles = new Map(summary.scenarios.map((scenario) => [scenario.name, scenario.title]));
  const hidden = summary.attackers - rows.length;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of top attackers">
    <table class="sortable">
      <caption>
        ${`The ${countOf(rows.length, 'source')} with most alerts${hidden > 0 ? `; ${formatCount(hidden)} more are in the output of --json` : ''}.`}
      </caption>
      <thead>
        <tr>
          <th scope="col">Source</th>
          <th scope="col">Looks like</th>
          <th scope="col" class="number">Alerts</th>
          <th scope="col" class="number">Requests</th>
          <th scope="col" class="number">Not found</th>
          <th scope="col">From</th>
          <th scope="col">What it did</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (source) =>
            html`<tr>
              <th scope="row" ${isAddress(source) ? trusted(' class="whole"') : ''}>${source.value}</th>
              <td>${chip(source)}</td>
              <td class="number" data-value="${source.alerts}">${formatCount(source.alerts)}</td>
              <td class="number" data-value="${source.requests}">${formatCount(source.requests)}</td>
              <td class="number" data-value="${source.notFoundShare}">
                ${source.requests === 0 ? '' : formatShare(source.notFoundShare)}
              </td>
              <td>${describeOrigin(source)}</td>
              <td>
                ${[...new Set(source.scenarios.map((name) => titles.get(name) ?? name))].join(', ')}${source.userAgent === '' ? '' : html`<span class="agent">${source.userAgent}</span>`}
              </td>
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

function scenarios(summary: ReplaySummary): Html | undefined {
  if (summary.scenarios.length === 0) return undefined;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of scenarios">
    <table class="sortable">
      <caption>
        ${`${countOf(summary.scenarios.length, 'scenario')} raised alerts.`}
      </caption>
      <thead>
        <tr>
          <th scope="col">In plain words</th>
          <th scope="col" class="number">Alerts</th>
          <th scope="col" class="number">Sources</th>
          <th scope="col" class="number">Decisions</th>
          <th scope="col">Example</th>
        </tr>
      </thead>
      <tbody>
        ${summary.scenarios.slice(0, TABLE_ROWS).map(
          (scenario) =>
            html`<tr>
              <th scope="row">
                ${scenario.title}<span class="agent"
                  >${scenario.name}${scenario.description === undefined ? '' : `: ${scenario.description}`}</span
                >
              </th>
              <td class="number" data-value="${scenario.alerts}">${formatCount(scenario.alerts)}</td>
              <td class="number" data-value="${scenario.sources}">${formatCount(scenario.sources)}</td>
              <td class="number" data-value="${scenario.decisions}">${formatCount(scenario.decisions)}</td>
              <td>${scenario.example}</td>
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

function inspection({ inspection: found }: ReplaySummary): Html | undefined {
  if (found === undefined || found.refused === 0) return undefined;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of attacks inside requests">
    <table>
      <caption>
        ${`${formatCount(found.refused)} of ${countOf(found.requests, 'request')} had an attack inside.`}
      </caption>
      <thead>
        <tr>
          <th scope="col">Class</th>
          <th scope="col" class="number">Requests</th>
          <th scope="col">Such as</th>
        </tr>
      </thead>
      <tbody>
        ${found.classes.map(
          (one) =>
            html`<tr>
              <td>${one.class}</td>
              <td class="number">${formatCount(one.requests)}</td>
              <td><code>${one.example}</code></td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function blocked(summary: ReplaySummary): Html | undefined {
  if (summary.decisionsTotal === 0) return undefined;
  const people = new Set(peopleAmongBanned(summary));
  const cases = summary.sources.filter((source) => source.decisions > 0 && !people.has(source));
  const shown = cases.slice(0, CASES);
  const hidden = summary.banned - people.size - shown.length;
  return html`<p>
      ${countOf(summary.decisionsTotal, 'decision')} on ${countOf(summary.banned, 'source')},
      ${people.size > 0 ? 'the ones that look like people being listed above' : 'none of which looks like a person'}.
      Open the evidence to see the lines; what the scenario saw is marked.
    </p>
    ${shown.map((source) => renderCase(source, false))}
    ${hidden > 0 ? html`<p>${formatCount(hidden)} more are in the output of <code>parapet replay --json</code>.</p>` : ''}`;
}

function renderCase(source: SourceReport, isCare: boolean): Html {
  const { decision } = source;
  const done =
    decision === undefined
      ? html``
      : html`<p>It ${describeDecision(decision, true)} at ${formatInstant(decision.startAt)}.</p>`;
  return html`<article class="case${isCare ? ' care' : ''}">
    <header>
      <h3>${source.value}</h3>
      ${chip(source)}<span class="soft">${describeActivity(source)}</span>
    </header>
    ${done}${source.notes.map(renderNote)}${renderReasons(source, isCare)}
  </article>`;
}

/** Of those to be looked at first the reasons stand open; of the others they can be opened. */
function renderReasons(source: SourceReport, isOpen: boolean): Html {
  const of = (side: 'person' | 'program'): string =>
    source.assessment.reasons
      .filter((reason) => reason.speaksFor === side)
      .map((reason) => reason.text)
      .join('; ');
  const row = (title: string, text: string): Html =>
    text === '' ? html`` : html`<p><strong>${title}:</strong> ${text}.</p>`;
  const rows = [row('Like a person', of('person')), row('Like a program', of('program'))];
  if (source.assessment.reasons.length === 0) return html``;
  if (isOpen) return html`${rows}`;
  return html`<details>
    <summary>Why it looks ${VERDICT_WORDS[source.assessment.verdict]}</summary>
    ${rows}
  </details>`;
}

function renderNote(note: AlertNote): Html {
  const words = html`It ${note.act} <span class="soft">(${note.scenario})</span>`;
  if (note.evidence.length === 0) return html`<p>${words}</p>`;
  return html`<p>${words}</p>
    <details>
      <summary>
        Evidence: ${countOf(note.evidence.length, 'line')} of ${formatCount(note.eventsCount)}<span
          class="soft"
          >, ${note.scenario}</span
        >
      </summary>
      <ul class="evidence">
        ${note.evidence.map(
          (line) =>
            html`<li class="log">
              <span class="soft">${formatInstant(line.at)}</span>
              ${line.parts.map((part) => (part.isMarked ? html`<mark>${part.text}</mark>` : html`${part.text}`))}
            </li>`,
        )}
      </ul>
    </details>`;
}

function spared(summary: ReplaySummary): Html | undefined {
  if (summary.sparedTotal === 0) return undefined;
  return html`<p>
      ${countOf(summary.sparedTotal, 'alert')} led to nothing, since a rule says that such sources are never
      blocked.
    </p>
    <ul>
      ${summary.spared.slice(0, SPARED).map((note) => html`<li><strong>${note.value}</strong> ${note.act} (${note.scenario}). Left alone: ${note.spared ?? ''}</li>`)}
    </ul>`;
}

function unparsed(summary: ReplaySummary): Html | undefined {
  const { count, kinds } = summary.unparsed;
  if (count === 0) return undefined;
  return html`<p>
      ${countOf(count, 'line')} of ${formatCount(summary.lines)}
      (${formatShare(count / Math.max(1, summary.lines))}). To see how a line is read:
      <code>parapet explain FILE --type TYPE</code>
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of lines that were not understood">
      <table>
        <caption>
          The commonest kinds, with one line of each.
        </caption>
        <thead>
          <tr>
            <th scope="col" class="number">Lines</th>
            <th scope="col">Sample</th>
          </tr>
        </thead>
        <tbody>
          ${kinds.map(
            (kind) =>
              html`<tr>
                <td class="number">${formatCount(kind.count)}</td>
                <td>
                  ${kind.reason === undefined ? '' : `${kind.reason}: `}<span class="log"
                    >${kind.sample}</span
                  >
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

const VERDICT_WORDS: Readonly<Record<SourceReport['assessment']['verdict'], string>> = {
  'probably a person': 'like a person',
  unclear: 'neither like a person nor like a program',
  automated: 'automated',
};

/** Addresses are not broken into lines; a name of another scope can be of any length. */
function isAddress(source: SourceReport): boolean {
  return source.scope.toLowerCase() === 'ip' && source.value.length <= 45;
}

function chip(source: SourceReport): Html {
  const { verdict } = source.assessment;
  const kind = verdict === 'probably a person' ? 'person' : verdict === 'automated' ? 'program' : 'unclear';
  return html`<span class="chip ${kind}">${verdict}</span>`;
}
