// The day as a picture: what came in as an area, what was stopped as bars in front of it. Beside the picture stand the
// same numbers as a sentence and as a table, for who cannot see it.

import 'uplot/dist/uPlot.min.css';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { DayView } from '../../wire.ts';
import { compact, count, hourAndMinute, language, locale, moment, t } from '../words/words.ts';

const HEIGHT = 190;
const DARK = matchMedia('(prefers-color-scheme: dark)');

export function Day({ day }: { readonly day: DayView }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<number | undefined>(undefined);
  const isEmpty = day.lines.every((lines) => lines === 0) && day.alerts.every((alerts) => alerts === 0);

  useEffect(() => {
    const holder = box.current;
    if (holder === null || isEmpty) return undefined;
    let plot = draw(holder, day, setAt);
    const onResize = new ResizeObserver(() => {
      if (holder.clientWidth > 0 && holder.clientWidth !== plot.width)
        plot.setSize({ width: holder.clientWidth, height: HEIGHT });
    });
    onResize.observe(holder);
    // Colours come from the style sheet: with other colours it is drawn anew.
    const onColours = (): void => {
      plot.destroy();
      plot = draw(holder, day, setAt);
    };
    const observer = new MutationObserver(onColours);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    DARK.addEventListener('change', onColours);
    return () => {
      onResize.disconnect();
      observer.disconnect();
      DARK.removeEventListener('change', onColours);
      plot.destroy();
    };
  }, [day, isEmpty, language.value]);

  if (isEmpty) return <p class="quiet">{t('day.empty')}</p>;
  return (
    <figure class="day">
      <figcaption>
        <span class="key lines">{t('day.requests')}</span>
        <span class="key stopped">{t('day.stopped')}</span>
        <span class="day-at" aria-hidden="true">
          {at === undefined ? t('day.every') : pointText(day, at)}
        </span>
      </figcaption>
      <div class="plot" ref={box} aria-hidden="true" />
      <p class="hidden">{summaryText(day)}</p>
      <Table day={day} />
    </figure>
  );
}

function Table({ day }: { readonly day: DayView }): JSX.Element {
  const perHour = 3_600_000 / day.stepMs;
  const hours = Array.from({ length: Math.ceil(day.lines.length / perHour) }, (_, i) => i * perHour);
  const sum = (numbers: readonly number[], from: number): number =>
    numbers.slice(from, from + perHour).reduce((all, one) => all + one, 0);
  return (
    <details class="fold">
      <summary>{t('day.table')}</summary>
      <div class="scroll" tabIndex={0} role="group" aria-label={t('day.table')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('day.hour')}</th>
              <th scope="col" class="number">
                {t('day.requests')}
              </th>
              <th scope="col" class="number">
                {t('day.stopped')}
              </th>
              <th scope="col" class="number">
                {t('day.alerts')}
              </th>
            </tr>
          </thead>
          <tbody>
            {hours.map((from) => (
              <tr key={from}>
                <th scope="row">{moment(day.startMs + from * day.stepMs)}</th>
                <td class="number">{count(sum(day.lines, from))}</td>
                <td class="number">{count(sum(day.stopped, from))}</td>
                <td class="number">{count(sum(day.alerts, from))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function pointText(day: DayView, i: number): string {
  const parts = [
    moment(day.startMs + i * day.stepMs),
    `${count(day.lines[i] ?? 0)} ${t('day.requests')}`,
    `${count(day.stopped[i] ?? 0)} ${t('day.stopped')}`,
  ];
  return parts.join(' · ');
}

function summaryText(day: DayView): string {
  const sum = (numbers: readonly number[]): string => count(numbers.reduce((all, one) => all + one, 0));
  const most = Math.max(...day.lines);
  return t('day.summary', {
    lines: sum(day.lines),
    stopped: sum(day.stopped),
    alerts: sum(day.alerts),
    peak: moment(day.startMs + day.lines.indexOf(most) * day.stepMs),
    most: count(most),
  });
}

function draw(holder: HTMLElement, day: DayView, onPoint: (i: number | undefined) => void): uPlot {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--soft'),
    font: '12px system-ui, sans-serif',
    ticks: { show: false },
    grid: { stroke: colour('--line'), width: 1 },
  };
  const hour = new Intl.DateTimeFormat(locale.value, hourAndMinute.value);
  const bars = uPlot.paths.bars?.({ size: [0.72, 14, 2], radius: 0.25 });
  const options: uPlot.Options = {
    width: Math.max(240, holder.clientWidth),
    height: HEIGHT,
    padding: [12, 4, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.1)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 70,
        values: (_plot, splits) => splits.map((seconds) => hour.format(seconds * 1000)),
      },
      {
        ...axis,
        size: 46,
        space: 42,
        values: (_plot, splits) => splits.map((value) => (Number.isInteger(value) ? compact(value) : '')),
      },
    ],
    series: [
      {},
      {
        stroke: colour('--traffic'),
        fill: colour('--traffic-soft'),
        width: 1.75,
        points: { show: false },
        ...(uPlot.paths.spline === undefined ? {} : { paths: uPlot.paths.spline() }),
      },
      {
        stroke: colour('--bad'),
        fill: colour('--bad'),
        width: 0,
        points: { show: false },
        ...(bars === undefined ? {} : { paths: bars }),
      },
    ],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? undefined)] },
  };
  const times = day.lines.map((_, i) => (day.startMs + i * day.stepMs) / 1000);
  return new uPlot(options, [times, [...day.lines], [...day.stopped]], holder);
}
