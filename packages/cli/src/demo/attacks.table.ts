// What the scripted attack sends. The addresses are those that RFC 5737 keeps for documentation: nobody has them.

export interface Attack {
  readonly name: string;
  readonly from: string;
  readonly agent: string;
  /** Between two requests. */
  readonly pauseMs: number;
  readonly requests: ReadonlyArray<{
    readonly target: string;
    /** Sent as a form. */
    readonly form?: Readonly<Record<string, string>>;
  }>;
}

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

export const ATTACKS: readonly Attack[] = [
  {
    name: 'asks for a login of WordPress that is not there',
    from: '198.51.100.23',
    agent: FIREFOX,
    pauseMs: 400,
    requests: ['/wp-login.php', '/wp-admin/install.php', '/'].map((target) => ({ target })),
  },
  {
    name: 'looks for forgotten files',
    from: '198.51.100.66',
    agent: 'python-requests/2.32.3',
    pauseMs: 250,
    requests: [
      '/.env',
      '/.git/config',
      '/.aws/credentials',
      '/backup.sql',
      '/wp-config.php.bak',
      '/phpinfo.php',
      '/.ssh/id_rsa',
      '/server-status',
    ].map((target) => ({ target })),
  },
  {
    name: 'guesses the password of anna',
    from: '198.51.100.77',
    agent: FIREFOX,
    pauseMs: 300,
    requests: [
      '123456',
      'password',
      'qwerty',
      'letmein',
      'anna',
      'anna123',
      'tomato',
      'garden',
      'summer',
      'abc123',
      'iloveyou',
      'secret',
    ].map((pass) => ({ target: '/user/login', form: { name: 'anna', pass } })),
  },
  {
    name: 'tries to climb out of the web root',
    from: '203.0.113.9',
    agent: 'curl/8.5.0',
    pauseMs: 350,
    requests: [
      '/search?q=../../../../etc/passwd',
      '/shop/..%2f..%2f..%2f..%2fetc%2fpasswd',
      '/blog/....//....//etc/shadow',
      '/%2e%2e/%2e%2e/%2e%2e/etc/hosts',
    ].map((target) => ({ target })),
  },
  {
    name: 'tries SQL in the search',
    from: '203.0.113.44',
    agent: 'sqlmap/1.8.4#stable (https://sqlmap.org)',
    pauseMs: 300,
    requests: [
      "/search?q=1'%20OR%20'1'='1'--%20-",
      "/search?q=-1'%20UNION%20ALL%20SELECT%20NULL,user(),version()--%20-",
      '/search?q=1%20AND%20SLEEP(5)--',
      "/search?q=1';%20DROP%20TABLE%20users--",
      '/shop?id=1%20AND%201=1%20UNION%20SELECT%201,2,3',
    ].map((target) => ({ target })),
  },
];

/** People who go on shopping meanwhile. */
export const VISITORS: readonly string[] = ['192.0.2.14', '192.0.2.118', '203.0.113.200'];

export const VISITED: readonly string[] = [
  '/',
  '/style.css',
  '/shop',
  '/shop/marmande-tomato',
  '/shop/red-orach',
  '/search?q=bean',
  '/shop/blue-lake-bean',
  '/blog',
  '/blog/slugs',
  '/contact',
];

export const VISITOR_AGENT = FIREFOX;
