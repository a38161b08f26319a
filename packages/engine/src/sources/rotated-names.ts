// What a log file is called after it was rotated: logrotate's numbers and dates, with and without `extension`,
// and the date forms of the usual logging libraries.

export interface RotatedName {
  /** The name the file had while it was written. */
  readonly base: string;
  /** Higher is younger, among names of the same style. */
  readonly style: 'number' | 'date' | 'old';
  readonly rank: number | string;
  readonly compression: 'none' | 'gzip' | 'other';
}

const DATE = String.raw`\d{4}-?\d{2}(?:-?\d{2})?(?:[-_.T]?\d[\d:-]{0,14})?`;
const AFTER_NAME = new RegExp(`^(.+?)(?:\\.(\\d{1,3})|[.-](${DATE})|\\.(old))$`);
const BEFORE_EXTENSION = new RegExp(`^(.+?)(?:\\.(\\d{1,3})|[._-](${DATE}))(\\.[A-Za-z]\\w*)$`);

/** Returns what the file was called before rotation, in each way the name can be read. */
export function rotatedNames(name: string): readonly RotatedName[] {
  const compressed = /\.(gz|bz2|xz|zst|Z)$/.exec(name);
  const compression = compressed === null ? 'none' : compressed[1] === 'gz' ? 'gzip' : 'other';
  const plain = compressed === null ? name : name.slice(0, compressed.index);
  const found: RotatedName[] = [];
  const after = AFTER_NAME.exec(plain);
  if (after !== null) found.push({ base: after[1]!, ...ranked(after[2], after[3]), compression });
  const before = BEFORE_EXTENSION.exec(plain);
  if (before !== null) {
    found.push({ base: `${before[1]}${before[4]}`, ...ranked(before[2], before[3]), compression });
  }
  return found;
}

export function isCompressedName(name: string): boolean {
  return /\.(gz|bz2|xz|zst|Z)$/.test(name);
}

function ranked(number: string | undefined, date: string | undefined): Pick<RotatedName, 'style' | 'rank'> {
  if (number !== undefined) return { style: 'number', rank: -Number(number) };
  if (date !== undefined) return { style: 'date', rank: date };
  return { style: 'old', rank: 0 };
}
