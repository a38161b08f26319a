import { expect, it } from 'vitest';
import { httpsRedirect } from '../../src/edge/httpsRedirect.ts';
import { request } from './requests.ts';

it('sends to the same address on the HTTPS port, and keeps the method of what is no GET', () => {
  const asked = { ...request(), rawTarget: '/a?b=\xe4 c' };
  expect(httpsRedirect(asked, 443)).toMatchObject({
    status: 301,
    headers: [['Location', 'https://example.org/a?b=%e4%20c'], expect.anything()],
  });
  expect(httpsRedirect({ ...asked, method: 'POST' }, 8443)).toMatchObject({
    status: 308,
    headers: [['Location', 'https://example.org:8443/a?b=%e4%20c'], expect.anything()],
  });
});

it('leaves alone what certificate authorities ask for, and what has no address', () => {
  for (const rawTarget of ['/.well-known/acme-challenge/token', '*', 'http://example.org/'])
    expect(httpsRedirect({ ...request(), rawTarget }, 443), rawTarget).toBeUndefined();
  expect(httpsRedirect({ ...request(), host: '' }, 443)).toBeUndefined();
});
