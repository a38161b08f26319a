// Makes the bytes of a request from a template's words, as nuclei would send them: the length of the body is counted,
// the connection is closed behind the answer, and a client's usual headers are added where the template has none.
// An unsafe request is sent as it is written.

/** Where requests go: what `{{Hostname}}` and `{{BaseURL}}` stand for. */
export interface Target {
  /** `127.0.0.1:8080`. */
  readonly hostname: string;
}

export interface BuiltRequest {
  readonly method: string;
  /** Path and query, for messages. */
  readonly target: string;
  /** One character a byte. */
  readonly bytes: string;
  /** How long the answer may take, where the template says so. */
  readonly timeoutMs: number | undefined;
}

export type Built =
  | { readonly ok: true; readonly request: BuiltRequest }
  | { readonly ok: false; readonly reason: string };

type Header = readonly [name: string, value: string];

/** A client like any other, so that only the request itself is judged. */
const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';

/** What a block says beside its raw requests. */
export interface RawExtras {
  readonly isUnsafe: boolean;
  /** In the place of the request's own of the same names. */
  readonly headers: readonly Header[];
  /** In the place of the request's own, unless it is empty. */
  readonly body: string;
}

/** Makes a request of a whole one: annotations, request line, headers, an empty line, body. */
export function buildRaw(raw: string, extras: RawExtras, target: Target, cookies: string): Built {
  const { text, timeoutMs } = withoutAnnotations(raw);
  const lineEnd = text.indexOf('\r\n');
  const parts = text
    .slice(0, lineEnd < 0 ? text.length : lineEnd)
    .split(/\s+/)
    .filter((part) => part !== '');
  const path = parts.length === 2 && parts[1]!.startsWith('HTTP') ? '' : (parts[1] ?? '');
  const method = parts[0] ?? '';
  if (extras.isUnsafe) {
    // YAML may have taken the empty line that ends a head, and nobody answers half a head.
    const bytes = text.includes('\r\n\r\n') ? text : `${text.replace(/(?:\r\n)?$/, '')}\r\n\r\n`;
    return { ok: true, request: { method, target: path, bytes, timeoutMs } };
  }
  if (parts.length < 2) return { ok: false, reason: `'${text.slice(0, 80)}' is no request` };
  const own = headAndBody(lineEnd < 0 ? '' : text.slice(lineEnd + 2));
  const headers = [...own.headers.filter(([name]) => !has(extras.headers, name)), ...extras.headers];
  const body = extras.body === '' ? own.body : extras.body;
  return { ok: true, request: { ...assemble(method, path, headers, body, target, cookies), timeoutMs } };
}

/** Makes a request of method, address, headers and body. */
export function buildPlain(
  fields: { method: string; path: string; headers: readonly Header[]; body: string },
  target: Target,
  cookies: string,
): Built {
  const defaults: Header[] = [
    ['Accept', '*/*'],
    ['Accept-Language', 'en'],
  ];
  const headers = [...fields.headers, ...defaults.filter(([name]) => !has(fields.headers, name))];
  return {
    ok: true,
    request: {
      ...assemble(fields.method, fields.path, headers, fields.body, target, cookies),
      timeoutMs: undefined,
    },
  };
}

/** Lines such as `@timeout: 20s` before the request line; the others say where to send it, which is always here. */
function withoutAnnotations(raw: string): { text: string; timeoutMs: number | undefined } {
  let text = raw;
  let timeoutMs: number | undefined;
  while (text.startsWith('@')) {
    const end = text.indexOf('\r\n');
    const line = end < 0 ? text : text.slice(0, end);
    const seconds = /^@timeout:\s*([0-9.]+)(ms|s|m)?/.exec(line);
    if (seconds !== null) timeoutMs = Number(seconds[1]) * UNITS[seconds[2] ?? 's']!;
    text = end < 0 ? '' : text.slice(end + 2);
  }
  return { text, timeoutMs };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** A header that is there twice counts once, with its last value; a line without a colon repeats the last value. */
function headAndBody(text: string): { headers: readonly Header[]; body: string } {
  const headers = new Map<string, string>();
  let at = 0;
  let value = '';
  let isMultipart = false;
  while (at < text.length) {
    const end = text.indexOf('\r\n', at);
    const line = text.slice(at, end < 0 ? text.length : end).trim();
    at = end < 0 ? text.length : end + 2;
    if (line === '') break;
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    if (colon >= 0) value = line.slice(colon + 1).trim();
    if (/content-type/i.test(name) && value.includes('multipart/')) isMultipart = true;
    headers.set(name, value);
  }
  const body = text.slice(at);
  return { headers: [...headers], body: !isMultipart && body.endsWith('\r\n') ? body.slice(0, -2) : body };
}

function assemble(
  method: string,
  written: string,
  given: readonly Header[],
  body: string,
  target: Target,
  cookies: string,
): Omit<BuiltRequest, 'timeoutMs'> {
  const { path, host } = readAddress(written);
  const lines: string[] = [`${method} ${path} HTTP/1.1`];
  const hostOf = given.find(([name]) => name.toLowerCase() === 'host')?.[1];
  lines.push(`Host: ${hostOf ?? host ?? target.hostname}`);
  for (const [name, value] of given) {
    const lower = name.toLowerCase();
    // The client counts and frames for itself, whatever the template says.
    if (
      lower === 'host' ||
      lower === 'content-length' ||
      lower === 'transfer-encoding' ||
      lower === 'connection'
    )
      continue;
    // Given without a value, a client's own name is not sent at all.
    if (lower === 'user-agent' && value === '') continue;
    if (name !== '')
      lines.push(`${name}: ${lower === 'cookie' && cookies !== '' ? `${value}; ${cookies}` : value}`);
  }
  if (!has(given, 'User-Agent')) lines.push(`User-Agent: ${USER_AGENT}`);
  if (!has(given, 'Accept-Encoding')) lines.push('Accept-Encoding: gzip');
  if (cookies !== '' && !has(given, 'Cookie')) lines.push(`Cookie: ${cookies}`);
  const hasBody = body !== '' || method === 'POST' || method === 'PUT' || method === 'PATCH';
  if (hasBody) lines.push(`Content-Length: ${body.length}`);
  lines.push('Connection: close');
  return { method, target: path, bytes: `${lines.join('\r\n')}\r\n\r\n${body}` };
}

function has(headers: readonly Header[], wanted: string): boolean {
  return headers.some(([name]) => name.toLowerCase() === wanted.toLowerCase());
}

/** A whole address gives path and host; what ends a request line is escaped, and a fragment is not sent. */
function readAddress(written: string): { path: string; host: string | undefined } {
  const parts = /^https?:\/\/([^/?#]*)(.*)$/s.exec(written);
  const rest = parts === null ? written : parts[2]!;
  const [sent = ''] = rest.split('#');
  const path = sent.startsWith('/') ? sent : `/${sent}`;
  const escaped = path.replace(
    /[\x00-\x20\x7f]/g,
    (one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
  return { path: escaped, host: parts?.[1] === '' ? undefined : parts?.[1] };
}
