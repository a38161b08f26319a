// What is answered before anybody is asked: nobody serves that host here, visitors are sent on to HTTPS, or the body
// is longer than the site takes.

import type { Answer, Exchange } from '@parapet/kinds';
import { httpsRedirect } from '../edge/httpsRedirect.ts';
import type { RequestHead } from '../http/request-head.ts';
import { ownPage } from './own-answers.ts';

export interface EarlyLimits {
  /** Where visitors without TLS are sent instead; 0 for those who are served. */
  readonly redirectPort: number;
  /** 0 is no limit. */
  readonly requestBodyBytes: number;
}

/** Returns the answer, or undefined when the request goes its way. */
export function earlyAnswer(
  exchange: Exchange & { readonly requestId: string },
  head: RequestHead,
  hasSite: boolean,
  { redirectPort, requestBodyBytes }: EarlyLimits,
): Answer | undefined {
  if (!hasSite) return ownPage(421, exchange.requestId);
  if (redirectPort > 0 && exchange.client.scheme === 'http') {
    const redirect = httpsRedirect(exchange.request, redirectPort);
    if (redirect !== undefined) return redirect;
  }
  const isLong = requestBodyBytes > 0 && head.contentLength > requestBodyBytes;
  return isLong ? ownPage(413, exchange.requestId) : undefined;
}
