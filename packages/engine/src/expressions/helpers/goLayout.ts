// A Go time layout (package time, "Layout" constants) cut into its elements: `02/Jan/2006:15:04:05 -0700`.

export type LayoutElement =
  | 'year4'
  | 'year2'
  | 'month'
  | 'month2'
  | 'monthShort'
  | 'monthLong'
  | 'weekdayShort'
  | 'weekdayLong'
  | 'day'
  | 'dayPadded'
  | 'day2'
  | 'yearDayPadded'
  | 'yearDay3'
  | 'hour24'
  | 'hour12'
  | 'hour12x2'
  | 'minute'
  | 'minute2'
  | 'second'
  | 'second2'
  | 'PM'
  | 'pm'
  | 'zone'
  | 'fractionFixed'
  | 'fractionLoose'
  | OffsetElement;

/** Numeric offsets; the ones with `Z` write and read UTC as the letter Z. */
export type OffsetElement =
  | '-0700'
  | '-070000'
  | '-07'
  | '-07:00'
  | '-07:00:00'
  | 'Z0700'
  | 'Z070000'
  | 'Z07'
  | 'Z07:00'
  | 'Z07:00:00';

export type LayoutStep =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'element';
      readonly element: LayoutElement;
      /** The number of digits of a fraction, 0 for everything else. */
      readonly digits: number;
      /** The `.` or `,` before a fraction. */
      readonly mark: string;
      /** Whether the next element is a fraction: these seconds then leave it alone. */
      isFractionNext: boolean;
    };

// Longer names before their prefixes: the first that fits is taken.
const NAMES: readonly (readonly [string, LayoutElement])[] = [
  ['January', 'monthLong'],
  ['Jan', 'monthShort'],
  ['Monday', 'weekdayLong'],
  ['Mon', 'weekdayShort'],
  ['MST', 'zone'],
  ['002', 'yearDay3'],
  ['01', 'month2'],
  ['02', 'day2'],
  ['03', 'hour12x2'],
  ['04', 'minute2'],
  ['05', 'second2'],
  ['06', 'year2'],
  ['15', 'hour24'],
  ['1', 'month'],
  ['2006', 'year4'],
  ['2', 'day'],
  ['__2', 'yearDayPadded'],
  ['_2', 'dayPadded'],
  ['3', 'hour12'],
  ['4', 'minute'],
  ['5', 'second'],
  ['PM', 'PM'],
  ['pm', 'pm'],
  ['-070000', '-070000'],
  ['-07:00:00', '-07:00:00'],
  ['-0700', '-0700'],
  ['-07:00', '-07:00'],
  ['-07', '-07'],
  ['Z070000', 'Z070000'],
  ['Z07:00:00', 'Z07:00:00'],
  ['Z0700', 'Z0700'],
  ['Z07:00', 'Z07:00'],
  ['Z07', 'Z07'],
];

const LAYOUTS_REMEMBERED_MAX = 256;
const remembered = new Map<string, readonly LayoutStep[]>();

/** Returns the layout's steps; the last layouts asked for are remembered. */
export function compileLayout(layout: string): readonly LayoutStep[] {
  let steps = remembered.get(layout);
  if (steps === undefined) {
    if (remembered.size >= LAYOUTS_REMEMBERED_MAX) remembered.clear();
    steps = cutLayout(layout);
    remembered.set(layout, steps);
  }
  return steps;
}

function cutLayout(layout: string): readonly LayoutStep[] {
  const steps: LayoutStep[] = [];
  let literal = '';
  let i = 0;
  while (i < layout.length) {
    // `_2006` is an underscore before a year, not a padded day before `006`.
    const step = layout.startsWith('_2006', i) ? undefined : elementAt(layout, i);
    if (step === undefined) {
      literal += layout[i]!;
      i++;
      continue;
    }
    if (literal !== '') steps.push({ kind: 'literal', text: literal });
    literal = '';
    const { element, digits, mark } = step;
    const last = steps.findLast((earlier) => earlier.kind === 'element');
    if (last?.kind === 'element') last.isFractionNext = digits > 0;
    steps.push({ kind: 'element', element, digits, mark, isFractionNext: false });
    i += step.length;
  }
  if (literal !== '') steps.push({ kind: 'literal', text: literal });
  return steps;
}

interface ElementAt {
  readonly element: LayoutElement;
  readonly digits: number;
  readonly mark: string;
  readonly length: number;
}

function elementAt(layout: string, at: number): ElementAt | undefined {
  const fraction = fractionAt(layout, at);
  if (fraction !== undefined) return fraction;
  for (const [name, element] of NAMES) {
    if (!layout.startsWith(name, at)) continue;
    const isWord = name === 'Jan' || name === 'Mon';
    if (isWord && /[a-z]/.test(layout.charAt(at + name.length))) continue; // "Month" is no weekday
    return { element, digits: 0, mark: '', length: name.length };
  }
  return undefined;
}

// `.000` is exactly three digits, `.999` any number of them, if there are any.
function fractionAt(layout: string, at: number): ElementAt | undefined {
  const mark = layout[at];
  if (mark !== '.' && mark !== ',') return undefined;
  const digit = layout[at + 1];
  if (digit !== '0' && digit !== '9') return undefined;
  let end = at + 1;
  while (layout[end] === digit) end++;
  if (/\d/.test(layout.charAt(end))) return undefined;
  const element = digit === '0' ? 'fractionFixed' : 'fractionLoose';
  return { element, digits: end - at - 1, mark, length: end - at };
}
