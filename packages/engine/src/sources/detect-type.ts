// Says from its first lines what kind of log a file is, so that nobody has to know the name of a format. Each line
// votes for one shape; a file is of the type that most of its lines vote for.

export type LogType =
  | 'nginx'
  | 'apache2'
  | 'syslog'
  | 'drupal'
  | 'drupal-watchdog'
  | 'signal'
  | 'docker'
  | 'caddy'
  | 'traefik'
  | 'json';

export interface DetectedType {
  /** Undefined when the lines look like nothing known. */
  readonly type: LogType | undefined;
  /** 0 to 1: the share of the lines that agree, less where another type writes the same lines. */
  readonly confidence: number;
  /** For the user: what was recognised, and what to do when it is wrong. */
  readonly sentence: string;
}

type Shape =
  | 'combined'
  | 'apache-common'
  | 'apache-vhost'
  | 'apache-error'
  | 'nginx-error'
  | 'syslog-3164'
  | 'syslog-5424'
  | 'syslog-iso'
  | 'drupal'
  | 'drupal-watchdog'
  | 'signal'
  | 'docker'
  | 'caddy'
  | 'traefik'
  | 'json';

const SHAPES: Readonly<Record<Shape, { type: LogType; name: string }>> = {
  combined: { type: 'nginx', name: 'access log in combined format' },
  'apache-common': { type: 'apache2', name: 'Apache access log in common format' },
  'apache-vhost': { type: 'apache2', name: 'Apache access log with virtual hosts' },
  'apache-error': { type: 'apache2', name: 'Apache error log' },
  'nginx-error': { type: 'nginx', name: 'nginx error log' },
  'syslog-3164': { type: 'syslog', name: 'syslog' },
  'syslog-5424': { type: 'syslog', name: 'syslog in the form of RFC 5424' },
  'syslog-iso': { type: 'syslog', name: 'syslog with ISO dates' },
  drupal: { type: 'drupal', name: "Drupal's syslog lines" },
  'drupal-watchdog': { type: 'drupal-watchdog', name: "an export of Drupal's watchdog as JSON lines" },
  signal: { type: 'signal', name: 'what applications tell, one record a line' },
  docker: { type: 'docker', name: "Docker's JSON log" },
  caddy: { type: 'caddy', name: 'Caddy access log (JSON)' },
  traefik: { type: 'traefik', name: 'Traefik access log (JSON)' },
  json: { type: 'json', name: 'JSON lines' },
};

const MAX_LINES = 200;
const MAX_LENGTH = 4096;

/** Returns the type of a log; the path, when there is one, decides between servers that write the same lines. */
export function detectLogType(lines: readonly string[], path = ''): DetectedType {
  const votes = new Map<Shape, number>();
  const sample = lines.filter((line) => line.trim() !== '').slice(0, MAX_LINES);
  for (const line of sample) {
    const shape = shapeOf(line.slice(0, MAX_LENGTH));
    if (shape !== undefined) votes.set(shape, (votes.get(shape) ?? 0) + 1);
  }
  const byType = new Map<LogType, number>();
  for (const [shape, count] of votes) {
    const { type } = SHAPES[shape];
    byType.set(type, (byType.get(type) ?? 0) + count);
  }
  // A few lines of Drupal among those of other programs do not make a syslog Drupal's own.
  const drupal = byType.get('drupal') ?? 0;
  if (drupal > 0 && byType.has('syslog')) {
    byType.set('syslog', byType.get('syslog')! + drupal);
    byType.delete('drupal');
  }
  const best = [...byType].sort((a, b) => b[1] - a[1])[0];
  if (best === undefined) {
    const why = sample.length === 0 ? 'The log is still empty' : 'The lines look like no known log';
    return { type: undefined, confidence: 0, sentence: `${why}; say what it is with --type.` };
  }
  const share = best[1] / sample.length;
  const shape = [...votes].filter(([one]) => SHAPES[one].type === best[0]).sort((a, b) => b[1] - a[1])[0]![0];
  return describe(best[0], shape, share, sample, path);
}

function describe(
  type: LogType,
  shape: Shape,
  share: number,
  sample: readonly string[],
  path: string,
): DetectedType {
  const part = share === 1 ? 'all' : `${Math.max(1, Math.round(share * 100))} %`;
  const found = `${part} of the first ${sample.length} lines`;
  const name = SHAPES[shape].name;
  if (shape !== 'combined') {
    return {
      type,
      confidence: share,
      sentence: `This is ${name} (${found}); another type is set with --type.`,
    };
  }
  const server = combinedServer(sample, path);
  if (server.why !== undefined) {
    return {
      type: server.type,
      confidence: share * 0.95,
      sentence: `This is an ${name} of ${server.type} (${found}; ${server.why}); another type is set with --type.`,
    };
  }
  return {
    type: server.type,
    confidence: share * 0.8,
    sentence: `This is an ${name} (${found}), which nginx and Apache both write; it is read as nginx, --type apache2 reads it as Apache's.`,
  };
}

/** nginx and Apache write the same combined lines but for details. */
function combinedServer(
  sample: readonly string[],
  path: string,
): { type: 'nginx' | 'apache2'; why?: string } {
  if (/nginx|openresty/i.test(path)) return { type: 'nginx', why: 'its path names nginx' };
  if (/apache|httpd/i.test(path)) return { type: 'apache2', why: 'its path names Apache' };
  // Where nothing was sent Apache writes `-` and nginx 0; nginx never knows an identd.
  if (sample.some((line) => /" \d{3} - "/.test(line)))
    return { type: 'apache2', why: 'it writes - for no bytes' };
  if (sample.some((line) => /^\S+ (?!- )\S+ \S+ \[/.test(line) && !/^\S+ \S+ - /.test(line))) {
    return { type: 'apache2', why: 'it names an identd' };
  }
  return { type: 'nginx' };
}

const TIME = String.raw`\[\d{1,2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\]`;
const REQUEST = String.raw`"(?:[^"\\]|\\.)*"`;
const COMMON = new RegExp(
  String.raw`^\S+ \S+ (?:\S+|"[^"]*"|[^[\]"]{1,64}) ${TIME} ${REQUEST} (?:\d{3}|-) (?:\d+|-)( ${REQUEST} ${REQUEST})?`,
);
const VHOST = new RegExp(String.raw`^[\w.*-]+:\d+ \S+ \S+ \S+ ${TIME} ${REQUEST} \d{3} (?:\d+|-)`);
const SYSLOG_3164 =
  /^(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} (\S+) ([^:[\s]{1,64})(?:\[\d+\])?: ?/;
const SYSLOG_5424 = /^<\d{1,3}>1 \S+ \S+ (\S+) \S+ \S+ (?:-|\[)/;
const SYSLOG_ISO =
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})? (\S+) ([^:[\s]{1,64})(?:\[\d+\])?: ?/;
// base_url|timestamp|type|ip|request_uri|referer|uid|link|message
const DRUPAL = /^https?:\/\/[^|\s]+\|\d{9,11}\|[^|]{1,64}\|[\d.a-fA-F:]*\|/;

function shapeOf(line: string): Shape | undefined {
  if (line.startsWith('{')) return jsonShape(line);
  if (VHOST.test(line)) return 'apache-vhost';
  const common = COMMON.exec(line);
  if (common !== null) return common[1] === undefined ? 'apache-common' : 'combined';
  if (DRUPAL.test(line)) return 'drupal';
  for (const [shape, pattern] of [
    ['syslog-3164', SYSLOG_3164],
    ['syslog-iso', SYSLOG_ISO],
  ] as const) {
    const found = pattern.exec(line);
    if (found !== null) return DRUPAL.test(line.slice(found[0].length)) ? 'drupal' : shape;
  }
  if (SYSLOG_5424.test(line)) return /https?:\/\/[^|\s]+\|\d{9,11}\|/.test(line) ? 'drupal' : 'syslog-5424';
  if (/^\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2} \[\w+\] \d+#\d+: /.test(line)) return 'nginx-error';
  if (/^\[[A-Z][a-z]{2} [A-Z][a-z]{2} \d{2} [\d:.]+ \d{4}\] \[[\w:-]+\] /.test(line)) return 'apache-error';
  return undefined;
}

function jsonShape(line: string): Shape | undefined {
  const keys = topKeys(line);
  if (keys === undefined) return undefined;
  const has = (...names: readonly string[]): boolean => names.every((name) => keys.has(name));
  if (has('log', 'stream', 'time')) return 'docker';
  // A row of the watchdog table, and a record as a Drupal logger gets it.
  if (has('type', 'message', 'severity', 'hostname', 'timestamp')) return 'drupal-watchdog';
  if (has('message', 'level', 'context') && line.includes('"request_uri"')) return 'drupal-watchdog';
  if (has('type') && [...keys].every((key) => SIGNAL_KEYS.has(key)) && SIGNAL_TYPE.test(line))
    return 'signal';
  if (has('request', 'status') && line.includes('"remote_ip"')) return 'caddy';
  if (has('ClientHost', 'RequestMethod')) return 'traefik';
  return 'json';
}

/** As in docs/signals.md: no other key is taken, and the type is words with dots between. */
const SIGNAL_KEYS: ReadonlySet<string> = new Set('id time type site ip user session attributes'.split(' '));
const SIGNAL_TYPE = /"type":\s*"[a-z][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9_-]*)+"/;

/** The keys of a JSON object; a line that was cut at its length limit is looked through for what it holds. */
function topKeys(line: string): ReadonlySet<string> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? new Set(Object.keys(value)) : undefined;
  } catch {
    if (line.length < MAX_LENGTH) return undefined;
    return new Set([...line.matchAll(/"(\w{1,40})":/g)].map((match) => match[1]!));
  }
}
