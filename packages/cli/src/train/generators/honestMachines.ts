// What programs send without meaning harm: identifiers, tokens, cookies, addresses in parameters, filters, settings,
// documents, style sheets, signatures, passwords' look-alikes.

import type { PlacementGroup } from '@parapet/engine';
import type { Picker } from './picker.ts';
import { FIRST_NAMES, LAST_NAMES, NOUNS, PHRASES, PLACES, SENTENCES } from './words.table.ts';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE64_URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const SIGNS =
  '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const WIDE = '0123456789abcdefghijklmnopqrstuvwxyz';

function uuid(p: Picker): string {
  return [8, 4, 4, 4, 12].map((length) => p.hex(length, length)).join('-');
}

function url(p: Picker): string {
  const host = `${p.pick(['www.', '', 'blog.', 'shop.', 'cdn.', 'm.', 'api.'])}${p.letters(3, 12)}.${p.pick(['com', 'org', 'net', 'de', 'fr', 'pl', 'cz', 'co.uk', 'example', 'io', 'gov'])}`;
  const path = p.many(
    0,
    4,
    '',
    () =>
      `/${p.pick([p.letters(2, 12), String(p.int(1, 99999)), `${p.letters(2, 8)}-${p.letters(2, 8)}`, encodeURIComponent(p.pick(NOUNS)), `${p.int(2000, 2026)}/${p.int(1, 12)}`])}`,
  );
  const query = p.chance(0.45)
    ? `?${p.many(1, 4, '&', () => `${p.letters(1, 8)}=${p.pick([p.letters(1, 8), String(p.int(1, 9999)), encodeURIComponent(p.pick(PHRASES)), p.from(BASE64_URL, 10, 30), encodeURIComponent(`https://${p.letters(3, 9)}.org/?a=1&b=2`)])}`)}`
    : '';
  return `${p.pick(['https', 'https', 'https', 'http'])}://${host}${p.maybe(0.05, ':8080')}${path}${p.maybe(0.2, `.${p.pick(['html', 'php', 'pdf', 'jpg', 'png', 'aspx', 'js', 'css', 'xml'])}`)}${query}${p.maybe(0.12, `#${p.letters(2, 10)}`)}`;
}

function token(p: Picker): string {
  return p.pick([
    uuid(p),
    p.hex(16, 64),
    p.from(BASE64, 16, 120) + p.pick(['', '=', '==']),
    p.from(BASE64_URL, 16, 86),
    `eyJhbGciOiJ${p.from(BASE64_URL, 16, 24)}.eyJ${p.from(BASE64_URL, 60, 300)}.${p.from(BASE64_URL, 43, 43)}`,
    p.digits(5, 20),
    `form-${p.from(BASE64_URL, 43, 43)}`,
    `${p.letters(2, 6)}_${p.from(BASE64_URL, 16, 40)}`,
    `GA1.2.${p.digits(8, 10)}.${p.digits(10, 10)}`,
    `fb.1.${p.digits(13, 13)}.${p.digits(9, 10)}`,
    `sha256=${p.hex(64, 64)}`,
    `W/"${p.hex(8, 32)}"`,
    `Basic ${p.from(BASE64, 12, 40)}=`,
    `Bearer ${p.from(BASE64_URL, 20, 100)}`,
    `${p.int(1, 99)}.${p.int(0, 99)}.${p.int(0, 99)}-${p.letters(2, 5)}.${p.int(1, 9)}`,
    `${p.int(2000, 2030)}-${p.int(10, 12)}-${p.int(10, 28)}T${p.int(10, 23)}:${p.int(10, 59)}:00+0${p.int(0, 3)}:00`,
    p.from(WIDE, 20, 40),
  ]);
}

function cookie(p: Picker): string {
  return p.pick([
    `{"stamp":"${p.from(BASE64, 20, 60)}==","necessary":true,"preferences":false,"ver":1,"utc":${p.digits(13, 13)}}`,
    `{stamp:'${p.from(BASE64, 20, 60)}=='%2Cnecessary:true%2Cpreferences:true%2Cver:1}`,
    `{stamp:'${p.from(BASE64, 20, 60)}==',necessary:true,preferences:true,method:'explicit',ver:1,utc:${p.digits(13, 13)},region:'de'}`,
    `isGpcEnabled=0&datestamp=Mon+Nov+22+2026+10%3A00%3A00+GMT%2B0100+(Mitteleurop%C3%A4ische+Zeit)&version=2024.1.0&groups=C0001%3A1%2CC0002%3A0&hosts=`,
    `isGpcEnabled=0&datestamp=Tue Mar 03 2026 11:20:${p.int(10, 59)} GMT+0100 (Central European Standard Time)&version=202${p.int(3, 6)}.${p.int(1, 9)}.0&isIABGlobal=false&groups=C0001:1,C0002:0&AwaitingReconsent=false`,
    `GS1.1.${p.digits(10, 10)}.${p.int(1, 30)}.1.${p.digits(10, 10)}.${p.int(0, 60)}.0.0`,
    `__utmz=${p.digits(9, 9)}.${p.digits(10, 10)}.1.1.utmcsr=google|utmccn=(organic)|utmcmd=organic|utmctr=(not provided)`,
    `a:${p.int(1, 4)}:{s:4:"lang";s:2:"${p.letters(2, 2)}";s:5:"theme";s:${p.int(4, 9)}:"${p.letters(4, 9)}";}`,
    `[[B]]${p.from(BASE64_URL, 20, 40)}|${p.digits(10, 10)}`,
    `{"distinct_id":"${uuid(p)}","$device_id":"${uuid(p)}","$initial_referrer":"$direct","__mps":{},"__mpso":{}}`,
    `%7B%22distinct_id%22%3A%22${uuid(p)}%22%2C%22%24initial_referrer%22%3A%22%24direct%22%7D`,
    `{"mobile":"0","css":"[data-x='${p.letters(2, 8)}'] > .${p.letters(2, 8)}"}`,
    `s:${p.from(BASE64_URL, 32, 32)}.${p.from(BASE64, 43, 43)}`,
    `${p.from(BASE64_URL, 10, 30)}--${p.hex(40, 40)}`,
    `lang=${p.letters(2, 2)}&v=${p.int(1, 9)}&c=${p.hex(6, 6)}`,
    `${p.int(1, 9)}|${p.digits(10, 10)}|${p.letters(3, 9)}|"${p.pick(PHRASES)}"`,
    token(p),
  ]);
}

function agent(p: Picker): string {
  const version = `${p.int(60, 148)}.0.${p.int(0, 9999)}.${p.int(0, 200)}`;
  return p.pick([
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} Safari/537.36`,
    `Mozilla/5.0 (X11; Linux x86_64; rv:${p.int(60, 148)}.0) Gecko/20100101 Firefox/${p.int(60, 148)}.0`,
    `Mozilla/5.0 (iPhone; CPU iPhone OS ${p.int(12, 19)}_${p.int(0, 6)} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${p.int(12, 19)}.0 Mobile/15E148 Safari/604.1`,
    `Mozilla/5.0 (Linux; Android ${p.int(8, 15)}; ${p.pick(['SM-G991B', 'Pixel 8', 'moto g(30)', 'M2101K6G', 'CPH2211'])} Build/${p.from('ABCDEFGHIJKLMNOP0123456789', 4, 8)}; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/${version} Mobile Safari/537.36 [FBAN/EMA;FBLC/${p.letters(2, 2)}_${p.letters(2, 2).toUpperCase()};FBAV/${p.int(200, 420)}.0.0.1;FBDM/{density=2.0}]`,
    `Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`,
    `Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)`,
    `Mozilla/4.0 (compatible; MSIE ${p.int(6, 9)}.0; Windows NT ${p.int(5, 6)}.1; SV1; .NET CLR 2.0.50727; InfoPath.2)`,
    `curl/${p.int(7, 8)}.${p.int(10, 88)}.0`,
    `Wget/1.21.${p.int(1, 4)}`,
    `python-requests/2.${p.int(20, 32)}.0`,
    `facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)`,
    `Mozilla/5.0 (compatible; ${p.letters(4, 10)}Bot/${p.int(1, 4)}.0; +https://${p.letters(4, 10)}.com/bot)`,
    `GuzzleHttp/7`,
    `Go-http-client/1.1`,
    `Feedly/1.0 (+http://www.feedly.com/fetcher.html; like FeedFetcher-Google)`,
    `WordPress/6.${p.int(0, 8)}; https://${p.letters(4, 10)}.org`,
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/1${p.int(3, 9)}.${p.int(0, 6)} Safari/605.1.15`,
    `Opera/9.80 (Windows NT 6.1; U; en) Presto/2.10 Version/12.${p.int(10, 18)}`,
    `Instagram ${p.int(100, 400)}.0.0.1 Android (${p.int(24, 35)}/${p.int(8, 15)}; 480dpi; 1080x2340; samsung; SM-A${p.int(100, 999)}F; a50; exynos; ${p.letters(2, 2)}_${p.letters(2, 2).toUpperCase()})`,
    `Dalvik/2.1.0 (Linux; U; Android ${p.int(8, 15)}; SM-A${p.int(100, 999)}F Build/${p.from('ABCDEFGHIJ0123456789', 4, 8)})`,
    `Apache-HttpClient/4.5.${p.int(1, 14)} (Java/${p.int(8, 21)}.0.${p.int(1, 20)})`,
    `okhttp/4.${p.int(1, 12)}.0`,
    `node-fetch/1.0 (+https://github.com/bitinn/node-fetch)`,
    `"${p.letters(3, 8)}" ${p.int(1, 9)}.0`,
  ]);
}

function header(p: Picker): string {
  return p.pick([
    agent(p),
    agent(p),
    agent(p),
    url(p),
    url(p),
    cookie(p),
    cookie(p),
    cookie(p),
    token(p),
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
    `${p.letters(2, 2)}-${p.letters(2, 2).toUpperCase()},${p.letters(2, 2)};q=0.9,en;q=0.${p.int(1, 8)},*;q=0.5`,
    'application/json, text/javascript, */*; q=0.01',
    `application/vnd.${p.letters(3, 8)}.v${p.int(1, 4)}+json; charset="utf-8"`,
    `multipart/form-data; boundary=----WebKitFormBoundary${p.from(BASE64_URL, 16, 16)}`,
    `${p.int(1, 223)}.${p.int(0, 255)}.${p.int(0, 255)}.${p.int(1, 254)}, ${p.int(1, 223)}.${p.int(0, 255)}.${p.int(0, 255)}.${p.int(1, 254)}`,
    `for="[2001:db8::${p.hex(1, 4)}]";proto=https;by=203.0.113.${p.int(1, 254)}`,
    `"Chromium";v="${p.int(100, 148)}", "Not?A_Brand";v="24", "Google Chrome";v="${p.int(100, 148)}"`,
    `bytes=${p.int(0, 9999)}-${p.int(10000, 99999)}`,
    `attachment; filename="${p.pick(NOUNS)} (${p.int(1, 9)}).pdf"; filename*=UTF-8''${encodeURIComponent(p.pick(PHRASES))}.pdf`,
    `file; filename="${p.pick(NOUNS)}.${p.pick(['png', 'jpg', 'docx'])}"`,
    `Digest username="${p.letters(3, 8)}", realm="x", nonce="${p.hex(16, 32)}", uri="/", response="${p.hex(32, 32)}", qop=auth, nc=00000001, cnonce="${p.hex(8, 16)}"`,
    `AWS4-HMAC-SHA256 Credential=AKIA${p.from('ABCDEFGHIJ0123456789', 16, 16)}/20261122/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=${p.hex(64, 64)}`,
    `t=${p.digits(10, 10)},v1=${p.hex(64, 64)},v0=${p.hex(64, 64)}`,
    'no-cache, no-store, max-age=0, must-revalidate',
    `Mon, ${p.int(10, 28)} Nov 2026 10:${p.int(10, 59)}:00 GMT`,
    `https://www.google.com/search?q=${encodeURIComponent(p.pick(PHRASES))}&rlz=${p.from(BASE64_URL, 8, 14)}&oq=${encodeURIComponent(p.pick(NOUNS))}&sourceid=chrome&ie=UTF-8`,
    `00-${p.hex(32, 32)}-${p.hex(16, 16)}-01`,
    `sentry-environment=production,sentry-release=${p.hex(40, 40)},sentry-public_key=${p.hex(32, 32)}`,
  ]);
}

function file(p: Picker): string {
  const name = p.pick([
    `${p.pick(NOUNS)} (${p.int(1, 9)})`,
    `IMG_${p.digits(8, 8)}_${p.digits(6, 6)}`,
    `${p.pick(PHRASES)}`.slice(0, 40),
    `${p.pick(LAST_NAMES)}_CV_${p.int(2010, 2026)}`,
    `Screenshot ${p.int(2015, 2026)}-${p.int(10, 12)}-${p.int(10, 28)} at ${p.int(10, 23)}.${p.int(10, 59)}.${p.int(10, 59)}`,
    `Kopie von ${p.pick(NOUNS)}`,
    `${p.letters(2, 9)}.min`,
    `${p.letters(2, 9)}-${p.hex(8, 8)}`,
    `${p.letters(2, 9)}.v${p.int(1, 9)}.final`,
    `${p.pick(LAST_NAMES)}'s ${p.pick(NOUNS)}`,
    `~$${p.pick(NOUNS)}`,
    `[${p.pick(NOUNS)}] ${p.pick(NOUNS)} #${p.int(1, 99)}`,
    `${p.pick(NOUNS)} & ${p.pick(NOUNS)}`,
  ]);
  return `${name}.${p.pick(['pdf', 'jpg', 'JPG', 'png', 'docx', 'xlsx', 'zip', 'tar.gz', 'txt', 'csv', 'svg', 'mp4', 'webp', 'html', 'js', 'css', 'json', 'odt', 'eml'])}`;
}

function path(p: Picker): string {
  return p.pick([
    `/${p.many(1, 5, '/', () => p.pick([p.letters(2, 10), `${p.letters(2, 8)}-${p.letters(2, 8)}`, String(p.int(1, 9999)), p.pick(NOUNS).replaceAll(' ', '-')]))}${p.maybe(0.2, '/')}`,
    `/sites/default/files/${p.pick(['', 'styles/large/public/', 'css/', `${p.int(2015, 2026)}-${p.int(10, 12)}/`])}${file(p)}`,
    `/${p.letters(2, 2)}/node/${p.int(1, 99999)}${p.maybe(0.3, '/edit')}`,
    `/core/assets/vendor/${p.letters(3, 9)}/${p.letters(3, 9)}.min.js`,
    `/themes/custom/${p.letters(3, 9)}/dist/${p.letters(3, 9)}.${p.hex(8, 8)}.css`,
    `/${p
      .pick(PHRASES)
      .toLowerCase()
      .replaceAll(/[^\p{L}\d]+/gu, '-')}`,
    `/wiki/${p.pick(PHRASES).replaceAll(' ', '_')}`,
    `/wiki/Spezial:${p.letters(4, 12)}/${p.pick(LAST_NAMES)}_(${p.pick(NOUNS)})`,
    `/${p.pick(NOUNS)}+${p.pick(NOUNS)},${p.int(1, 99)}.html`,
    `/tag/${p.pick(['c++', 'c#', '.net', 'r&b', "rock'n'roll", 'q&a', 'node.js', "l'histoire", '50%-off', 'a+b'])}`,
    `/@${p.letters(3, 12)}/${p
      .pick(PHRASES)
      .toLowerCase()
      .replaceAll(/[^\p{L}\d]+/gu, '-')}-${p.hex(12, 12)}`,
    `/api/v${p.int(1, 4)}/${p.letters(3, 9)}/${uuid(p)}`,
    `/jsonapi/node/article/${uuid(p)}/relationships/${p.letters(3, 10)}`,
    `/entity_reference_autocomplete/node/default:node/${p.from(BASE64_URL, 43, 43)}`,
    `/image;w=${p.int(10, 999)};h=${p.int(10, 999)}/${file(p)}`,
    `/maps/@${p.int(40, 60)}.${p.digits(4, 7)},${p.int(0, 20)}.${p.digits(4, 7)},${p.int(5, 18)}z`,
    `/calendar/${p.int(2000, 2026)}/W${p.int(1, 52)}`,
    `/user/reset/${p.int(1, 999)}/${p.digits(10, 10)}/${p.from(BASE64_URL, 43, 43)}/login`,
  ]);
}

function config(p: Picker): string {
  return p.pick([
    `uuid: ${uuid(p)}\nlangcode: en\nstatus: true\ndependencies:\n  module:\n    - ${p.letters(3, 9)}\n    - user\nid: ${p.letters(3, 12)}\nlabel: '${p.pick(NOUNS)}'\nsettings:\n  allowed_html: '<em> <strong> <a href hreflang> <ul type> <li> <h2 id>'\n  filter: "${p.letters(3, 9)}"\n`,
    `display_options:\n  filters:\n    status:\n      operator: '>='\n      value: '1'\n      expose: { operator: '', use_operator: false }\n  style: { type: default }\n`,
    `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[${p.many(3, 12, '],[', () => `${p.int(-179, 179)}.${p.digits(4, 6)},${p.int(-89, 89)}.${p.digits(4, 6)}`)}]]]},"properties":{"name":"${p.pick(PLACES)}"}}]}`,
    `POLYGON ((${p.many(3, 9, ', ', () => `${p.int(1, 179)}.${p.digits(2, 4)} ${p.int(1, 89)}.${p.digits(2, 4)}`)}))`,
    `.${p.letters(2, 9)} > .${p.letters(2, 9)}:not(:last-child)::after { content: "\\201C"; background: url("../images/${p.letters(2, 9)}.svg") no-repeat; }\n@media (min-width: ${p.int(300, 1200)}px) { a[href^="http"] { color: #${p.hex(6, 6)}; } }`,
    `(function ($, Drupal) {\n  Drupal.behaviors.${p.letters(3, 9)} = {\n    attach: function (context) {\n      $('.${p.letters(3, 9)}', context).on('click', function (e) { e.preventDefault(); });\n    }\n  };\n})(jQuery, Drupal);`,
    `${p.many(2, 9, '\r\n', () => `${p.pick(NOUNS)};${p.int(1, 999)};"${p.pick(PHRASES)}";${p.int(1, 99)},${p.int(10, 99)}`)}`,
    `id,name,price\n${p.many(2, 9, '\n', (index) => `${index},"${p.pick(LAST_NAMES)}, ${p.pick(FIRST_NAMES)}",${p.int(1, 99)}.${p.int(10, 99)}`)}`,
    `# ${p.pick(PHRASES)}\n\n* ${p.pick(SENTENCES)}\n* [${p.pick(NOUNS)}](${url(p)})\n\n> ${p.pick(SENTENCES)}\n\n| a | b |\n|---|---|\n| ${p.pick(NOUNS)} | \`${p.letters(3, 8)}()\` |`,
    `BEGIN:VCARD\nVERSION:3.0\nN:${p.pick(LAST_NAMES)};${p.pick(FIRST_NAMES)};;;\nTEL;TYPE=CELL:+${p.digits(10, 12)}\nEND:VCARD`,
    `BEGIN:VEVENT\nUID:${uuid(p)}\nDTSTART;TZID=Europe/Berlin:20261122T100000\nSUMMARY:${p.pick(PHRASES)}\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE\nEND:VEVENT`,
    `M${p.many(4, 20, ' ', () => `${p.int(0, 99)}.${p.int(0, 9)},${p.int(0, 99)}L${p.int(0, 99)}-${p.int(0, 99)}c-${p.int(1, 9)}.5,0`)}z`,
    `-----BEGIN CERTIFICATE-----\n${p.many(3, 9, '\n', () => p.from(BASE64, 64, 64))}\n-----END CERTIFICATE-----`,
    `${p.int(10, 23)}:${p.int(10, 59)}:${p.int(10, 59)} [error] ${p.letters(3, 9)}: ${p.pick(SENTENCES)} (${p.letters(3, 9)}.php:${p.int(1, 999)})`,
    `<p><a href="${url(p)}" target="_blank" rel="noopener">${p.pick(PHRASES)}</a><br />${p.pick(SENTENCES)}</p><ul><li>${p.pick(NOUNS)}</li></ul><img alt="${p.pick(NOUNS)}" data-entity-type="file" data-entity-uuid="${uuid(p)}" height="${p.int(10, 900)}" src="/sites/default/files/inline-images/${p.letters(3, 9)}.png" width="${p.int(10, 900)}" loading="lazy" />`,
    `<h2 style="text-align:center;">${p.pick(PHRASES)}</h2><p>${p.pick(SENTENCES)} <strong>${p.pick(NOUNS)}</strong> <em>${p.pick(SENTENCES)}</em></p><blockquote><p>${p.pick(SENTENCES)}</p></blockquote><table><tbody><tr><td>${p.pick(NOUNS)}</td><td>${p.int(1, 99)}</td></tr></tbody></table>`,
    `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><get${p.letters(3, 9)} xmlns="http://${p.letters(3, 9)}.org/"><id>${p.int(1, 999)}</id></get${p.letters(3, 9)}></soap:Body></soap:Envelope>`,
    `<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>${p.pick(PHRASES)}</title><link>${url(p)}</link></channel></rss>`,
    `<?xml version="1.0"?><methodCall><methodName>${p.letters(3, 8)}.${p.letters(3, 8)}</methodName><params><param><value><string>${p.pick(PHRASES)}</string></value></param></params></methodCall>`,
    `query { node(id: ${p.int(1, 99)}) { title body { processed } } }`,
    `query Get${p.letters(3, 8)}($id: ID!) { ${p.letters(3, 8)}(id: $id, first: ${p.int(1, 50)}) { edges { node { id name } } } }`,
    `{"query":"query($q:String!){search(text:$q){hits{title}}}","variables":{"q":"${p.pick(PHRASES).replaceAll('"', '')}"}}`,
  ]);
}

function value(p: Picker): string {
  return p.pick([
    url(p),
    url(p),
    url(p),
    token(p),
    token(p),
    cookie(p),
    file(p),
    path(p),
    `${p.letters(2, 10)}.${p.letters(2, 10)}@${p.letters(3, 9)}.${p.pick(['com', 'org', 'de'])}`,
    `${p.letters(2, 9)}+${p.letters(2, 6)}@${p.letters(3, 9)}.co.uk`,
    p.from(SIGNS, 6, 14),
    p.from(SIGNS, 6, 20),
    `${p.pick(NOUNS)}${p.int(1, 999)}${p.from('!$%&/()=?#*+-;:_.,', 1, 3)}`,
    `+${p.digits(2, 2)} (0)${p.digits(2, 4)} ${p.digits(3, 8)}`,
    `(${p.digits(3, 3)}) ${p.digits(3, 3)}-${p.digits(4, 4)}`,
    `${p.digits(4, 4)} ${p.digits(4, 4)} ${p.digits(4, 4)} ${p.digits(4, 4)}`,
    `${p.pick(PLACES)}, ${p.pick(LAST_NAMES)}str. ${p.int(1, 99)}${p.letters(1, 1)}, ${p.digits(5, 5)}`,
    `${p.int(1, 999)} ${p.pick(LAST_NAMES)} St. #${p.int(1, 99)}, Apt. ${p.int(1, 9)}/${p.int(1, 9)}`,
    `#${p.hex(6, 6)}`,
    `rgba(${p.int(0, 255)},${p.int(0, 255)},${p.int(0, 255)},0.${p.int(1, 9)})`,
    `${p.int(-90, 90)}.${p.digits(4, 7)},${p.int(-180, 180)}.${p.digits(4, 7)}`,
    `${p.letters(2, 8)}:${p.letters(2, 8)}`,
    `${p.letters(2, 8)},${p.letters(2, 8)},-${p.letters(2, 8)}`,
    p.pick([
      '>=',
      '<=',
      '<>',
      '=',
      '>',
      '<',
      '!=',
      'CONTAINS',
      'STARTS_WITH',
      'IN',
      'NOT IN',
      'BETWEEN',
      'IS NULL',
      'IS NOT NULL',
      'LIKE',
      'OR',
      'AND',
      'asc',
      'desc',
      '*',
      '%',
      '-',
      '.',
      '/',
      '\\',
      '|',
      '&',
      '"',
      "'",
    ]),
    `field_${p.letters(3, 9)}.entity.name`,
    `node--${p.letters(3, 9)}`,
    `{"${p.letters(2, 8)}":"${p.pick(PHRASES).replaceAll('"', '')}","${p.letters(2, 8)}":[${p.int(1, 99)},${p.int(1, 99)}],"x":{"y":null}}`,
    `[{"id":${p.int(1, 99)},"name":"${p.pick(NOUNS)}"},{"id":${p.int(1, 99)},"name":"${p.pick(NOUNS)}"}]`,
    `["${p.pick(NOUNS)}","${p.pick(NOUNS)}"]`,
    `${p.int(1, 9)},${p.int(1, 9)},${p.int(1, 9)}`,
    `(${p.int(1, 9)},${p.int(1, 9)})`,
    `[${p.int(1, 9)} TO ${p.int(10, 99)}]`,
    `price:[${p.int(1, 9)} TO *] AND type:(${p.pick(NOUNS)} OR ${p.pick(NOUNS)})`,
    `${p.int(1, 31)}.${p.int(1, 12)}.${p.int(1950, 2026)}`,
    `${p.int(1, 12)}/${p.int(1, 31)}/${p.int(1950, 2026)} - ${p.int(1, 23)}:${p.int(10, 59)}`,
    `${p.letters(2, 9)} ${p.int(1, 9)}.${p.int(0, 9)}.${p.int(0, 9)} (build ${p.digits(3, 6)})`,
    `default:node:${uuid(p)}`,
    `${p.letters(3, 9)}__${p.letters(3, 9)}--${p.letters(3, 9)}`,
    `utm_source=${p.letters(3, 9)}&utm_medium=email`,
    `data:image/png;base64,iVBORw0KGgo${p.from(BASE64, 60, 300)}=`,
    `a:1:{i:0;s:${p.int(1, 9)}:"${p.letters(1, 9)}";}`,
    `<${p.pick(['p', 'br', 'strong', 'em'])}>${p.pick(PHRASES)}</p>`,
    `${p.int(1, 9)} < ${p.int(10, 20)}`,
    `\\frac{${p.letters(1, 1)}}{${p.int(1, 9)}} + \\sqrt{x^{${p.int(2, 5)}}}`,
    `$${p.letters(1, 1)}_{${p.int(1, 9)}} \\leq \\sum_{i=1}^{n} x_i$`,
    `${p.letters(1, 3)}(${p.letters(1, 1)}) = ${p.int(1, 9)}${p.letters(1, 1)}^2 - ${p.int(1, 9)}`,
    `=SUM(A${p.int(1, 9)}:A${p.int(10, 99)})`,
    `😀👍🏽 ${p.pick(PHRASES)} 🎉`,
    `${p.letters(2, 6)}|${p.letters(2, 6)}|${p.int(1, 99)}`,
    `${p.pick(NOUNS)};${p.pick(NOUNS)};${p.pick(NOUNS)}`,
  ]);
}

function name(p: Picker): string {
  return p.pick([
    `${p.letters(1, 12)}`,
    `${p.letters(2, 8)}[${p.int(0, 9)}][value]`,
    `filter[${p.letters(2, 8)}][condition][${p.pick(['path', 'operator', 'value', 'memberOf'])}]`,
    `page[limit]`,
    `fields[node--${p.letters(3, 8)}]`,
    `edit-${p.letters(2, 8)}-${p.int(0, 9)}`,
    `ajax_page_state[libraries]`,
    `field_${p.letters(2, 8)}[${p.int(0, 3)}][subform][field_${p.letters(2, 8)}][0][value]`,
    `${p.letters(2, 6)}.${p.letters(2, 6)}`,
    `${p.letters(2, 6)}:${p.letters(2, 6)}`,
    `${p.letters(2, 6)}-${p.letters(2, 6)}`,
    `f[${p.int(0, 9)}]`,
    `_${p.letters(1, 6)}`,
    `$${p.letters(1, 6)}`,
    `${p.letters(2, 6)}[]`,
    `${p.letters(2, 6)}[${p.letters(2, 6)}][]`,
    `amp;${p.letters(2, 6)}`,
    `blocks[${p.letters(3, 8)}][region]`,
    `terms[tid:${p.int(1, 99)}:0][depth]`,
    `tables[${p.letters(2, 6)}][drop]`,
    `permissions[${p.letters(3, 8)}][select any ${p.letters(3, 6)} content]`,
    `${p.letters(2, 9)}[delete any ${p.letters(3, 8)} content]`,
  ]);
}

export function honestMachine(p: Picker): { text: string; group: PlacementGroup } {
  const kind = p.int(0, 99);
  if (kind < 40) return { text: value(p), group: p.chance(0.75) ? 'value' : 'body' };
  if (kind < 62) return { text: header(p), group: 'header' };
  if (kind < 76) return { text: path(p), group: 'path' };
  if (kind < 79) return { text: file(p), group: 'path' };
  if (kind < 84) return { text: name(p), group: 'name' };
  return { text: config(p), group: p.pick(['body', 'rich', 'value', 'body']) };
}
