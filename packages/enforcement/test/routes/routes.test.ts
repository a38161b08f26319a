import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Routes } from '../../src/routes/routes.ts';

const routes = new Routes();

function kindOf(target: string, method = 'GET'): string | undefined {
  return routes.find(method, target)?.kind;
}

describe('the routes of machines', () => {
  it.each([
    ['/.well-known/acme-challenge/tokentokentoken', 'certificate check'],
    ['/cron/0123456789abcdef', 'cron'],
    ['/rss.xml', 'feed'],
    ['/blog/feed', 'feed'],
    ['/de/taxonomy/term/7/feed', 'feed'],
    ['/news.rss?page=1', 'feed'],
    ['/jsonapi', 'JSON:API'],
    ['/pt-br/jsonapi/node/article?filter[status]=1', 'JSON:API'],
    ['/zh-hans/jsonapi/node/article', 'JSON:API'],
    ['/graphql', 'GraphQL'],
    ['/payment/notify/paypal', 'webhook'],
    ['/oauth/token', 'application sign-in'],
    ['/media/oembed?url=https%3A%2F%2Fexample.org', 'embedding'],
    ['/health', 'health check'],
    ['/robots.txt', 'file for robots'],
    ['/sitemap.xml?page=2', 'file for robots'],
    ['/.well-known/openid-configuration', 'well-known address'],
    ['/sites/default/files/styles/large/public/A%20photo.jpg?itok=x', 'static file'],
    ['/core/misc/drupal.js?v=11.3.1', 'static file'],
  ])('know %s as %s', (target, kind) => {
    expect(kindOf(target)).toBe(kind);
  });

  it.each([
    '/',
    '/user/login',
    '/de/user/login',
    '/node/1',
    '/user/login?_format=json',
    '/feeding',
    '/jsonapix',
    '/user/login?x=/jsonapi/node',
    '*',
    '',
  ])('do not know %s', (target) => {
    expect(kindOf(target)).toBeUndefined();
  });

  it.each([
    '/jsonapi/../user/login',
    '/jsonapi/./../user/login',
    '/jsonapi/..',
    '/jsonapi/%2e%2e/user/login',
    '/user/login/%2Ffeed',
    '/jsonapi/..;/user/login',
    '/user/login;x.css',
    '/user/login%3bx.css',
    '/user/login%3fx.css',
    '/user/login%00.css',
    '/jsonapi//../user/login',
    '//jsonapi/node',
    '\\jsonapi',
    'http://example.org/jsonapi',
  ])('do not take %s for one', (target) => {
    expect(kindOf(target)).toBeUndefined();
  });

  it('take a form that is posted to a feed for a form', () => {
    expect(kindOf('/blog/feed', 'POST')).toBeUndefined();
    expect(kindOf('/jsonapi/node/article', 'POST')).toBe('JSON:API');
    expect(kindOf('/stripe/webhook/orders', 'POST')).toBe('webhook');
  });

  it('never stop certificates and cron, whatever is decided', () => {
    expect(routes.find('GET', '/.well-known/acme-challenge/x')?.rank).toBe('never');
    expect(routes.find('GET', '/cron/x')?.rank).toBe('never');
    expect(routes.find('GET', '/rss.xml')?.rank).toBe('challenge-free');
  });

  it('are found below the base path, with a language or without', () => {
    const shop = new Routes({ basePath: '/shop/' });
    expect(shop.find('GET', '/shop/jsonapi/node')?.kind).toBe('JSON:API');
    expect(shop.find('GET', '/shop/de/cron/key')?.kind).toBe('cron');
    expect(shop.find('GET', '/shopping/jsonapi')).toBeUndefined();
  });

  it('are extended by the configuration', () => {
    const own = new Routes({ neverChallenge: ['/export/*', '/ping-me', '**/hook', '/legacy*', ''] });
    expect(own.find('POST', '/export/orders')?.kind).toBe('configured route');
    expect(own.find('GET', '/fr/ping-me')?.kind).toBe('configured route');
    expect(own.find('POST', '/a/b/hook')?.kind).toBe('configured route');
    expect(own.find('GET', '/legacy.php')?.kind).toBe('configured route');
    expect(own.find('GET', '/exporter')).toBeUndefined();
  });

  it('can be asked for anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), fc.string(), (target, method) => {
        routes.find(method, target);
        routes.find(method, `/${target}`);
      }),
    );
  });
});
