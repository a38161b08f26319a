// What scenarios mean in plain words. A scenario belongs to the first family that claims it: by name,
// then by the behaviour its labels state. Adding a scenario of our own means adding a pattern here.

import { SIGNAL_FAMILIES } from './signalFamilies.table.ts';

export interface FamilyFacts {
  /** Events that were poured. */
  readonly count: number;
  /** ` in 20 seconds`, or empty where there was one event. */
  readonly over: string;
  /** `, such as /a and /b`, or empty. */
  readonly examples: string;
  /** ` to WordPress`, or empty where the service says nothing to a reader. */
  readonly where: string;
  /** `the weakness CVE-2021-41773 (path traversal)`, or `a known weakness`. */
  readonly weakness: string;
  /** ` for 3 different accounts`, or empty. */
  readonly accounts: string;
  /** ` ("sqlmap/1.7")`, or empty. */
  readonly program: string;
  /** What an application told first, `role.granted`; empty where none did. */
  readonly signal: string;
  /** What the application told it of, ` editor and admin`; empty where it did not say. */
  readonly subjects: string;
}

export interface Family {
  readonly key: string;
  /** What a list of scenarios calls it. */
  readonly title: string;
  /** Pattern on the scenario's name without its author. */
  readonly name?: RegExp;
  /** Pattern on the labels' behaviour, `http:bruteforce`. */
  readonly behavior?: RegExp;
  /** Nobody reaches this by browsing or by mistyping: someone meant to attack. */
  readonly hostile: boolean;
  /** Continues "203.0.113.7 …". */
  readonly act: (facts: FamilyFacts) => string;
}

const many = (count: number, one: string, more: (text: string) => string): string =>
  count === 1 ? one : more(count.toLocaleString('en'));

export const FAMILIES: readonly Family[] = [
  {
    key: 'weakness',
    title: 'Trying known weaknesses',
    name: /cve[-_]|log4j|spring4shell|thinkphp|vpatch|CVE-|w00tw00t|fortinet-cve|f5-big-ip|jira_cve|vmware-|pulse-secure/i,
    hostile: true,
    act: (f) => `tried to use ${f.weakness}${many(f.count, '', (n) => `, ${n} times`)}${f.over}${f.examples}`,
  },
  ...SIGNAL_FAMILIES,
  {
    key: 'request-attack',
    title: 'Attacks inside requests',
    name: /^request-attacks?$/i,
    hostile: true,
    act: (f) =>
      `sent ${many(f.count, 'an attack', (n) => `${n} different attacks`)} inside ${many(f.count, 'a request', () => 'requests')}${f.over}${f.examples}`,
  },
  {
    key: 'decoy',
    title: 'Asking for what only attackers look for',
    name: /perimeter/i,
    hostile: true,
    act: (f) =>
      `asked ${many(f.count, 'once', (n) => `${n} times`)}${f.over} for pages that this site does not have and that only attackers look for${f.examples}`,
  },
  {
    key: 'sensitive-files',
    title: 'Asking for secret files',
    name: /sensitive-files|dotfiles|config-probing|backup-files|git-config/i,
    hostile: true,
    act: (f) =>
      `asked for ${many(f.count, 'a file that is', (n) => `${n} files that are`)} never meant for visitors${f.over}${f.examples}`,
  },
  {
    key: 'path-traversal',
    title: 'Climbing out of the web folder',
    name: /path-traversal/i,
    hostile: true,
    act: (f) =>
      `tried ${many(f.count, 'once', (n) => `${n} times`)}${f.over} to read files outside the site's folder${f.examples}`,
  },
  {
    key: 'sql-injection',
    title: 'Database commands in requests',
    name: /sqli/i,
    hostile: true,
    act: (f) =>
      `put database commands into ${many(f.count, 'a request', (n) => `${n} requests`)}${f.over}${f.examples}`,
  },
  {
    key: 'script-injection',
    title: 'Script code in requests',
    name: /xss/i,
    hostile: true,
    act: (f) =>
      `put script code into ${many(f.count, 'a request', (n) => `${n} requests`)}${f.over}${f.examples}`,
  },
  {
    key: 'back-doors',
    title: 'Looking for back doors',
    name: /backdoor|webshell/i,
    hostile: true,
    act: (f) =>
      `looked for ${many(f.count, 'a back door', (n) => `${n} back doors`)} that earlier intruders leave behind${f.over}${f.examples}`,
  },
  {
    key: 'admin-pages',
    title: 'Looking for admin pages',
    name: /admin-interface|wordpress-scan|wpconfig|technology-probing|login-probing/i,
    hostile: true,
    act: (f) =>
      `looked for ${many(f.count, 'a page', (n) => `${n} pages`)} of administration and of other software${f.over}${f.examples}`,
  },
  {
    key: 'bad-agent',
    title: 'Programs known for attacks',
    name: /bad-user-agent|bad-agent/i,
    hostile: true,
    act: (f) =>
      `sent ${many(f.count, 'a request', (n) => `${n} requests`)} with a program known for attacks or mass scanning${f.program}${f.over}`,
  },
  {
    key: 'open-proxy',
    title: 'Using the site as a proxy',
    name: /open-proxy/i,
    hostile: true,
    act: (f) =>
      `tried${many(f.count, '', (n) => ` ${n} times`)} to reach other sites through this one${f.over}`,
  },
  {
    key: 'password-reset',
    title: 'Probing the password reset',
    name: /password-?reset|pass-reset|reset-prob/i,
    hostile: false,
    act: (f) =>
      `asked ${many(f.count, 'once', (n) => `${n} times`)} for a new password${f.accounts}${f.over}, which tells attackers which accounts exist`,
  },
  {
    key: 'user-enumeration',
    title: 'Finding out user names',
    name: /user-?enum|enumeration|enum\b/i,
    behavior: /user-enumeration/i,
    hostile: false,
    act: (f) =>
      `tried to find out which accounts exist${f.where}, ${many(f.count, 'once', (n) => `${n} attempts`)}${f.over}${f.examples}`,
  },
  {
    key: 'spray',
    title: 'One password on many accounts',
    name: /spray|distributed/i,
    hostile: true,
    act: (f) =>
      `failed to log in${f.where} ${many(f.count, 'once', (n) => `${n} times`)}${f.accounts}${f.over}`,
  },
  {
    key: 'login',
    title: 'Guessing passwords',
    name: /(^|[-_])bf($|[-_])|brute|bf_|_bf|login-fail|failed-login/i,
    behavior: /bruteforce/i,
    hostile: false,
    act: (f) =>
      `failed to log in${f.where} ${many(f.count, 'once', (n) => `${n} times`)}${f.accounts}${f.over}, as password guessers do`,
  },
  {
    key: 'probing',
    title: 'Asking for missing pages',
    name: /probing|404|403|not-found|forbidden/i,
    hostile: false,
    act: (f) =>
      `asked for ${many(f.count, 'a page', (n) => `${n} different pages`)} that ${f.count === 1 ? 'is' : 'are'} missing or forbidden${f.over}, as scanners do${f.examples}`,
  },
  {
    key: 'crawl',
    title: 'Crawling without restraint',
    name: /crawl/i,
    behavior: /crawl/i,
    hostile: false,
    act: (f) =>
      `fetched ${many(f.count, 'a page', (n) => `${n} pages`)}${f.over}, faster than anyone reads${f.examples}`,
  },
  {
    key: 'flood',
    title: 'Flooding the site',
    name: /(^|[-_])d?dos($|[-_])|flood/i,
    behavior: /:dos/i,
    hostile: true,
    act: (f) =>
      `sent ${many(f.count, 'a request', (n) => `${n} requests`)}${f.over} of a kind that is meant to wear the server out${f.examples}`,
  },
  {
    key: 'spam',
    title: 'Spam',
    name: /spam/i,
    behavior: /spam/i,
    hostile: true,
    act: (f) => `sent ${many(f.count, 'a message', (n) => `${n} messages`)}${f.over} that look like spam`,
  },
  {
    key: 'fraud',
    title: 'Payment fraud',
    name: /ccs-by|card/i,
    behavior: /fraud/i,
    hostile: true,
    act: (f) => `tried ${many(f.count, 'a payment', (n) => `${n} payments`)}${f.over}, as card thieves do`,
  },
  {
    key: 'travel',
    title: 'Logins from places too far apart',
    name: /impossible-travel/i,
    hostile: false,
    act: (f) =>
      `logged in${f.where} from places that are too far apart for one traveller${f.accounts}${f.over}`,
  },
  {
    key: 'intrusion',
    title: 'Signs of an intruder on the server',
    name: /postexploit/i,
    behavior: /post-exploitation|:rce/i,
    hostile: true,
    act: (f) =>
      `did ${many(f.count, 'something', (n) => `${n} things`)} that intruders do once they are in${f.over}`,
  },
  {
    key: 'exploit',
    title: 'Attack attempts',
    behavior: /exploit/i,
    hostile: true,
    act: (f) => `sent ${many(f.count, 'an attack', (n) => `${n} attacks`)}${f.where}${f.over}${f.examples}`,
  },
  {
    key: 'scan',
    title: 'Scanning',
    name: /scan/i,
    behavior: /scan/i,
    hostile: false,
    act: (f) =>
      `looked for weak spots with ${many(f.count, 'one request', (n) => `${n} requests`)}${f.over}${f.examples}`,
  },
  {
    key: 'audit',
    title: 'Events worth a look',
    behavior: /audit|unusual-activity|successful/i,
    hostile: false,
    act: (f) =>
      `did ${many(f.count, 'something', (n) => `${n} things`)} that the scenario wants a person to look at${f.over}`,
  },
];

/** The services whose name helps a reader; others (`http`) say nothing. */
export const SERVICES: Readonly<Record<string, string>> = {
  ssh: 'SSH',
  sshd: 'SSH',
  wordpress: 'WordPress',
  drupal: 'Drupal',
  joomla: 'Joomla',
  magento: 'Magento',
  nextcloud: 'Nextcloud',
  postfix: 'the mail server',
  smtp: 'the mail server',
  dovecot: 'the mailbox server',
  imap: 'the mailbox server',
  'pop3/imap': 'the mailbox server',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  pgsql: 'PostgreSQL',
  ftp: 'FTP',
  vsftpd: 'FTP',
  proftpd: 'FTP',
  gitlab: 'GitLab',
  gitea: 'Gitea',
  grafana: 'Grafana',
  keycloak: 'Keycloak',
  exchange: 'Exchange',
};
