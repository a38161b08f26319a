// What scenarios mean in plain words. A scenario belongs to the first family that claims it: by name,
// then by the behaviour its labels state. Adding a scenario of our own means adding a pattern here; what a family does is
// said in acts/, in each language.

import { SIGNAL_FAMILIES } from './signalFamilies.table.ts';

export type FamilyKey =
  | 'weakness'
  | 'request-attack'
  | 'decoy'
  | 'sensitive-files'
  | 'path-traversal'
  | 'sql-injection'
  | 'script-injection'
  | 'back-doors'
  | 'admin-pages'
  | 'bad-agent'
  | 'open-proxy'
  | 'password-reset'
  | 'user-enumeration'
  | 'spray'
  | 'login'
  | 'probing'
  | 'crawl'
  | 'flood'
  | 'spam'
  | 'fraud'
  | 'travel'
  | 'intrusion'
  | 'exploit'
  | 'scan'
  | 'audit'
  | 'login-limited'
  | 'login-after-failures'
  | 'registrations'
  | 'rights-changed'
  | 'site-changed'
  | 'admin-burst'
  | 'forbidden-pages'
  | 'missing-pages'
  | 'broken-posts'
  | 'form-rejections'
  | 'texts'
  | 'spam-judged'
  | 'files-refused'
  | 'program-uploaded'
  | 'card-testing'
  | 'order-burst'
  | 'session-taken'
  | 'uncached-pages'
  | 'errors';

export interface Family {
  readonly key: FamilyKey;
  /** What a list of scenarios calls it. */
  readonly title: string;
  /** Pattern on the scenario's name without its author. */
  readonly name?: RegExp;
  /** Pattern on the labels' behaviour, `http:bruteforce`. */
  readonly behavior?: RegExp;
  /** Nobody reaches this by browsing or by mistyping: someone meant to attack. */
  readonly hostile: boolean;
}

export const FAMILIES: readonly Family[] = [
  {
    key: 'weakness',
    title: 'Trying known weaknesses',
    name: /cve[-_]|log4j|spring4shell|thinkphp|vpatch|CVE-|w00tw00t|fortinet-cve|f5-big-ip|jira_cve|vmware-|pulse-secure/i,
    hostile: true,
  },
  ...SIGNAL_FAMILIES,
  {
    key: 'request-attack',
    title: 'Attacks inside requests',
    name: /^request-attacks?$/i,
    hostile: true,
  },
  {
    key: 'decoy',
    title: 'Asking for what only attackers look for',
    name: /perimeter/i,
    hostile: true,
  },
  {
    key: 'sensitive-files',
    title: 'Asking for secret files',
    name: /sensitive-files|dotfiles|config-probing|backup-files|git-config/i,
    hostile: true,
  },
  {
    key: 'path-traversal',
    title: 'Climbing out of the web folder',
    name: /path-traversal/i,
    hostile: true,
  },
  {
    key: 'sql-injection',
    title: 'Database commands in requests',
    name: /sqli/i,
    hostile: true,
  },
  {
    key: 'script-injection',
    title: 'Script code in requests',
    name: /xss/i,
    hostile: true,
  },
  {
    key: 'back-doors',
    title: 'Looking for back doors',
    name: /backdoor|webshell/i,
    hostile: true,
  },
  {
    key: 'admin-pages',
    title: 'Looking for admin pages',
    name: /admin-interface|wordpress-scan|wpconfig|technology-probing|login-probing/i,
    hostile: true,
  },
  {
    key: 'bad-agent',
    title: 'Programs known for attacks',
    name: /bad-user-agent|bad-agent/i,
    hostile: true,
  },
  {
    key: 'open-proxy',
    title: 'Using the site as a proxy',
    name: /open-proxy/i,
    hostile: true,
  },
  {
    key: 'password-reset',
    title: 'Probing the password reset',
    name: /password-?reset|pass-reset|reset-prob/i,
    hostile: false,
  },
  {
    key: 'user-enumeration',
    title: 'Finding out user names',
    name: /user-?enum|enumeration|enum\b/i,
    behavior: /user-enumeration/i,
    hostile: false,
  },
  {
    key: 'spray',
    title: 'One password on many accounts',
    name: /spray|distributed/i,
    hostile: true,
  },
  {
    key: 'login',
    title: 'Guessing passwords',
    name: /(^|[-_])bf($|[-_])|brute|bf_|_bf|login-fail|failed-login/i,
    behavior: /bruteforce/i,
    hostile: false,
  },
  {
    key: 'probing',
    title: 'Asking for missing pages',
    name: /probing|404|403|not-found|forbidden/i,
    hostile: false,
  },
  {
    key: 'crawl',
    title: 'Crawling without restraint',
    name: /crawl/i,
    behavior: /crawl/i,
    hostile: false,
  },
  {
    key: 'flood',
    title: 'Flooding the site',
    name: /(^|[-_])d?dos($|[-_])|flood/i,
    behavior: /:dos/i,
    hostile: true,
  },
  {
    key: 'spam',
    title: 'Spam',
    name: /spam/i,
    behavior: /spam/i,
    hostile: true,
  },
  {
    key: 'fraud',
    title: 'Payment fraud',
    name: /ccs-by|card/i,
    behavior: /fraud/i,
    hostile: true,
  },
  {
    key: 'travel',
    title: 'Logins from places too far apart',
    name: /impossible-travel/i,
    hostile: false,
  },
  {
    key: 'intrusion',
    title: 'Signs of an intruder on the server',
    name: /postexploit/i,
    behavior: /post-exploitation|:rce/i,
    hostile: true,
  },
  {
    key: 'exploit',
    title: 'Attack attempts',
    behavior: /exploit/i,
    hostile: true,
  },
  {
    key: 'scan',
    title: 'Scanning',
    name: /scan/i,
    behavior: /scan/i,
    hostile: false,
  },
  {
    key: 'audit',
    title: 'Events worth a look',
    behavior: /audit|unusual-activity|successful/i,
    hostile: false,
  },
];

/** The services whose name helps a reader; others (`http`) say nothing. `mail` and `mailbox` are words of a language. */
export const SERVICES: Readonly<Record<string, string>> = {
  ssh: 'SSH',
  sshd: 'SSH',
  wordpress: 'WordPress',
  drupal: 'Drupal',
  joomla: 'Joomla',
  magento: 'Magento',
  nextcloud: 'Nextcloud',
  postfix: 'mail',
  smtp: 'mail',
  dovecot: 'mailbox',
  imap: 'mailbox',
  'pop3/imap': 'mailbox',
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
