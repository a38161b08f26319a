// The pass: a cookie that says its holder was checked, until when, and how. Version 1:
//
//   1.KIND.EXPIRES.SIGNATURE     KIND `s` solved by a script, `w` waited; EXPIRES in seconds, base 36

import type { Client, RequestView } from '@parapet/kinds';
import { bindingOf } from './binding.ts';
import { cookiesNamed, setCookie } from './cookies.ts';
import { Signer } from './keys.ts';

const PASS_COOKIE = 'parapet_pass';

/** How the holder came by it; one who only waited is to be trusted less. */
export type PassKind = 'solved' | 'waited';

const SHAPE = /^1\.([sw])\.([0-9a-z]{1,8})\.([\w-]{22})$/;

export class PassOffice {
  readonly #signer: Signer;

  constructor(secrets: readonly Uint8Array[]) {
    this.#signer = new Signer(secrets, 'pass');
  }

  /** Returns the Set-Cookie value of a new pass. */
  issue(
    kind: PassKind,
    lifeMs: number,
    nowMs: number,
    request: RequestView,
    client: Client,
    site: string,
  ): string {
    const lifeSeconds = Math.floor(lifeMs / 1000);
    const expires = (Math.floor(nowMs / 1000) + lifeSeconds).toString(36);
    const text = `1.${kind === 'solved' ? 's' : 'w'}.${expires}`;
    const signature = this.#signer.sign(`${text}\n${bindingOf(request, client, site)}`);
    return setCookie(client, PASS_COOKIE, `${text}.${signature}`, lifeSeconds);
  }

  /** Returns what kind of valid pass the request shows, the better one when it shows several. */
  check(request: RequestView, client: Client, site: string, nowMs: number): PassKind | undefined {
    let best: PassKind | undefined;
    for (const rawPass of cookiesNamed(request, PASS_COOKIE)) {
      const kind = this.#read(rawPass, request, client, site, nowMs);
      if (kind === 'solved') return kind;
      best ??= kind;
    }
    return best;
  }

  #read(
    rawPass: string,
    request: RequestView,
    client: Client,
    site: string,
    nowMs: number,
  ): PassKind | undefined {
    if (rawPass.length > 40) return undefined;
    const match = SHAPE.exec(rawPass);
    if (match === null || Number.parseInt(match[2]!, 36) * 1000 <= nowMs) return undefined;
    const text = rawPass.slice(0, -23);
    if (!this.#signer.isSigned(`${text}\n${bindingOf(request, client, site)}`, match[3]!)) return undefined;
    return match[1] === 's' ? 'solved' : 'waited';
  }
}
