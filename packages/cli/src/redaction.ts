// Takes out of a value what must not leave this machine: secrets, addresses of people, the name of the user.

import { parseIpOrCidr } from '@parapet/kinds';

export interface RedactionOptions {
  /** The user's home folder; it becomes `~`. */
  readonly home: string;
  readonly keepsAddresses: boolean;
}

const SECRET_KEY = /pass(word|phrase)?|secret|token|credential|api_?key|private_?key|salt/i;
const URL_USER = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;
const URL_SECRET = /([?&][^=&\s]*(?:key|token|secret|pass|sig)[^=&\s]*=)[^&\s]+/gi;
const MAYBE_IPV6 = /(?<!\w)[\da-f]{0,4}:[\da-f.]{0,15}:[\da-f:.]{0,45}(?:%\w+)?(?:\/\d{1,3})?(?!\w)/gi;
const IPV4 = /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?!\w|\.\d)/g;
const EMAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g;

export class Redaction {
  readonly #options: RedactionOptions;

  constructor(options: RedactionOptions) {
    this.#options = options;
  }

  /** Returns the value with the same shape. */
  clean<T>(value: T): T {
    // Texts stay texts, lists lists and objects objects, so it is a T still.
    return this.#clean(value) as T;
  }

  #clean(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((one) => this.#clean(one));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, below]) => [
      this.text(key),
      SECRET_KEY.test(key) && typeof below !== 'object' ? '<secret>' : this.#clean(below),
    ]);
    return Object.fromEntries(entries);
  }

  text(text: string): string {
    const { home, keepsAddresses } = this.#options;
    let cleaned = text.replaceAll(URL_USER, '$1<secret>@').replaceAll(URL_SECRET, '$1<secret>');
    if (home.length > 1) cleaned = cleaned.replaceAll(home, '~');
    if (keepsAddresses) return cleaned;
    return cleaned
      .replaceAll(EMAIL, '<e-mail>')
      .replaceAll(MAYBE_IPV6, withoutIpv6)
      .replaceAll(IPV4, '<address>');
  }
}

/** Times and places in files have colons too; a sentence may end right after an address. */
function withoutIpv6(found: string): string {
  for (const end of [found.length, found.length - 1, found.length - 2]) {
    const address = found.slice(0, end).replace(/%\w+/, '');
    if (parseIpOrCidr(address) !== undefined) return `<address>${found.slice(end)}`;
  }
  return found;
}
