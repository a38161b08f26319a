// What `parapet replay` prints for people: the sentence, the picture, who, what, and what to look at first.

import type { AlertNote, ReplaySummary, SourceReport } from '../replay/summary.ts';
import { countOf, formatClock, formatCount, formatShare } from '../words/numbers.ts';
import {
  describeActivity,
  describeAssessment,
  describeDecision,
  describePeriod,
  describeReading,
  describeTimeline,
  headline,
  nextStep,
  peopleAmongBanned,
} from '../words/sentences.ts';
import { renderChart } from './chart.ts';
import { makeStyle, type Style } from './style.ts';
import { renderTable, type TextOptions } from './table.ts';
import { fit, plain, wrap } from './text.ts';

const ATTACKERS_SHOWN = 10;
const SCENARIOS_SHOWN = 12;
const BANNED_SHOWN = 5;
const PEOPLE_SHOWN = 5;
const SPARED_SHOWN = 5;

/** Returns the whole summary, with a final line end. */
export function renderReplayText(summary: ReplaySummary, options: TextOptions): string {
  const page = new Page(options);
  page.paragraph(headline(summary), page.style.bold);
  page.line(page.style.dim(plain(describePeriod(summary))));
  addFindings(page, summary);
  addChart(page, summary);
  addPeople(page, summary);
  addAttackers(page, summary);
  addScenarios(page, summary);
  addInspection(page, summary);
  addBanned(page, summary);
  addSpared(page, summary);
  addUnparsed(page, summary);
  page.blank();
  page.paragraph(describeReading(summary), page.style.dim);
  page.line(`Next: ${page.style.bold(nextStep(summary))}`);
  return page.text();
}

/** Lines of text of the window's width. */
class Page {
  readonly style: Style;
  readonly options: TextOptions;
  readonly #width: number;
  readonly #lines: string[] = [];

  constructor(options: TextOptions) {
    this.options = options;
    this.style = makeStyle(options.color);
    this.#width = Math.max(30, Math.min(options.columns, 140));
  }

  blank(): void {
    this.#lines.push('');
  }

  heading(text: string): void {
    this.#lines.push('');
    this.paragraph(text, this.style.bold);
  }

  /** The text must be safe already; it is not broken. */
  line(text: string): void {
    this.#lines.push(text);
  }

  paragraph(text: string, paint: (text: string) => string = (same) => same, indent = ''): void {
    for (const line of wrap(plain(text), this.#width - indent.length)) this.#lines.push(indent + paint(line));
  }

  /** A paragraph that begins with a mark and hangs under it. */
  item(mark: string, text: string, paint: (text: string) => string = (same) => same): void {
    const hang = ' '.repeat(mark.length);
    for (const [i, line] of wrap(plain(text), this.#width - mark.length).entries())
      this.#lines.push((i === 0 ? paint(mark) : hang) + line);
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}

function addFindings(page: Page, summary: ReplaySummary): void {
  for (const finding of summary.findings) {
    page.blank();
    const paint = finding.severity === 'note' ? page.style.cyan : page.style.yellow;
    const mark = finding.severity === 'problem' ? '!! ' : finding.severity === 'warning' ? '!  ' : 'i  ';
    page.item(mark, `${finding.title}. ${finding.detail}`, paint);
    if (finding.advice !== undefined) page.paragraph(`What to do: ${finding.advice}`, page.style.bold, '   ');
  }
}

function addChart(page: Page, summary: ReplaySummary): void {
  const lines = renderChart(summary.timeline, page.options);
  if (lines.length === 0) return;
  page.blank();
  for (const line of lines) page.line(line);
  page.paragraph(describeTimeline(summary), page.style.dim);
}

function addPeople(page: Page, summary: ReplaySummary): void {
  const people = peopleAmongBanned(summary);
  if (people.length === 0) return;
  page.heading('Would have been blocked, but look like people: look at these first');
  for (const source of people.slice(0, PEOPLE_SHOWN)) {
    page.item('?  ', `${source.value}: ${describeActivity(source)}`, page.style.yellow);
    page.paragraph(describeAssessment(source), page.style.dim, '   ');
    const note = source.notes[0];
    if (note !== undefined) page.paragraph(`Blocked because it ${note.act}`, page.style.dim, '   ');
  }
  more(page, people.length - PEOPLE_SHOWN);
  page.line(page.style.dim(`To let one through for good: parapet allowlist add ${plain(people[0]!.value)}`));
}

function addAttackers(page: Page, summary: ReplaySummary): void {
  const attackers = summary.sources.filter((source) => source.alerts > 0).slice(0, ATTACKERS_SHOWN);
  if (attackers.length === 0) return;
  const isWide = page.options.columns >= 110;
  // An address is never cut; a name of another scope may be.
  const addresses = attackers.filter((source) => source.scope.toLowerCase() === 'ip');
  const longest = Math.max(12, ...addresses.map((source) => plain(source.value).length));
  page.heading('Top attackers');
  const columns = [
    { title: 'Source', maxWidth: longest, isWhole: true },
    { title: 'From', maxWidth: isWide ? 28 : 16 },
    { title: 'Requests', align: 'right' as const },
    { title: '404', align: 'right' as const },
    { title: 'Alerts', align: 'right' as const },
    {
      title: 'Looks',
      paint: (cell: string): string => (cell === 'human' ? page.style.yellow(cell) : cell),
    },
    { title: 'What' },
  ];
  const rows = attackers.map((source) => [
    source.value,
    placeOf(source, isWide),
    formatCount(source.requests),
    source.requests === 0 ? '' : formatShare(source.notFoundShare),
    formatCount(source.alerts),
    LOOKS[source.assessment.verdict],
    titlesOf(source, summary),
  ]);
  for (const line of renderTable(columns, rows, page.options).split('\n')) page.line(line);
  more(page, summary.attackers - attackers.length);
}

function addInspection(page: Page, { inspection }: ReplaySummary): void {
  if (inspection === undefined || inspection.refused === 0) return;
  const { requests, refused, classes } = inspection;
  page.heading(
    `Inspection at the gateway would have refused ${formatCount(refused)} of ${countOf(requests, 'request')}`,
  );
  const columns = [{ title: 'Class' }, { title: 'Requests', align: 'right' as const }, { title: 'Such as' }];
  const rows = classes.map((one) => [one.class, formatCount(one.requests), one.example]);
  for (const line of renderTable(columns, rows, page.options).split('\n')) page.line(line);
}

function addScenarios(page: Page, summary: ReplaySummary): void {
  if (summary.scenarios.length === 0) return;
  page.heading('What they tried');
  const columns = [
    { title: 'In plain words' },
    { title: 'Alerts', align: 'right' as const },
    { title: 'Sources', align: 'right' as const },
    { title: 'Scenario' },
  ];
  const rows = summary.scenarios
    .slice(0, SCENARIOS_SHOWN)
    .map((scenario) => [
      scenario.title,
      formatCount(scenario.alerts),
      formatCount(scenario.sources),
      scenario.name,
    ]);
  for (const line of renderTable(columns, rows, page.options).split('\n')) page.line(line);
  more(page, summary.scenarios.length - SCENARIOS_SHOWN);
}

function addBanned(page: Page, summary: ReplaySummary): void {
  const banned = summary.sources.filter(
    (source) => source.decision !== undefined && source.assessment.verdict !== 'probably a person',
  );
  if (banned.length === 0) return;
  page.heading(`What would have been done, and why (${countOf(summary.decisionsTotal, 'decision')})`);
  for (const source of banned.slice(0, BANNED_SHOWN)) {
    const decision = source.decision!;
    const why = source.notes.find((note) => note.scenario === decision.scenario) ?? source.notes[0];
    const reason = why === undefined ? decision.scenario : `${why.act} (${why.scenario})`;
    const at = formatClock(decision.startAt);
    page.item(`${at}  `, `${source.value} ${describeDecision(decision, true)}: ${reason}`, page.style.red);
  }
  const hidden = summary.banned - Math.min(BANNED_SHOWN, banned.length) - peopleAmongBanned(summary).length;
  if (hidden > 0)
    page.line(page.style.dim(`… and ${formatCount(hidden)} more; all of them with --html FILE or --json`));
}

function addSpared(page: Page, summary: ReplaySummary): void {
  if (summary.sparedTotal === 0) return;
  page.heading(`Left alone on purpose (${countOf(summary.sparedTotal, 'alert')})`);
  const reasons = new Map<string, { count: number; note: AlertNote }>();
  for (const note of summary.spared) {
    const reason = note.spared ?? '';
    const known = reasons.get(reason);
    if (known === undefined) reasons.set(reason, { count: 1, note });
    else known.count++;
  }
  for (const [reason, { count, note }] of [...reasons].slice(0, SPARED_SHOWN))
    page.item('-  ', `${reason}: ${countOf(count, 'alert')}, such as ${note.value}, which ${note.act}`);
  more(page, reasons.size - SPARED_SHOWN);
}

function addUnparsed(page: Page, summary: ReplaySummary): void {
  const { count, kinds } = summary.unparsed;
  if (count === 0) return;
  const share = summary.lines === 0 ? '' : ` (${formatShare(count / summary.lines)})`;
  page.heading(`${countOf(count, 'line')}${share} not understood`);
  for (const kind of kinds.slice(0, 3)) {
    const reason = kind.reason === undefined ? '' : `${kind.reason}: `;
    const room = Math.max(20, Math.min(page.options.columns, 140) - 14);
    const sample = plain(`${reason}${kind.sample}`);
    page.line(`${formatCount(kind.count).padStart(9)}  ${fit(sample, room)}`);
  }
  page.line(page.style.dim('To see how a line is read: parapet explain FILE --type TYPE'));
}

function more(page: Page, hidden: number): void {
  if (hidden > 0) page.line(page.style.dim(`… and ${formatCount(hidden)} more`));
}

const LOOKS: Readonly<Record<SourceReport['assessment']['verdict'], string>> = {
  'probably a person': 'human',
  unclear: 'unclear',
  automated: 'automated',
};

function placeOf(source: SourceReport, isWide: boolean): string {
  const network = source.asName ?? (source.asn === undefined ? '' : `AS${source.asn.replace(/^AS/i, '')}`);
  if (!isWide) return [source.countryCode ?? '', network].filter((part) => part !== '').join(' ');
  return [source.countryCode ?? '', source.asn === undefined ? '' : `AS${source.asn}`, source.asName ?? '']
    .filter((part) => part !== '')
    .join(' ');
}

function titlesOf(source: SourceReport, summary: ReplaySummary): string {
  const titles = new Set(
    source.scenarios.map(
      (name) => summary.scenarios.find((scenario) => scenario.name === name)?.title ?? name,
    ),
  );
  return [...titles].join(', ');
}
