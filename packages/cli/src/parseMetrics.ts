// Reads the text format of Prometheus, as far as counters and gauges need it. Lines that are none are left out.

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t]*$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

export function parseMetrics(text: string): readonly Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    const match = line.startsWith('#') ? null : LINE.exec(line.replace(/\r$/, ''));
    if (match === null) continue;
    const [, name, labels = '', written] = match;
    const value = numberOf(written!);
    if (value === undefined) continue;
    const pairs = [...labels.matchAll(LABEL)].map(([, key, quoted]) => [key!, unescape(quoted!)] as const);
    samples.push({ name: name!, labels: Object.fromEntries(pairs), value });
  }
  return samples;
}

function numberOf(written: string): number | undefined {
  if (written === '+Inf') return Infinity;
  if (written === '-Inf') return -Infinity;
  const value = Number(written);
  return Number.isNaN(value) ? undefined : value;
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}
