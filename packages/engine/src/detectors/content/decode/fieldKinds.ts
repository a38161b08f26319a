// What kind of field a name stands for: from the hints of the CMS, else from what Drupal's own forms have. A name alone
// never hides a value: whoever attacks may call a field `pass`, so the defaults apply only where Drupal has that form,
// and never to values that no person would have as a password or Drupal as a token.

import type { FieldKind, InspectedRequest } from '@parapet/kinds';
import {
  CODE_FIELDS,
  HTML_ENDINGS,
  PASSWORD_FIELDS,
  PASSWORD_FORMS,
  PASSWORD_PATHS,
  TOKEN_FIELDS,
} from './drupalFields.table.ts';
import { HAS_UNUSUAL, traitsOf } from './traits.ts';

/** Drupal takes no password longer than this. */
const LONGEST_PASSWORD = 128;
const LONGEST_TOKEN = 128;

export class FieldKinds {
  readonly #hints: ReadonlyMap<string, FieldKind> | undefined;
  readonly #path: string;
  readonly #isWrite: boolean;
  #formId = '';
  #code: readonly RegExp[] | undefined;
  #hasPasswords: boolean | undefined;

  constructor(request: InspectedRequest, path: string) {
    this.#hints =
      request.hints === undefined || request.hints.length === 0
        ? undefined
        : new Map(request.hints.map((hint) => [hint.name, hint.kind]));
    this.#path = path;
    this.#isWrite = request.method !== 'GET' && request.method !== 'HEAD';
  }

  /** To be called before the fields of a form are asked for. */
  setFormId(formId: string): void {
    this.#formId = formId;
    this.#hasPasswords = undefined;
  }

  /** The kind of the field in a body; of a secret that is too long to be one, `text`. */
  of(name: string, value: string): FieldKind {
    const hinted = this.#hints?.get(name);
    const kind = hinted ?? (this.#isWrite ? this.#default(name) : 'text');
    if (kind === 'secret' && value.length > LONGEST_PASSWORD) return 'text';
    if (kind === 'token' && !isToken(value)) return 'text';
    return kind;
  }

  /** Whether the name is that of a password where one is expected. */
  isPassword(name: string): boolean {
    if (this.#hints?.get(name) === 'secret') return true;
    if (!this.#isWrite || !PASSWORD_FIELDS.has(name)) return false;
    this.#hasPasswords ??=
      PASSWORD_FORMS.has(this.#formId) || PASSWORD_PATHS.some((pattern) => pattern.test(this.#path));
    return this.#hasPasswords;
  }

  #default(name: string): FieldKind {
    if (TOKEN_FIELDS.has(name)) return 'token';
    if (this.isPassword(name)) return 'secret';
    if (this.#isCode(name)) return 'code';
    // Rich text has brackets in its name, or slashes in JSON:API.
    const isJson = name.charCodeAt(0) === 0x2f;
    if (!isJson && (this.#formId === '' || !name.endsWith(']'))) return 'text';
    return HTML_ENDINGS.some((ending) => ending.test(name)) ? 'html' : 'text';
  }

  #isCode(name: string): boolean {
    this.#code ??= this.#path.includes('/admin/')
      ? CODE_FIELDS.filter(({ path }) => path.test(this.#path)).map((field) => field.name)
      : [];
    return this.#code.length > 0 && this.#code.some((pattern) => pattern.test(name));
  }
}

/** Whether the value has the look of a token: letters, digits, `-`, `_` and `.` only, and not long. */
function isToken(value: string): boolean {
  return value.length <= LONGEST_TOKEN && (traitsOf(value) & HAS_UNUSUAL) === 0;
}
