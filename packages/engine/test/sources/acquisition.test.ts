import { formatProblem, type Problem } from '@parapet/kinds';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { readAcquisition, type Acquisition } from '../../src/sources/acquisition.ts';

function read(text: string, variables = {}): { found: readonly Acquisition[]; problems: string[] } {
  const problems: Problem[] = [];
  const found = readAcquisition('acquis.yaml', text, variables, problems);
  return { found, problems: problems.map(formatProblem) };
}

it('reads the sources of a file, guessing what they are from their keys', () => {
  const { found, problems } = read(`
filenames:
  - /var/log/nginx/*.log
filename: /var/log/other.log
exclude_regexps: ['\\.gz$', (?i)DEBUG]
log_level: info
force_inotify: true
labels:
  type: nginx
  site: main
---
journalctl_filter:
  - _SYSTEMD_UNIT=ssh.service
labels: {type: syslog}
---
source: syslog
protocol: tcp
listen_addr: 0.0.0.0
listen_port: 4242
labels: {type: syslog}
---
# nothing here
---
`);
  expect(problems).toEqual([]);
  expect(found).toMatchObject([
    {
      source: 'file',
      patterns: ['/var/log/nginx/*.log', '/var/log/other.log'],
      labels: { type: 'nginx', site: 'main' },
      mode: 'tail',
      logLevel: 'info',
    },
    { source: 'journalctl', filters: ['_SYSTEMD_UNIT=ssh.service'] },
    {
      source: 'syslog',
      transport: 'tcp',
      address: '0.0.0.0',
      port: 4242,
      maxMessageBytes: 8192,
      isRaw: false,
    },
  ]);
  const [files] = found;
  expect(files?.source === 'file' && ['/a.gz', '/a.debug', '/a.log'].filter(files.isExcluded)).toEqual([
    '/a.gz',
    '/a.debug',
  ]);
});

it('says where an unknown key or a wrong value is, and still reads the other sources', () => {
  const { found, problems } = read(`filename: /a.log
filenmes: [/b.log]
labels: {type: nginx}
---
filename: /c.log
---
filename: /d.log
labels: {type: nginx}
exclude_regexps: ['(']
---
filename: /e.log
labels: {type: syslog}
`);
  expect(found.map((one) => one.source === 'file' && one.patterns)).toEqual([['/e.log']]);
  expect(problems).toEqual([
    "acquis.yaml:2:1: 'filenmes' is no key of a source of type file (E_UNKNOWN_KEY). Did you mean 'filenames'?",
    expect.stringMatching(/^acquis\.yaml:5:1: .*no label `type`.*E_ACQUIS_TYPE_MISSING/),
    expect.stringMatching(/^acquis\.yaml:9:19: '\(' is no regular expression/),
  ]);
});

it('refuses a source that it does not have with one problem, whatever its keys are', () => {
  const { found, problems } = read(`source: kafka
brokers: [localhost:9093]
labels: {type: nginx}
---
source: does_not_exist
foobar: toto
---
labels: {type: nginx}
`);
  expect(found).toEqual([]);
  expect(problems.map((problem) => /E_\w+/.exec(problem)?.[0])).toEqual([
    'E_ACQUIS_SOURCE_UNSUPPORTED',
    'E_ACQUIS_SOURCE_UNKNOWN',
    'E_ACQUIS_SOURCE_MISSING',
  ]);
});

it.each([
  ['source: syslog\nlisten_port: 70000', 'E_ACQUIS_PORT'],
  ['source: syslog\nlisten_addr: localhost', 'E_ACQUIS_ADDRESS'],
  ['source: syslog\nprotocol: sctp', 'E_ACQUIS_PROTOCOL'],
  ['source: syslog\nmax_message_len: -1', 'E_ACQUIS_MESSAGE_LENGTH'],
  ['source: journalctl', 'E_ACQUIS_NO_FILTER'],
  ['source: file', 'E_ACQUIS_NO_FILES'],
  ['filename: /a\nmode: server', 'E_ACQUIS_MODE'],
  ['filename: /a\nlog_level: loud', 'E_ACQUIS_LOG_LEVEL'],
  ['filename: /a\ntransform: evt.Line.Raw', 'E_ACQUIS_TRANSFORM'],
])('refuses %j', (text, code) => {
  const { found, problems } = read(`${text}\nlabels: {type: nginx}`);
  expect(found).toEqual([]);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(code);
});

it('replaces variables that are set and leaves others as they are', () => {
  const { found } = read('filename: ${ROOT}/$NAME.log\nlabels: {type: nginx, x: "${NONE}$"}', {
    ROOT: '/srv',
    NAME: 'site',
  });
  expect(found).toMatchObject([{ patterns: ['/srv/site.log'], labels: { x: '${NONE}$' } }]);
});

it('never throws on any text', () => {
  const word = fc.constantFrom(
    'filename',
    'labels',
    ':',
    ' ',
    '\n',
    '- ',
    '{type: x}',
    '---\n',
    '[',
    '"',
    '*a',
    '&a',
    '$',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map((words) => words.join('')),
      ),
      (text) => {
        read(text);
      },
    ),
  );
});

it('reads where an AppSec component listens, as CrowdSec’s would', () => {
  const labels = 'labels:\n  type: appsec\n';
  const { found, problems } = read(
    `source: appsec\nappsec_config: crowdsecurity/appsec-default\n${labels}---\nsource: appsec\nlisten_addr: 0.0.0.0:7422\nlisten_socket: /run/appsec.sock\ncert_file: a.pem\nkey_file: b.pem\nappsec_configs: [a/b]\nroutines: 2\npath: /\nauth_cache_duration: 1m\nbody_read_timeout: 2s\nname: waf\n${labels}`,
  );
  expect(problems).toEqual([]);
  expect(found).toMatchObject([
    { source: 'appsec', listen: ['127.0.0.1:7422'], tls: undefined },
    {
      source: 'appsec',
      name: 'waf',
      listen: ['0.0.0.0:7422', 'unix:/run/appsec.sock'],
      tls: { certificate: 'a.pem', key: 'b.pem' },
    },
  ]);
  expect(read(`source: appsec\ncert_file: a.pem\n${labels}`).problems).toEqual([
    expect.stringMatching(/^acquis\.yaml:2:\d+: .*E_ACQUIS_TLS/),
  ]);
});
