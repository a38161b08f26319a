// Floats to text and back as Go's package strconv does.

// What toFixed and toExponential accept.
const DIGITS_MAX = 100;

/** strconv.FormatFloat(value, 'g', -1, 64), which `%v` uses: the shortest text that reads back the same. */
export function formatShortestFloat(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 6) return `${signOfZero(value)}${mantissa}${formatExponent(power)}`;
  return `${signOfZero(value)}${plain(mantissa, power)}`;
}

/** strconv.FormatFloat with a precision. */
export function formatFloat(value: number, verb: 'e' | 'f' | 'g', precision: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const sign = signOfZero(value);
  if (verb === 'f') return sign + toFixed(value, precision);
  if (verb === 'e') return sign + toExponent(value, precision);
  const digits = Math.max(1, precision);
  const [mantissa, exponent] = value.toExponential(Math.min(DIGITS_MAX, digits - 1)).split('e') as [
    string,
    string,
  ];
  const power = Number(exponent);
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  if (power < -4 || power >= digits) return `${sign}${trimmed}${formatExponent(power)}`;
  return sign + plain(trimmed, power);
}

/** strconv.FormatFloat(value, 'x', precision, 64): `0x1.8p+00`. */
export function formatHexFloat(value: number, precision: number | undefined): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const sign = bits.getUint8(0) >= 128 ? '-' : '';
  let power = (bits.getUint16(0) >> 4) & 0x7ff;
  let mantissa = bits.getBigUint64(0) & 0xfffffffffffffn;
  if (power > 0) mantissa |= 1n << 52n;
  power = value === 0 ? 0 : Math.max(power, 1) - 1023;
  for (; mantissa > 0n && mantissa >> 52n === 0n; power--) mantissa <<= 1n;
  if (precision !== undefined && precision < 13) {
    // Half to even.
    const drop = BigInt(52 - precision * 4);
    const half = 1n << (drop - 1n);
    const kept = mantissa >> drop;
    const rest = mantissa & ((1n << drop) - 1n);
    mantissa = (kept + (rest > half || (rest === half && (kept & 1n) === 1n) ? 1n : 0n)) << drop;
    if (mantissa >> 53n === 1n) {
      mantissa >>= 1n;
      power++;
    }
  }
  const digits = (mantissa & 0xfffffffffffffn).toString(16).padStart(13, '0');
  const fraction =
    precision === undefined ? digits.replace(/0+$/, '') : digits.slice(0, precision).padEnd(precision, '0');
  const shown = fraction === '' ? '' : `.${fraction}`;
  return `${sign}0x${mantissa >> 52n}${shown}p${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** strconv.ParseFloat: undefined where it reports a syntax error; an overflow is an infinity. */
export function parseFloat64(text: string): number | undefined {
  if (/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special === null) return parseHexFloat(text);
  if (special[2]!.toLowerCase() === 'nan') return special[1] === '' ? NaN : undefined;
  return special[1] === '-' ? -Infinity : Infinity;
}

// 0x1.8p3, with underscores between digits allowed; the binary exponent is not optional.
function parseHexFloat(text: string): number | undefined {
  const match = /^([+-]?)0[xX]_?([\da-fA-F_]*)(?:\.([\da-fA-F_]*))?[pP]([+-]?\d+)$/.exec(text);
  if (match === null || /__|_\.|\._|_[pP]/.test(text)) return undefined;
  const whole = match[2]!.replaceAll('_', '');
  const fraction = (match[3] ?? '').replaceAll('_', '');
  if (whole + fraction === '') return undefined;
  const digits = Array.from(whole + fraction, (digit) => Number.parseInt(digit, 16));
  const mantissa = digits.reduce((sum, digit) => sum * 16 + digit, 0);
  const value = mantissa * 2 ** (Number(match[4]) - 4 * fraction.length);
  return match[1] === '-' ? -value : value;
}

function notFinite(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

// JavaScript prints -0 without its sign.
function signOfZero(value: number): string {
  return Object.is(value, -0) ? '-' : '';
}

function formatExponent(power: number): string {
  return `e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

// 1.25e1 as 12.5
function plain(mantissa: string, power: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace('-', '').replace('.', '');
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`;
  if (digits.length <= power + 1) return sign + digits + '0'.repeat(power + 1 - digits.length);
  return `${sign}${digits.slice(0, power + 1)}.${digits.slice(power + 1)}`;
}

// Number.toFixed stops at 1e21 and at 100 digits; beyond, a double has no digits that are not known exactly.
function toFixed(value: number, precision: number): string {
  if (Math.abs(value) >= 1e21) return BigInt(value) + (precision > 0 ? `.${'0'.repeat(precision)}` : '');
  if (precision <= DIGITS_MAX) return value.toFixed(precision);
  return value.toFixed(DIGITS_MAX) + '0'.repeat(precision - DIGITS_MAX);
}

function toExponent(value: number, precision: number): string {
  const [mantissa, exponent] = value.toExponential(Math.min(DIGITS_MAX, precision)).split('e') as [
    string,
    string,
  ];
  const padding = '0'.repeat(Math.max(0, precision - DIGITS_MAX));
  return mantissa + padding + formatExponent(Number(exponent));
}
