// Reads CrowdSec's acquis.yaml: one document per source. What is wrong is said with its position, and the other
// sources are still read.

import { parseIp, type Problem } from '@parapet/kinds';
import { readDocuments, type MapReader } from '../items/index.ts';
import { compilePattern } from '../patterns/index.ts';

interface AcquisitionBase {
  readonly labels: Readonly<Record<string, string>> & { readonly type: string };
  /** A name for logs and metrics, where one was given. */
  readonly name: string | undefined;
  /** `cat` reads what is there and ends; `tail` follows. */
  readonly mode: 'tail' | 'cat';
  readonly logLevel: string | undefined;
  /** Whether the time of the lines counts, and not that of their arrival. */
  readonly usesEventTime: boolean;
}

export interface FileAcquisition extends AcquisitionBase {
  readonly source: 'file';
  readonly patterns: readonly string[];
  readonly isExcluded: (path: string) => boolean;
}

export interface JournalAcquisition extends AcquisitionBase {
  readonly source: 'journalctl';
  readonly filters: readonly string[];
}

export interface SyslogAcquisition extends AcquisitionBase {
  readonly source: 'syslog';
  readonly transport: 'udp' | 'tcp';
  readonly address: string;
  readonly port: number;
  readonly maxMessageBytes: number;
  /** Only the priority is taken off; the rest of the message is the line. */
  readonly isRaw: boolean;
}

/** No lines come from here: web servers ask about their requests, and what is found becomes lines. */
export interface AppsecAcquisition extends AcquisitionBase {
  readonly source: 'appsec';
  /** `host:port`, or `unix:` and a path. */
  readonly listen: readonly string[];
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
}

export type Acquisition = FileAcquisition | JournalAcquisition | SyslogAcquisition | AppsecAcquisition;

/** Sources that CrowdSec has and Parapet has not. */
const FOREIGN_SOURCES: ReadonlySet<string> = new Set([
  'cloudwatch',
  'docker',
  'http',
  'k8s-audit',
  'kafka',
  'kinesis',
  'loki',
  's3',
  'victorialogs',
  'wineventlog',
]);
/** CrowdSec's is 2048, which cuts the lines of long requests: those are the ones that matter. */
const DEFAULT_MESSAGE_BYTES = 8192;
/** Where CrowdSec's component listens when it is told nothing. */
const APPSEC_ADDRESS = '127.0.0.1:7422';
const LOG_LEVELS = ['panic', 'fatal', 'error', 'warning', 'warn', 'info', 'debug', 'trace'];

/**
 * Returns the sources of a file. `$NAME` and `${NAME}` are replaced by variables that are set, and stay as they are
 * otherwise: a regular expression may well end in a dollar.
 */
export function readAcquisition(
  file: string,
  text: string,
  variables: Readonly<Record<string, string | undefined>>,
  problems: Problem[],
): readonly Acquisition[] {
  const expanded = text.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (whole: string, braced?: string, bare?: string) => variables[braced ?? bare ?? ''] ?? whole,
  );
  const found: Acquisition[] = [];
  for (const { root } of readDocuments(file, expanded, problems)) {
    if (root.keys().length === 0) continue;
    const before = problems.length;
    const acquisition = readSource(root);
    if (acquisition === undefined) continue;
    root.refuseOtherKeys(`a source of type ${acquisition.source}`);
    if (problems.length === before) found.push(acquisition);
  }
  return found;
}

function readSource(root: MapReader): Acquisition | undefined {
  const source = sourceOf(root);
  if (source === undefined) return undefined;
  if (!isKnown(source)) {
    const isForeign = FOREIGN_SOURCES.has(source);
    root.complain(
      isForeign ? 'E_ACQUIS_SOURCE_UNSUPPORTED' : 'E_ACQUIS_SOURCE_UNKNOWN',
      isForeign ? `Parapet does not read from '${source}'` : `'${source}' is no source`,
      'Use file, journalctl, syslog or appsec; a syslog server or a file takes the lines of most others',
      root.position('source'),
    );
    return undefined;
  }
  const base = readBase(root);
  switch (source) {
    case 'file':
      return readFileSource(root, base);
    case 'journalctl':
      return readJournalSource(root, base);
    case 'syslog':
      return readSyslogSource(root, base);
    case 'appsec':
      return readAppsecSource(root, base);
  }
}

/** As CrowdSec: what a source has decides over what it says it is. */
function sourceOf(root: MapReader): string | undefined {
  const said = root.string('source');
  if (said !== undefined && said !== 'file' && said !== 'journalctl') return said;
  if (root.has('filename') || root.has('filenames')) return 'file';
  if (root.has('journalctl_filter')) return 'journalctl';
  if (said !== undefined) return said;
  root.complain(
    'E_ACQUIS_SOURCE_MISSING',
    'The source does not say what it is',
    'Add `filenames:` with the logs to read, or `source:`',
  );
  return undefined;
}

function isKnown(source: string): source is Acquisition['source'] {
  return source === 'file' || source === 'journalctl' || source === 'syslog' || source === 'appsec';
}

function readBase(root: MapReader): AcquisitionBase {
  root.allow('unique_id');
  const labels = readLabels(root);
  const mode = root.string('mode') ?? 'tail';
  if (mode !== 'tail' && mode !== 'cat') {
    root.complain('E_ACQUIS_MODE', `'${mode}' is no mode`, "Write 'tail' or 'cat'", root.position('mode'));
  }
  const logLevel = root.string('log_level');
  if (logLevel !== undefined && !LOG_LEVELS.includes(logLevel.toLowerCase())) {
    const hint = `Write one of ${LOG_LEVELS.join(', ')}`;
    root.complain('E_ACQUIS_LOG_LEVEL', `'${logLevel}' is no log level`, hint, root.position('log_level'));
  }
  if (root.has('transform')) {
    root.complain(
      'E_ACQUIS_TRANSFORM',
      'Lines cannot be transformed when they are read',
      'Remove `transform`, and take the lines apart in a parser of stage s00-raw',
      root.position('transform'),
    );
  }
  return {
    labels,
    name: root.string('name'),
    mode: mode === 'cat' ? 'cat' : 'tail',
    logLevel,
    usesEventTime: root.boolean('use_time_machine') ?? false,
  };
}

function readLabels(root: MapReader): AcquisitionBase['labels'] {
  const labels = root.map('labels');
  const read: Record<string, string> = {};
  for (const key of labels?.keys() ?? []) {
    const value = labels?.string(key);
    if (value !== undefined) read[key] = value;
  }
  const type = read['type'];
  if (type === undefined || type === '') {
    root.complain(
      'E_ACQUIS_TYPE_MISSING',
      'The source has no label `type`, so no parser takes its lines',
      'Add `labels:` with `type:` nginx, apache2, syslog or another',
      root.position('labels'),
    );
  }
  return { ...read, type: type ?? '' };
}

function readFileSource(root: MapReader, base: AcquisitionBase): FileAcquisition {
  // How CrowdSec waits for files does not concern us: they are polled, and watched where that works.
  root.allow('force_inotify', 'poll_without_inotify', 'discovery_poll_enable', 'discovery_poll_interval');
  // The limit of CrowdSec's reader. Ours is 64 KiB for a line, and longer ones are cut instead of stopping.
  root.allow('max_buffer_size');
  const filename = root.string('filename');
  const patterns = [...root.strings('filenames'), ...(filename === undefined ? [] : [filename])].filter(
    (pattern) => pattern !== '',
  );
  if (patterns.length === 0) {
    root.complain('E_ACQUIS_NO_FILES', 'The source names no file', 'Add `filenames:` with paths or globs');
  }
  const excluded = root.strings('exclude_regexps').flatMap((source, index) => {
    const compiled = compilePattern(source);
    if (compiled.ok) return [compiled.pattern];
    const at = root.itemPosition('exclude_regexps', index);
    root.complain(
      'E_PATTERN',
      `'${source}' is no regular expression: ${compiled.error.message}`,
      'Mend it',
      at,
    );
    return [];
  });
  return {
    ...base,
    source: 'file',
    patterns,
    isExcluded: (path) => excluded.some((pattern) => pattern.test(path)),
  };
}

function readJournalSource(root: MapReader, base: AcquisitionBase): JournalAcquisition {
  const filters = root.strings('journalctl_filter');
  if (filters.length === 0) {
    root.complain(
      'E_ACQUIS_NO_FILTER',
      'The source does not say which entries of the journal it reads',
      'Add `journalctl_filter:`, for example `- _SYSTEMD_UNIT=ssh.service`',
    );
  }
  return { ...base, source: 'journalctl', filters };
}

function readSyslogSource(root: MapReader, base: AcquisitionBase): SyslogAcquisition {
  const transport = root.string('protocol') ?? 'udp';
  if (transport !== 'udp' && transport !== 'tcp') {
    root.complain(
      'E_ACQUIS_PROTOCOL',
      `'${transport}' is no protocol`,
      "Write 'udp' or 'tcp'",
      root.position('protocol'),
    );
  }
  const port = root.number('listen_port') ?? 514;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    root.complain(
      'E_ACQUIS_PORT',
      `${port} is no port`,
      'Write a number from 1 to 65535',
      root.position('listen_port'),
    );
  }
  const maxMessageBytes = root.number('max_message_len') ?? DEFAULT_MESSAGE_BYTES;
  if (!Number.isInteger(maxMessageBytes) || maxMessageBytes < 1) {
    const at = root.position('max_message_len');
    root.complain(
      'E_ACQUIS_MESSAGE_LENGTH',
      `${maxMessageBytes} is no length`,
      'Write a number of bytes',
      at,
    );
  }
  const address = root.string('listen_addr') ?? '127.0.0.1';
  if (parseIp(address) === undefined) {
    root.complain(
      'E_ACQUIS_ADDRESS',
      `'${address}' is no IP address`,
      "Write '127.0.0.1' or '0.0.0.0'",
      root.position('listen_addr'),
    );
  }
  return {
    ...base,
    source: 'syslog',
    transport: transport === 'tcp' ? 'tcp' : 'udp',
    address,
    port,
    maxMessageBytes,
    isRaw: root.boolean('disable_rfc_parser') ?? false,
  };
}

function readAppsecSource(root: MapReader, base: AcquisitionBase): AppsecAcquisition {
  // All rules that are installed count, and keys are those of the engine itself.
  root.allow('appsec_config', 'appsec_configs', 'appsec_config_path', 'routines', 'auth_cache_duration');
  root.allow('path', 'body_read_timeout');
  const address = root.string('listen_addr') ?? '';
  const socket = root.string('listen_socket') ?? '';
  const certificate = root.string('cert_file') ?? '';
  const key = root.string('key_file') ?? '';
  if ((certificate === '') !== (key === ''))
    root.complain(
      'E_ACQUIS_TLS',
      certificate === '' ? 'There is a key and no certificate' : 'There is a certificate and no key',
      'Name both `cert_file:` and `key_file:`',
      root.position(certificate === '' ? 'key_file' : 'cert_file'),
    );
  const listen = [...(address === '' ? [] : [address]), ...(socket === '' ? [] : [`unix:${socket}`])];
  return {
    ...base,
    source: 'appsec',
    listen: listen.length === 0 ? [APPSEC_ADDRESS] : listen,
    tls: certificate === '' ? undefined : { certificate, key },
  };
}
