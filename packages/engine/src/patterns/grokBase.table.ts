// The base library of grok: the names every hub item takes for granted (%{IP}, %{DATA}, %{HTTPDATE} …).
//
// Names and accepted texts follow the logstash and grokky tradition, with its quirks, because items depend on
// them: which alternative is preferred decides what a group holds. The quirks worth knowing:
// - MONTHNUM and HOUR-like numbers prefer one digit where the other alternative comes later ("12" as MONTHNUM
//   gives "1" unless what follows forces "12");
// - the \b of MONTH stand at its first and last alternative only;
// - IPV4 has no boundary at its end ("1.2.3.299" gives "1.2.3.29"), and IPV6 may swallow a zone, `%` and all
//   that follows on the line;
// - IPV6 tries groups before an embedded IPv4 address ("::ffff:1.2.3.4" gives "::ffff:1" if all may follow);
// - ANSIC ends with a quotation mark;
// - EMAILLOCALPART's class has a range from + to =.

const OCTET = String.raw`(?:25[0-5]|2[0-4]\d|[01]?\d{1,2})`;

/** The eight forms of an IPv6 address, by the number of groups before the `::`, most first. */
function ipv6(): string {
  const group = '[0-9A-Fa-f]{1,4}';
  const octet = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
  const v4 = String.raw`${octet}(?:\.${octet}){3}`;
  const forms = [`(?:${group}:){7}(?:${group}|:)`, `(?:${group}:){6}(?::${group}|${v4}|:)`];
  for (let before = 5; before >= 0; before--) {
    const head = before === 0 ? ':' : `(?:${group}:){${before}}`;
    forms.push(`${head}(?:(?::${group}){1,${7 - before}}|(?::${group}){0,${5 - before}}:${v4}|:)`);
  }
  return `(?:${forms.join('|')})(?:%.+)?`;
}

/** Upper case, lower case and capitalised spellings of log levels, in the order in which they are tried. */
const LOG_LEVELS = [
  '[Aa]lert|ALERT|[Tt]race|TRACE|[Dd]ebug|DEBUG|[Nn]otice|NOTICE|[Ii]nfo|INFO',
  '[Ww]arn?(?:ing)?|WARN?(?:ING)?|[Ee]rr?(?:or)?|ERR?(?:OR)?|[Cc]rit?(?:ical)?|CRIT?(?:ICAL)?',
  '[Ff]atal|FATAL|[Ss]evere|SEVERE|EMERG(?:ENCY)?|[Ee]merg(?:ency)?',
].join('|');

const LABEL = '[0-9A-Za-z][-0-9A-Za-z]{0,62}';

/** A quoted text: `quote`, then escapes and other characters, then `quote`; or the empty pair. */
function quoted(quote: string): string {
  return String.raw`${quote}(?:\\.|[^${quote}\\]+)+${quote}|${quote}${quote}`;
}

export const BASE_PATTERNS: readonly (readonly [name: string, expression: string])[] = [
  // Names, words, numbers
  ['USERNAME', '[-._0-9A-Za-z]+'],
  ['USER', '%{USERNAME}'],
  ['EMAILLOCALPART', '[0-9A-Za-z_.+-=:]+'],
  ['HOSTNAME', String.raw`\b${LABEL}(?:\.${LABEL})*(?:\.?|\b)`],
  ['EMAILADDRESS', '%{EMAILLOCALPART}@%{HOSTNAME}'],
  ['HTTPDUSER', '%{EMAILADDRESS}|%{USER}'],
  ['INT', String.raw`[-+]?\d+`],
  ['BASE10NUM', String.raw`[-+]?(?:\d+(?:\.\d+)?|\.\d+)`],
  ['NUMBER', '%{BASE10NUM}'],
  ['BASE16NUM', '[-+]?(?:0x)?[0-9A-Fa-f]+'],
  ['BASE16FLOAT', String.raw`\b[-+]?(?:0x)?(?:[0-9A-Fa-f]+(?:\.[0-9A-Fa-f]*)?|\.[0-9A-Fa-f]+)\b`],
  ['POSINT', String.raw`\b[1-9]\d*\b`],
  ['NONNEGINT', String.raw`\b\d+\b`],
  ['WORD', String.raw`\b\w+\b`],
  ['NOTSPACE', String.raw`\S+`],
  ['SPACE', String.raw`\s*`],
  ['DATA', '.*?'],
  ['GREEDYDATA', '.*'],
  ['QUOTEDSTRING', [quoted('"'), quoted("'"), quoted('`')].join('|')],
  ['UUID', '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}'],

  // Networks
  ['CISCOMAC', String.raw`(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}`],
  ['WINDOWSMAC', '(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}'],
  ['COMMONMAC', '(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}'],
  ['MAC', '%{CISCOMAC}|%{WINDOWSMAC}|%{COMMONMAC}'],
  ['IPV6', ipv6()],
  ['IPV4', String.raw`(?:${OCTET}\.){3}${OCTET}`],
  ['IP', '%{IPV6}|%{IPV4}'],
  ['IPORHOST', '%{IP}|%{HOSTNAME}'],
  ['HOSTPORT', '%{IPORHOST}:%{POSINT}'],

  // Paths and addresses of things
  ['UNIXPATH', String.raw`(?:/(?:[-\w_%!$@:.,~]+|\\.)*)+`],
  ['TTY', String.raw`/dev/(?:pts|tty[pq]?)\w*/?\d+`],
  ['WINPATH', String.raw`(?:[A-Za-z]+:|\\)(?:\\[^\\?*]*)+`],
  ['PATH', '%{UNIXPATH}|%{WINPATH}'],
  ['URIPROTO', String.raw`[A-Za-z]+(?:\+[A-Za-z+]+)?`],
  ['URIHOST', '%{IPORHOST}(?::%{POSINT:port})?'],
  ['URIPATH', String.raw`(?:/[-0-9A-Za-z$.+!*'(){},~:;=@#%_]*)+`],
  ['URIPARAM', String.raw`\?[-0-9A-Za-z$.+!*'|(){},~@#%&/=:;_?\[\]<>]*`],
  ['URIPATHPARAM', '%{URIPATH}(?:%{URIPARAM})?'],
  ['URI', '%{URIPROTO}://(?:%{USER}(?::[^@]*)?@)?(?:%{URIHOST})?(?:%{URIPATHPARAM})?'],

  // Dates and times
  [
    'MONTH',
    String.raw`\bJan(?:uary|uar)?|Feb(?:ruary|ruar)?|M[aä]?r(?:ch|z)?|Apr(?:il)?|Ma[yi]?|Jun[ei]?|Jul(?:y)?` +
      String.raw`|Aug(?:ust)?|Sep(?:tember)?|O[ck]?t(?:ober)?|Nov(?:ember)?|De[cz](?:ember)?\b`,
  ],
  ['MONTHNUM', '0?[1-9]|1[0-2]'],
  ['MONTHNUM2', '0[1-9]|1[0-2]'],
  ['MONTHDAY', '0[1-9]|[12][0-9]|3[01]|[1-9]'],
  ['DAY', 'Mon(?:day)?|Tue(?:sday)?|Wed(?:nesday)?|Thu(?:rsday)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?'],
  ['YEAR', String.raw`(?:\d\d){1,2}`],
  ['HOUR', '2[0-3]|[01]?[0-9]'],
  ['MINUTE', '[0-5][0-9]'],
  ['SECOND', String.raw`(?:[0-5]?[0-9]|60)(?:[:.,]\d+)?`],
  ['TIME', '%{HOUR}:%{MINUTE}:%{SECOND}'],
  ['DATE_US', '%{MONTHNUM}[-/]%{MONTHDAY}[-/]%{YEAR}'],
  ['DATE_EU', '%{MONTHDAY}[-./]%{MONTHNUM}[-./]%{YEAR}'],
  ['DATE_X', '%{YEAR}/%{MONTHNUM2}/%{MONTHDAY}'],
  ['ISO8601_TIMEZONE', 'Z|[-+]%{HOUR}:?%{MINUTE}'],
  ['ISO8601_SECOND', '%{SECOND}|60'],
  [
    'TIMESTAMP_ISO8601',
    '%{YEAR}-%{MONTHNUM}-%{MONTHDAY}[ T]%{HOUR}:?%{MINUTE}(?::?%{SECOND})?%{ISO8601_TIMEZONE}?',
  ],
  ['DATE', '%{DATE_US}|%{DATE_EU}|%{DATE_X}'],
  ['DATESTAMP', '%{DATE}[- ]%{TIME}'],
  ['TZ', '[A-Z]{3}'],
  ['NUMTZ', String.raw`[-+]\d{4}`],
  ['DATESTAMP_RFC822', '%{DAY} %{MONTH} %{MONTHDAY} %{YEAR} %{TIME} %{TZ}'],
  ['DATESTAMP_RFC2822', '%{DAY}, %{MONTHDAY} %{MONTH} %{YEAR} %{TIME} %{ISO8601_TIMEZONE}'],
  ['DATESTAMP_OTHER', '%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{TZ} %{YEAR}'],
  ['DATESTAMP_EVENTLOG', '%{YEAR}%{MONTHNUM2}%{MONTHDAY}%{HOUR}%{MINUTE}%{SECOND}'],
  ['HTTPDERROR_DATE', '%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{YEAR}'],
  ['ANSIC', String.raw`%{DAY} %{MONTH} [_123]\d %{TIME} %{YEAR}"`],
  ['UNIXDATE', String.raw`%{DAY} %{MONTH} [_123]\d %{TIME} %{TZ} %{YEAR}`],
  ['RUBYDATE', String.raw`%{DAY} %{MONTH} [0-3]\d %{TIME} %{NUMTZ} %{YEAR}`],
  ['RFC822Z', String.raw`[0-3]\d %{MONTH} %{YEAR} %{TIME} %{NUMTZ}`],
  ['RFC850', String.raw`%{DAY}, [0-3]\d-%{MONTH}-%{YEAR} %{TIME} %{TZ}`],
  ['RFC1123', String.raw`%{DAY}, [0-3]\d %{MONTH} %{YEAR} %{TIME} %{TZ}`],
  ['RFC1123Z', String.raw`%{DAY}, [0-3]\d %{MONTH} %{YEAR} %{TIME} %{NUMTZ}`],
  ['RFC3339', String.raw`%{YEAR}-[01]\d-[0-3]\dT%{TIME}%{ISO8601_TIMEZONE}`],
  ['RFC3339NANO', String.raw`%{YEAR}-[01]\d-[0-3]\dT%{TIME}\.\d{9}%{ISO8601_TIMEZONE}`],
  ['KITCHEN', String.raw`\d{1,2}:\d\d(?:AM|PM|am|pm)`],
  ['SYSLOGTIMESTAMP', '%{MONTH} +%{MONTHDAY} %{TIME}'],
  ['HTTPDATE', '%{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME} %{INT}'],

  // Parts of logs, and whole lines
  ['PROG', String.raw`[!-Z\\^-~]+`],
  ['SYSLOGPROG', String.raw`%{PROG:program}(?:\[%{POSINT:pid}\])?`],
  ['SYSLOGHOST', '%{IPORHOST}'],
  ['SYSLOGFACILITY', '<%{NONNEGINT:facility}.%{NONNEGINT:priority}>'],
  ['QS', '%{QUOTEDSTRING}'],
  ['LOGLEVEL', LOG_LEVELS],
  [
    'SYSLOGBASE',
    '%{SYSLOGTIMESTAMP:timestamp} (?:%{SYSLOGFACILITY} )?%{SYSLOGHOST:logsource} %{SYSLOGPROG}:',
  ],
  [
    'COMMONAPACHELOG',
    String.raw`%{IPORHOST:clientip} %{HTTPDUSER:ident} %{USER:auth} \[%{HTTPDATE:timestamp}\] ` +
      '"(?:%{WORD:verb} %{NOTSPACE:request}(?: HTTP/%{NUMBER:httpversion})?|%{DATA:rawrequest})" ' +
      '%{NUMBER:response} (?:%{NUMBER:bytes}|-)',
  ],
  ['COMBINEDAPACHELOG', '%{COMMONAPACHELOG} %{QS:referrer} %{QS:agent}'],
  [
    'HTTPD20_ERRORLOG',
    String.raw`\[%{HTTPDERROR_DATE:timestamp}\] \[%{LOGLEVEL:loglevel}\] ` +
      String.raw`(?:\[client %{IPORHOST:clientip}\] )?%{GREEDYDATA:errormsg}`,
  ],
  [
    'HTTPD24_ERRORLOG',
    String.raw`\[%{HTTPDERROR_DATE:timestamp}\] \[%{WORD:module}:%{LOGLEVEL:loglevel}\] ` +
      String.raw`\[pid %{POSINT:pid}(?::tid %{NUMBER:tid})?\]` +
      String.raw`(?: \(%{POSINT:proxy_errorcode}\)%{DATA:proxy_errormessage}:)?` +
      String.raw`(?: \[client %{IPORHOST:client}:%{INT:clientport}\])? %{DATA:errorcode}: %{GREEDYDATA:message}`,
  ],
  ['HTTPD_ERRORLOG', '%{HTTPD20_ERRORLOG}|%{HTTPD24_ERRORLOG}'],
];
