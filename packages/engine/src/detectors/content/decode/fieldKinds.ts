// What kind of field a name stands for: from the hints of the CMS, else from what Drupal's own forms have. A name alone
// never hides a value: whoever attacks may call a field `pass`, so the defaults apply only where Drupal has that form,
// and never to values that no person would have as a password or Drupal as a token.

import type { FieldKind, InspectedRequest } from '@parapet/kinds';
import {
  API_HTML_FIELD,
  CODE_FIELDS,
  HTML_FIELD,
  PASSWORD_FIELDS,
  PASSWORD_FORMS,
  PASSWORD_PATHS,
  TOKEN_FIELDS,
} from './drupalFields.table.ts';
import { HAS_UNUSUAL, traitsOf } from './traits.ts';

/** Drupal takes no password longer than this. */
const LONGEST_PASSWORD = 128;
const LONGEST_TOKEN = 128;
/** Browsers send 40 characters. */
const LONGEST_SAMPLE = 64;
const SCRIPT_SAMPLE = /^(?:\/csp-report\/script-sample|(?:\/\d{1,3})?\/body\/sample)$/;

export class FieldKinds {
  readonly #hints: ReadonlyMap<string, FieldKind> | undefined;
  readonly #path: string;
  readonly #isWrite: boolean;
  #formId = '';
  #richTexts: readonly string[] = [];
  #code: readonly RegExp[] | undefined;
  #hasPasswords: boolean | undefined;
  #isApi: boolean | undefined;

  constructor(request: InspectedRequest, path: string) {
    this.#hints =
      request.hints === undefined || request.hints.length === 0
        ? undefined
        : new Map(request.hints.map((hint) => [hint.name, hint.kind]));
    this.#path = path;
    this.#isWrite = request.method !== 'GET' && request.method !== 'HEAD';
  }

  /** To be called before the fields of a form are asked for; `richTexts` are those that a format is chosen for. */
  setForm(formId: string, richTexts: readonly string[]): void {
    this.#formId = formId;
    this.#richTexts = richTexts;
    this.#hasPasswords = undefined;
  }

  /** The kind of the field in a body, by its name in a form or its pointer in JSON; of what is too long for it, `text`. */
  of(name: string, value: string, isJson: boolean): FieldKind {
    const hinted = this.#hints?.get(name);
    const kind = hinted ?? (this.#isWrite ? this.#default(name, value, isJson) : 'text');
    if (kind === 'secret' && value.length > LONGEST_PASSWORD) return 'text';
    if (kind === 'token' && !isToken(value)) return 'text';
    return kind;
  }

  /** Whether the name is that of a password where one is expected. */
  isPassword(name: string): boolean {
    if (this.#hints?.get(name) === 'secret') return true;
    this.#hasPasswords ??=
      this.#isWrite &&
      (PASSWORD_FORMS.has(this.#formId) || PASSWORD_PATHS.some((pattern) => pattern.test(this.#path)));
    return this.#hasPasswords && PASSWORD_FIELDS.has(name);
  }

  #default(name: string, value: string, isJson: boolean): FieldKind {
    if (this.isPassword(name)) return 'secret';
    if (isJson && isScriptSample(name, value)) return 'code';
    if (isJson) return value.includes('<') && this.#isRichTextOfApi(name) ? 'html' : 'text';
    if (TOKEN_FIELDS.has(name)) return 'token';
    if (this.#isCode(name)) return 'code';
    // Rich text has brackets in its name.
    if (this.#formId === '' || name.charCodeAt(name.length - 1) !== 0x5d) return 'text';
    return this.#isRichText(name) ? 'html' : 'text';
  }

  #isRichText(name: string): boolean {
    const cut = name.endsWith('[value]') ? 7 : name.endsWith('[summary]') ? 9 : 0;
    if (cut === 0) return false;
    return this.#richTexts.includes(name.slice(0, -cut)) || HTML_FIELD.test(name);
  }

  #isRichTextOfApi(pointer: string): boolean {
    this.#isApi ??=
      this.#path.includes('/jsonapi/') || /\/(?:node|comment|block|media|entity)(?:\/|$)/.test(this.#path);
    return this.#isApi && API_HTML_FIELD.test(pointer);
  }

  #isCode(name: string): boolean {
    this.#code ??= this.#path.includes('/admin/')
      ? CODE_FIELDS.filter(({ path }) => path.test(this.#path)).map((field) => field.name)
      : [];
    return this.#code.length > 0 && this.#code.some((pattern) => pattern.test(name));
  }
}

/** Whether it is the begin of a script that a browser did not run, which it reports; CSP level 3, section 5.3. */
function isScriptSample(pointer: string, value: string): boolean {
  return value.length <= LONGEST_SAMPLE && pointer.endsWith('sample') && SCRIPT_SAMPLE.test(pointer);
}

/** Whether the value has the look of a token: letters, digits, `-`, `_` and `.` only, and not long. */
function isToken(value: string): boolean {
  return value.length <= LONGEST_TOKEN && (traitsOf(value) & HAS_UNUSUAL) === 0;
}
