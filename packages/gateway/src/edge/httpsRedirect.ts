// The answer of a listener that only sends visitors on to HTTPS.

import type { Answer, RequestView } from '@parapet/kinds';

/** Certificate authorities look here over plain HTTP, before there is a certificate. */
const ACME_PREFIX = '/.well-known/acme-challenge/';

/**
 * Returns the redirect to the same address on the HTTPS port; undefined for what must be answered here: a challenge
 * of a certificate authority, and a request that names no host or no path. The host must be one of ours.
 */
export function httpsRedirect(request: RequestView, httpsPort: number): Answer | undefined {
  const { host, rawTarget, method } = request;
  if (host === '' || !rawTarget.startsWith('/') || rawTarget.startsWith(ACME_PREFIX)) return undefined;
  const port = httpsPort === 443 ? '' : `:${httpsPort}`;
  const target = rawTarget.replace(
    /[^!-~]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return {
    // 301 lets a browser make a GET of a form that was posted; 308 does not, and old programs know only 301.
    status: method === 'GET' || method === 'HEAD' ? 301 : 308,
    headers: [
      ['Location', `https://${host}${port}${target}`],
      ['Cache-Control', 'max-age=3600'],
    ],
    body: '',
    cause: 'https',
  };
}
