// Paths that machines ask for: a challenge there stops a feed reader, a payment or a certificate, and nobody sees
// it. Paths are as in docs/enforcement.md:
//
//   /cron/*       the path and everything below it
//   /robots.txt   this path
//   **/feed       any path that ends so, at a slash
//   **.css        any path that ends so
//
// A path may have the site's base path and a language prefix in front (`/shop/de/jsonapi/node/page`).

/**
 * `never` is for what keeps the site alive and is not banned; `challenge-free` is slowed down where others would be
 * challenged.
 */
export type RouteRank = 'never' | 'challenge-free';

export interface RouteRow {
  /** What it is, in the words of the log and the docs. */
  readonly kind: string;
  readonly rank: RouteRank;
  /** `read`: only GET and HEAD; a form posted there is no machine's errand. */
  readonly methods: 'read' | 'any';
  readonly paths: readonly string[];
}

/** These are cheap to serve, and a page needs dozens. */
export const STATIC_FILE = 'static file';
export const FILE_FOR_ROBOTS = 'file for robots';

export const ROUTES: readonly RouteRow[] = [
  {
    kind: 'certificate check',
    rank: 'never',
    methods: 'read',
    paths: ['/.well-known/acme-challenge/*', '/.well-known/pki-validation/*'],
  },
  // Drupal's cron is `/cron/KEY`; the key is what protects it.
  { kind: 'cron', rank: 'never', methods: 'any', paths: ['/cron/*', '/cron.php', '/core/cron.php'] },
  {
    kind: 'feed',
    rank: 'challenge-free',
    methods: 'read',
    paths: [
      '**/feed',
      '**/feed.xml',
      '**/feeds/*',
      '**/rss',
      '**/rss.xml',
      '**/atom.xml',
      '**/feed.json',
      '**.rss',
      '**.atom',
    ],
  },
  { kind: 'JSON:API', rank: 'challenge-free', methods: 'any', paths: ['/jsonapi/*', '/subrequests'] },
  { kind: 'GraphQL', rank: 'challenge-free', methods: 'any', paths: ['/graphql/*'] },
  // simple_oauth: an application that fetches a token runs no script.
  {
    kind: 'application sign-in',
    rank: 'challenge-free',
    methods: 'any',
    paths: ['/oauth/token', '/oauth/userinfo', '/oauth/jwks', '/session/token'],
  },
  {
    kind: 'webhook',
    rank: 'challenge-free',
    methods: 'any',
    paths: [
      '/payment/notify/*',
      '/commerce_paypal/*',
      '/commerce-stripe/*',
      '/commerce_stripe/*',
      '/stripe/webhook/*',
      '/mollie/webhook/*',
      '/adyen/*',
      '/webhook/*',
      '/webhooks/*',
      '/hooks/*',
      '**/webhook',
      '**/ipn',
    ],
  },
  {
    kind: 'embedding',
    rank: 'challenge-free',
    methods: 'read',
    paths: ['/oembed', '/media/oembed', '/api/oembed', '/services/oembed', '**/oembed.json', '**/oembed.xml'],
  },
  {
    kind: 'health check',
    rank: 'challenge-free',
    methods: 'read',
    paths: [
      '/health',
      '/healthz',
      '/health/*',
      '/livez',
      '/readyz',
      '/ping',
      '/status/ping',
      '/monitoring/*',
    ],
  },
  {
    kind: FILE_FOR_ROBOTS,
    rank: 'challenge-free',
    methods: 'read',
    paths: [
      '/robots.txt',
      '/ads.txt',
      '/app-ads.txt',
      '/humans.txt',
      '/llms.txt',
      '/security.txt',
      '/sitemap.xml',
      '/sitemap_index.xml',
      '/sitemap.xsl',
      '/sitemaps/*',
      '**/sitemap.xml',
      '/opensearch.xml',
      '/browserconfig.xml',
      '/manifest.json',
      '/site.webmanifest',
      '/favicon.ico',
    ],
  },
  { kind: 'well-known address', rank: 'challenge-free', methods: 'any', paths: ['/.well-known/*'] },
  {
    kind: STATIC_FILE,
    rank: 'challenge-free',
    methods: 'read',
    paths: [
      '**.css',
      '**.js',
      '**.mjs',
      '**.map',
      '**.png',
      '**.jpg',
      '**.jpeg',
      '**.gif',
      '**.svg',
      '**.webp',
      '**.avif',
      '**.ico',
      '**.woff',
      '**.woff2',
      '**.ttf',
      '**.otf',
      '**.mp3',
      '**.mp4',
      '**.webm',
      '**.vtt',
    ],
  },
];
