import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { compileExpression, parseExpression } from '../../../src/expressions/index.ts';
import { absentHelpers } from '../../../src/expressions/helpers/absent.ts';
import { DataFiles, missingDataFiles } from '../../../src/expressions/helpers/dataFiles.ts';
import { createHelpers } from '../../../src/expressions/helpers/index.ts';
import { Stash } from '../../../src/expressions/helpers/stash.ts';
import { bench, plain } from './call.ts';

const SHARED = process.env['PARAPET_SHARED'] ?? path.resolve('../shared');

function filesOf(...entries: [name: string, type: string, text: string][]): DataFiles {
  const files = new DataFiles();
  for (const [name, type, text] of entries) expect(files.add(name, type, text)).toEqual([]);
  return files;
}

it('gives the lines of a word list, without comments and empty lines', () => {
  const files = filesOf(['words.txt', 'string', '# list\r\nsqlmap\r\n\r\n nikto \n']);
  const { call, log } = bench({ dataFiles: files });
  expect(call('File', 'words.txt')).toEqual(['sqlmap', ' nikto ']);
  expect(log).toEqual([]);
});

it('answers with nothing for a file that is not there, and says so once', () => {
  const { call, log } = bench();
  expect(call('File', 'none.txt')).toEqual([]);
  expect(call('File', 'none.txt')).toEqual([]);
  expect(call('RegexpInFile', 'a', 'none.txt')).toBe(false);
  expect(call('FileMap', 'none.txt')).toEqual([]);
  expect(call('LookupFile', 'a', 'none.txt')).toBe('');
  expect(call('MatchKnownBot', '1.2.3.4', 'ua', '/', 'none.txt')).toBe(false);
  expect(log).toHaveLength(3);
});

it('keeps a file that was read first under its name and type, and ignores one without a type', () => {
  const files = filesOf(['a', 'string', 'one'], ['a', 'string', 'two'], ['a', 'regexp', 'o']);
  expect(files.add('geo.mmdb', undefined, '\u0000')).toEqual([]);
  expect(files.strings('a')).toEqual(['one']);
  expect(files.regexps('a')?.matches('foo')).toBe(true);
  expect(files.has('geo.mmdb', 'string')).toBe(false);
});

it('matches patterns anywhere in the text, and reports the line of a bad one', () => {
  const files = new DataFiles();
  const problems = files.add('ua.txt', 'regexp', '# agents\n(?i)sqlmap\na(b\n^curl/\\d+');
  expect(problems).toMatchObject([{ code: 'E_DATA_FILE_PATTERN', file: 'ua.txt', line: 3 }]);
  const { call } = bench({ dataFiles: files });
  for (const [userAgent, isMatch] of [
    ['Mozilla SQLMap/1.0', true],
    ['curl/8.1', true],
    ['xcurl/8.1', false],
    ['', false],
  ] as const) {
    expect(call('RegexpInFile', userAgent, 'ua.txt'), userAgent).toBe(isMatch);
  }
});

it('remembers a bounded number of texts', () => {
  const { call } = bench({ dataFiles: filesOf(['n', 'regexp', '7$']) });
  const wrong = Array.from({ length: 20_000 }, (_, i) => i).filter(
    (i) => call('RegexpInFile', `agent ${i}`, 'n') !== (i % 10 === 7),
  );
  expect(wrong).toEqual([]);
});

it('looks a text up: equal first, then contained, then by regular expression', () => {
  const rows = [
    { pattern: '/admin', tag: 'contained', type: 'contains' },
    { pattern: '^/adm', tag: 'first pattern', type: 'regex' },
    { pattern: 'adm', tag: 'second pattern', type: 'regex' },
    { pattern: '/admin', tag: 'equal', type: 'equals' },
    { pattern: 'min/x', tag: 'further right', type: 'contains' },
    { pattern: '/admin/x', tag: 'later row', type: 'contains' },
  ];
  const text = rows.map((row) => JSON.stringify(row)).join('\n');
  const { call } = bench({ dataFiles: filesOf(['map.json', 'map', text]) });
  for (const [path_, tag] of [
    ['/admin', 'equal'],
    ['/admin/x', 'contained'],
    ['xmin/x', 'further right'],
    ['/adm', 'first pattern'],
    ['/x/adm', 'second pattern'],
    ['/', ''],
  ] as const) {
    expect(call('LookupFile', path_, 'map.json'), path_).toBe(tag);
  }
  expect(plain(call('FileMap', 'map.json'))).toEqual(rows);
});

it('reports the rows of a map that cannot be used, and uses the others', () => {
  const files = new DataFiles();
  const problems = files.add(
    'map.json',
    'map',
    [
      '{"pattern": "a", "tag": "t", "type": "equals", "note": "x"}',
      'not json',
      '{"tag": "t", "type": "equals"}',
      '{"pattern": "a", "type": "equals"}',
      '{"pattern": "a", "tag": "t", "type": "glob"}',
      '{"pattern": "a", "tag": 5, "type": "equals"}',
      '{"pattern": "a(", "tag": "t", "type": "regex"}',
    ].join('\n'),
  );
  expect(problems.map((problem) => problem.line)).toEqual([2, 3, 4, 5, 6, 7]);
  expect(files.map('map.json')?.tag('a')).toBe('t');
  expect(files.add('x', 'csv', '')).toMatchObject([{ code: 'E_DATA_FILE_TYPE' }]);
});

const BOTS = `
{"name":"crawler","user_agent":"goodbot","rdns":["(^|\\\\.)goodbot\\\\.example$"]}
{"name":"uptime","user_agent":"uptime","paths":["^/health(/|$)"],"ranges":["192.0.2.0/24","2001:db8::/48"]}
{"name":"office","ips":["198.51.100.7"]}`;

it('knows a bot by its address, its range, or a name that is confirmed', () => {
  const asked: string[] = [];
  const { call } = bench({
    dataFiles: filesOf(['bots', 'bots', BOTS]),
    network: {
      lookupHost: () => [],
      confirmedNames: (ip) => {
        asked.push(ip);
        return ip === '203.0.113.9' ? ['c1.goodbot.example'] : ['evilgoodbot.example'];
      },
      request: () => ({ statusCode: 200, body: '', headers: [] }),
    },
  });
  for (const [ip, userAgent, path_, isKnown] of [
    ['198.51.100.7', 'anything', '/', true],
    ['198.51.100.7:443', 'anything', '/', true],
    ['198.51.100.8', 'anything', '/', false],
    ['192.0.2.200', 'UpTime/1', '/health/x', true],
    ['::ffff:192.0.2.200', 'uptime', '/health', true],
    ['[2001:db8::1]:80', 'uptime', '/health', true],
    ['192.0.2.200', 'uptime', '/login', false],
    ['192.0.2.200', 'curl', '/health', false],
    ['203.0.113.9', 'GoodBot', '/', true],
    ['203.0.113.10', 'GoodBot', '/', false],
    ['203.0.113.9', 'curl', '/', false],
    ['no address', 'GoodBot', '/', false],
  ] as const) {
    expect(call('MatchKnownBot', ip, userAgent, path_, 'bots'), `${ip} ${userAgent} ${path_}`).toBe(isKnown);
  }
  expect(asked).toEqual(['203.0.113.9', '203.0.113.10']);
});

it('refuses bots that anyone could claim to be', () => {
  const files = new DataFiles();
  const lines = [
    '{"name":"a","user_agent":"x"}',
    '{"ips":["1.2.3.4"]}',
    '{"name":"a","ips":["1.2.3"]}',
    '{"name":"a","ranges":["1.2.3.4"]}',
    '{"name":"a","rdns":[""]}',
    '{"name":"a","rdns":["("]}',
    '{"name":"a","ips":["1.2.3.4"],"asn":5}',
    '[1]',
  ];
  expect(files.add('bots', 'bots', lines.join('\n'))).toHaveLength(lines.length);
});

it('finds the files that an expression names and that are not there', () => {
  const files = filesOf(['a.txt', 'string', 'x'], ['b.txt', 'regexp', 'x']);
  const source = `any(File("a.txt"), {# == x}) || RegexpInFile(x, "a.txt") || LookupFile(x, "c") != "" || RegexpInFile(x, "b.txt")`;
  const parsed = parseExpression(source);
  const missing = parsed.ok ? missingDataFiles(parsed.ast, files) : [];
  expect(missing).toEqual([
    { name: 'a.txt', type: 'regexp', offset: source.indexOf('"a.txt")', 20) },
    { name: 'c', type: 'map', offset: source.indexOf('"c"') },
  ]);
});

it('makes an expression that uses an absent helper one error with the reason', () => {
  const functions = createHelpers({
    dataFiles: new DataFiles(),
    stash: new Stash(() => 0),
    hostname: '',
    nowMs: () => 0,
    log: () => undefined,
  });
  const environment = { variables: {}, functions };
  for (const name of Object.keys(absentHelpers)) {
    const result = compileExpression(`${name}("x")`, environment);
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'E_EXPRESSION_NAME', hint: absentHelpers[name] },
    });
  }
});

it.skipIf(readable(path.join(SHARED, 'data/hub/data')) === undefined)(
  'takes in the data files of the hub without a complaint',
  () => {
    const folder = path.join(SHARED, 'data/hub/data');
    const files = new DataFiles();
    const problems = (readable(folder) ?? []).flatMap((name) => {
      const type = name.startsWith('technology') ? 'map' : /regex|thinkphp/.test(name) ? 'regexp' : 'string';
      return files.add(name, type, readFileSync(path.join(folder, name), 'utf8'));
    });
    expect(problems).toEqual([]);
    const agents = files.regexps('bad_user_agents.regex.txt');
    expect(agents?.matches('Mozilla/5.00 (Nikto/2.1.6) (Evasions:None)')).toBe(true);
    expect(agents?.matches('Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0')).toBe(
      false,
    );
    expect(files.map('technology_probing.json')?.tag('/ampps-admin/index.php')).toBe(
      'ampps-admin-login-panel-probing',
    );
  },
);

function readable(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder);
  } catch {
    return undefined;
  }
}
