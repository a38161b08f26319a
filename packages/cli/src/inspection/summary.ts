// What `parapet inspect` tells people: how many requests would be stopped and why, and the worst of them.

import type { InspectedRequest, Inspection, InspectionAction } from '@parapet/kinds';
import { formatCount, renderTable, type TextOptions } from '@parapet/reports';

const WORST_SHOWN = 20;
const ACTIONS: readonly InspectionAction[] = ['pass', 'challenge', 'block', 'reject'];

interface Worst {
  readonly id: string;
  readonly target: string;
  readonly inspection: Inspection;
}

export class InspectionSummary {
  readonly #actions = new Map<InspectionAction, number>(ACTIONS.map((action) => [action, 0]));
  readonly #classes = new Map<string, Map<InspectionAction, number>>();
  #worst: Worst[] = [];
  #requests = 0;

  /** How many requests would not simply pass. */
  get found(): number {
    return this.#requests - this.#actions.get('pass')!;
  }

  add(id: unknown, { method, rawTarget }: InspectedRequest, inspection: Inspection): void {
    this.#requests++;
    const { action, class: found, score } = inspection;
    this.#actions.set(action, this.#actions.get(action)! + 1);
    if (action === 'pass') return;
    const counts = this.#classes.get(found ?? 'other') ?? new Map<InspectionAction, number>();
    this.#classes.set(found ?? 'other', counts);
    counts.set(action, (counts.get(action) ?? 0) + 1);
    const last = this.#worst.at(-1);
    if (this.#worst.length >= WORST_SHOWN && last !== undefined && last.inspection.score >= score) return;
    this.#worst.push({ id: idText(id), target: `${method} ${rawTarget.slice(0, 200)}`, inspection });
    this.#worst.sort((one, other) => other.inspection.score - one.inspection.score);
    this.#worst = this.#worst.slice(0, WORST_SHOWN);
  }

  /** Returns the whole report, with a final line end. */
  text(options: TextOptions): string {
    const stopped = ACTIONS.map((action) => `${formatCount(this.#actions.get(action)!)} ${action}`);
    const word = this.#requests === 1 ? 'request' : 'requests';
    const blocks = [`${formatCount(this.#requests)} ${word}: ${stopped.join(', ')}`];
    if (this.#classes.size > 0) blocks.push(this.#classTable(options), this.#worstTable(options));
    return `${blocks.join('\n\n')}\n`;
  }

  #classTable(options: TextOptions): string {
    const shown = ACTIONS.slice(1);
    const sum = (counts: ReadonlyMap<InspectionAction, number>): number =>
      [...counts.values()].reduce((all, one) => all + one, 0);
    const rows = [...this.#classes]
      .toSorted(([, one], [, other]) => sum(other) - sum(one))
      .map(([name, counts]) => [name, ...shown.map((action) => formatCount(counts.get(action) ?? 0))]);
    const columns = shown.map((title) => ({ title, align: 'right' as const }));
    return renderTable([{ title: 'class' }, ...columns], rows, options);
  }

  #worstTable(options: TextOptions): string {
    const rows = this.#worst.map(({ id, target, inspection: { action, score, reasons } }) => {
      const [reason] = reasons;
      const why =
        reason === undefined
          ? ''
          : `${reason.foundIn.placement} ${reason.foundIn.name}: ${reason.text} (${reason.detector})`;
      return [id, action, score.toFixed(3), target, why];
    });
    return renderTable(
      [
        { title: 'id', maxWidth: 24 },
        { title: 'action' },
        { title: 'score', align: 'right' },
        { title: 'request', maxWidth: 60 },
        { title: 'why' },
      ],
      rows,
      options,
    );
  }
}

function idText(id: unknown): string {
  return typeof id === 'string' ? id : JSON.stringify(id);
}
