// What PHP makes of generated requests is found among the parts, under the same names.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InspectedRequest } from '@parapet/kinds';
import { readParts } from '../../../../src/detectors/content/decode/index.ts';
import { hasPhp, PhpServer, type PhpValue } from './phpServer.ts';

/** More of them, and others each time, when set. */
const MORE = process.env['PARAPET_PHP_RUNS'];
const RUNS = Number(MORE ?? 150);
const SEED = MORE === undefined ? { seed: 1 } : {};
const skipped = hasPhp ? '' : ' (skipped: php is not installed)';

const PLACEMENTS: Readonly<Record<PhpValue['from'], string>> = {
  get: 'query',
  post: 'form multipart',
  cookie: 'cookie',
  file: 'file',
  filename: 'filename',
};

/** The values that PHP has and the parts lack. */
function missing(request: InspectedRequest, values: readonly PhpValue[]): string[] {
  const { parts } = readParts(request);
  const found = new Set(parts.map((part) => `${part.placement} ${withoutNumbers(part.name)}=${part.value}`));
  return (
    values
      // Files of bytes that are no text are looked into for code only.
      .filter(({ from, value }) => value !== '' && !(from === 'file' && value.includes('\0')))
      .filter(({ from, name, value }) =>
        PLACEMENTS[from]
          .split(' ')
          .every((placement) => !found.has(`${placement} ${withoutNumbers(name)}=${value}`)),
      )
      .map(({ from, name, value }) => `${from} ${name}=${value}`)
  );
}

function withoutNumbers(name: string): string {
  return name.replace(/\[-?\d*\]|\[\s\]/g, '[]');
}

function request(target: string, headers: readonly string[], body?: Buffer): InspectedRequest {
  return {
    method: body === undefined ? 'GET' : 'POST',
    rawTarget: target,
    headers: headers.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
    body,
    isBodyCut: false,
    site: '',
  };
}

const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    '1',
    '.',
    '[',
    ']',
    '[]',
    '[x]',
    '[ ]',
    '=',
    '=',
    '&',
    '&',
    '+',
    '%20',
    '%2',
    '%',
    '%5B',
    '%5D',
    '%26',
  ],
  ...['%3D', '%00', '%c3%a9', '%c0%ae', '%u0041', '_', '-', ';', '"', "'", '%0a', '{', '%09', 'p[q][r]'],
);
const pairs = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
const cookie = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      '1',
      '.',
      '[',
      ']',
      '=',
      '=',
      ';',
      '; ',
      '+',
      '%20',
      '%',
      '%3B',
      ' ',
      'é',
      '"',
      ',',
    ),
    { maxLength: 30 },
  )
  .map((pieces) => pieces.join('').trim());

const lineEnd = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r', '');
const word = fc.constantFrom(
  ...[
    'name',
    'name',
    'filename',
    'NAME',
    'filename*',
    'name*',
    'x',
    ' ',
    ';',
    '; ',
    '=',
    '=',
    '"',
    '"',
    "'",
    '\\',
    '\\"',
  ],
  ...['a', 'b[c]', 'd.e', '[', ']', 'form-data', '/', 'f.php', '\t', 'é', ','],
);
const disposition = fc.oneof(
  fc.constantFrom(
    'form-data; name="a"',
    'form-data; name="a.b[c][]"',
    'form-data; name="f"; filename="x.txt"',
    "form-data; name='a\"b'",
    'form-data; name=a; filename=',
    'form-data; filename="y"',
    'form-data;name="a\\"b\\\\c"',
  ),
  fc.array(word, { maxLength: 14 }).map((words) => `form-data; name="${words.join('')}`),
  fc.array(word, { maxLength: 14 }).map((words) => words.join('')),
);
const header = fc.oneof(
  { weight: 6, arbitrary: disposition.map((value) => `Content-Disposition: ${value}`) },
  { weight: 1, arbitrary: disposition.map((value) => `content-disposition:${value}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'Content-Type: text/plain',
      'X: y',
      ' folded; name="z"',
      'no colon',
      'Content-Disposition : form-data; name="q"',
      ': x',
    ),
  },
);
const value = fc
  .array(fc.constantFrom('v', 'w', ' ', '\r\n', '\n', '\r', '--B', '\r\n--B', '--', '\0', 'é', '<'), {
    maxLength: 8,
  })
  .map((pieces) => pieces.join(''));
const delimiter = fc.constantFrom(
  '--B',
  '--B',
  '--B',
  '--B',
  '--B',
  '--B--',
  '--B ',
  '-B',
  ' --B',
  '--Bx',
  '',
);
const formPart = fc
  .tuple(delimiter, lineEnd, fc.array(fc.tuple(header, lineEnd), { maxLength: 3 }), lineEnd, value, lineEnd)
  .map(
    ([start, end, headers, blank, body, after]) =>
      start + end + headers.flat().join('') + blank + body + after,
  );
const multipart = fc
  .tuple(
    fc.constantFrom('', '', 'text\r\n', '\r\n'),
    fc.array(formPart, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('--B--\r\n', '--B--', '', '--B\r\n'),
  )
  .map(([before, parts, end]) => Buffer.from(before + parts.join('') + end));
const multipartType = fc.oneof(
  { weight: 4, arbitrary: fc.constant('multipart/form-data; boundary=B') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'multipart/form-data; boundary="B"',
      'multipart/form-data; boundary=B; boundary=C',
      'multipart/form-data; boundary="B"x',
      'multipart/form-data; BOUNDARY=B,x',
      'multipart/form-data; xboundary=C; boundary=B',
      'multipart/form-data; boundary = B',
      'multipart/form-data;boundary="B',
    ),
  },
);

describe.skipIf(!hasPhp)(`as PHP has them${skipped}`, () => {
  let php: PhpServer;
  beforeAll(async () => {
    php = await PhpServer.start();
  });
  afterAll(() => php.stop());

  const check = async (target: string, headers: readonly string[], body?: Buffer): Promise<void> => {
    expect(missing(request(target, headers, body), await php.read(target, headers, body))).toEqual([]);
  };

  it('are the parameters of queries', async () => {
    expect(await php.read('/?a.b[c]=1', [])).toEqual([{ from: 'get', name: 'a_b[c]', value: '1' }]);
    await fc.assert(
      fc.asyncProperty(pairs, (query) => check(`/?${query.replaceAll(' ', '')}`, [])),
      { numRuns: RUNS, ...SEED },
    );
  });

  it('are the fields of forms', async () => {
    const type = 'Content-Type: application/x-www-form-urlencoded';
    await fc.assert(
      fc.asyncProperty(pairs, (body) => check('/', [type], Buffer.from(body))),
      { numRuns: RUNS, ...SEED },
    );
  });

  it('are the cookies', async () => {
    await fc.assert(
      fc.asyncProperty(cookie, (text) => check('/', [`Cookie: ${Buffer.from(text).toString('latin1')}`])),
      { numRuns: RUNS, ...SEED },
    );
  });

  it('are the fields and files of multipart bodies', async () => {
    await fc.assert(
      fc.asyncProperty(multipart, multipartType, (body, type) => check('/', [`Content-Type: ${type}`], body)),
      { numRuns: 2 * RUNS, ...SEED },
    );
  });
});
