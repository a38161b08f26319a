// Sends a template's requests and says whether their answers are what it expects. Like nuclei: matchers are asked
// after each answer, with what earlier answers of the block were under numbered names, and one that is right is enough.

import type { DslContext, DslValue } from './dsl/index.ts';
import { partsOf, type Answer } from './answer.ts';
import { buildPlain, buildRaw, type Built, type Target } from './buildRequest.ts';
import { runFlow } from './flow.ts';
import { extract, isMatched } from './matchers.ts';
import { substitute } from './substitute.ts';
import type { RequestBlock, Template } from './template.ts';

/** Sends the bytes of one request, one character each, and returns the answer or why there is none. */
export type Send = (
  bytes: string,
  timeoutMs: number | undefined,
) => Promise<Answer | { readonly failed: string }>;

export interface TemplateSurroundings extends DslContext {
  readonly target: Target;
  readonly send: Send;
}

export interface TemplateResult {
  readonly isMatched: boolean;
  /** What was sent and came back, a line each: `1. GET /x: 403`. */
  readonly exchanges: readonly string[];
  /** Why it could not be run to its end. */
  readonly fault: string | undefined;
}

/** No template of a test sends more. */
const MAX_REQUESTS = 500;

/** Runs a template. Never rejects for anything that the template holds. */
export async function runTemplate(
  template: Template,
  surroundings: TemplateSurroundings,
): Promise<TemplateResult> {
  const run = new TemplateRun(template, surroundings);
  const isFound = await run.start();
  return { isMatched: isFound, exchanges: run.exchanges, fault: run.fault };
}

class TemplateRun {
  readonly exchanges: string[] = [];
  fault: string | undefined;
  readonly #template: Template;
  readonly #surroundings: TemplateSurroundings;
  readonly #variables: Map<string, DslValue>;
  /** What extractors found: known to all later requests. */
  readonly #found = new Map<string, DslValue>();
  readonly #cookies = new Map<string, string>();

  constructor(template: Template, surroundings: TemplateSurroundings) {
    this.#template = template;
    this.#surroundings = surroundings;
    this.#variables = variablesOf(template, surroundings);
  }

  async start(): Promise<boolean> {
    const { flow, blocks } = this.#template;
    if (flow === undefined) {
      let isFound = false;
      for (const block of blocks) isFound = (await this.#runBlock(block)) || isFound;
      return isFound;
    }
    const result = await runFlow(flow, async (name) => this.#runNamed(name));
    if (!result.ok) this.fault ??= result.reason;
    return result.ok && result.isMatched;
  }

  async #runNamed(name: string): Promise<boolean> {
    const { blocks } = this.#template;
    const chosen =
      name === '' ? blocks : blocks.filter((block, index) => block.id === name || String(index + 1) === name);
    let isFound = chosen.length > 0;
    for (const block of chosen) isFound = (await this.#runBlock(block)) && isFound;
    return isFound;
  }

  async #runBlock(block: RequestBlock): Promise<boolean> {
    let isFound = false;
    for (const payload of payloadsOf(block)) {
      const history = new Map<string, DslValue>();
      const count = block.raw.length > 0 ? block.raw.length : block.paths.length;
      for (let index = 0; index < count; index++) {
        if (this.exchanges.length >= MAX_REQUESTS || this.fault !== undefined) return isFound;
        const parts = await this.#exchange(block, index, payload);
        if (parts === undefined) continue;
        for (const [name, value] of parts) history.set(`${name}_${index + 1}`, value);
        const all = new Map([...this.#variables, ...this.#found, ...payload, ...history, ...parts]);
        const values = extract(block, all, this.#surroundings);
        for (const [name, value] of values) this.#found.set(name, value);
        isFound ||= this.#isFinding(block, all, values);
        if (isFound && block.stopsAtFirstMatch) return true;
      }
    }
    return isFound;
  }

  /** Without matchers, what an extractor shows is the finding. */
  #isFinding(
    block: RequestBlock,
    parts: ReadonlyMap<string, DslValue>,
    values: ReadonlyMap<string, string>,
  ): boolean {
    if (block.matchers.length > 0) return isMatched(block, parts, this.#surroundings);
    return block.extractors.some(({ name, isInternal }, index) => {
      return !isInternal && values.has(name === '' ? `extracted_${index}` : name);
    });
  }

  async #exchange(
    block: RequestBlock,
    index: number,
    payload: ReadonlyMap<string, string>,
  ): Promise<ReadonlyMap<string, DslValue> | undefined> {
    const known = new Map<string, DslValue>([...this.#variables, ...this.#found]);
    for (const [name, value] of payload) known.set(name, substitute(value, known, this.#surroundings));
    const put = (text: string): string => substitute(text, known, this.#surroundings);
    const cookies = block.keepsCookies
      ? [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      : '';
    const { target } = this.#surroundings;
    const headers = block.headers.map(([name, value]) => [put(name), put(value)] as const);
    const extras = { isUnsafe: block.isUnsafe, headers, body: put(block.body) };
    const path = put(block.paths[index] ?? '');
    let built: Built =
      block.raw.length > 0
        ? buildRaw(put(block.raw[index]!), extras, target, cookies)
        : buildPlain({ ...extras, method: put(block.method), path }, target, cookies);
    for (let redirects = 0; ; redirects++) {
      if (!built.ok) {
        this.fault ??= built.reason;
        return undefined;
      }
      const { request } = built;
      const answer = await this.#surroundings.send(request.bytes, request.timeoutMs);
      const shown = `${this.exchanges.length + 1}. ${request.method} ${request.target.slice(0, 120)}`;
      if ('failed' in answer) {
        this.exchanges.push(`${shown}: ${answer.failed}`);
        return undefined;
      }
      this.exchanges.push(`${shown}: ${answer.status}`);
      this.#keepCookies(answer);
      const location = answer.headers.find(([name]) => name.toLowerCase() === 'location')?.[1];
      const isRedirect = answer.status >= 300 && answer.status < 400 && location !== undefined;
      if (!isRedirect || redirects >= block.maxRedirects)
        return partsOf(answer, request.bytes, target.hostname);
      built = buildPlain({ method: 'GET', path: location, headers: [], body: '' }, target, cookies);
    }
  }

  #keepCookies(answer: Answer): void {
    for (const [name, value] of answer.headers) {
      const cookie = name.toLowerCase() === 'set-cookie' ? /^\s*([^=;\s]+)=([^;]*)/.exec(value) : null;
      if (cookie !== null) this.#cookies.set(cookie[1]!, cookie[2]!.trim());
    }
  }
}

/** What every template knows, then its own variables, each with those before it put in. */
function variablesOf(template: Template, surroundings: TemplateSurroundings): Map<string, DslValue> {
  const { hostname } = surroundings.target;
  const colon = hostname.lastIndexOf(':');
  const host = colon < 0 ? hostname : hostname.slice(0, colon);
  const variables = new Map<string, DslValue>([
    ['BaseURL', `http://${hostname}`],
    ['RootURL', `http://${hostname}`],
    ['Input', `http://${hostname}`],
    ['Hostname', hostname],
    ['Host', host],
    ['Port', colon < 0 ? '80' : hostname.slice(colon + 1)],
    ['Path', ''],
    ['File', ''],
    ['Scheme', 'http'],
    ['FQDN', host],
    ['RDN', host],
    ['DN', host],
    ['TLD', ''],
    ['SD', ''],
    ['ip', host],
    // A name that no resolver knows (RFC 2606): nothing calls home.
    ['interactsh-url', `${word(surroundings, 12).toLowerCase()}.interact.invalid`],
    ['interactsh_protocol', ''],
    ['interactsh_request', ''],
    ['interactsh_response', ''],
    ['interactsh_ip', ''],
  ]);
  // One name, one value, throughout a template.
  for (const [, name] of JSON.stringify(template).matchAll(/\{\{(randstr(?:_\w+)?)\}\}/gi)) {
    if (!variables.has(name!)) variables.set(name!, word(surroundings, 27));
  }
  for (const [name, text] of template.variables)
    variables.set(name, substitute(text, variables, surroundings));
  // A second time, for those that name one that comes after them.
  for (const [name] of template.variables) {
    const value = variables.get(name);
    if (typeof value === 'string') variables.set(name, substitute(value, variables, surroundings));
  }
  return variables;
}

function word({ random }: DslContext, length: number): string {
  const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length }, () => characters[Math.floor(random() * characters.length)]!).join('');
}

const NO_PAYLOAD: ReadonlyMap<string, string> = new Map();

/** Each round's values by name; one round without any where the block has no payloads. */
function payloadsOf(block: RequestBlock): readonly ReadonlyMap<string, string>[] {
  const { payloads, attack } = block;
  if (payloads.length === 0) return [NO_PAYLOAD];
  if (attack === 'pitchfork') {
    const rounds = Math.min(...payloads.map(([, values]) => values.length));
    return Array.from(
      { length: rounds },
      (_, i) => new Map(payloads.map(([name, values]) => [name, values[i]!])),
    );
  }
  if (attack === 'batteringram' && payloads.length === 1) {
    const [name, values] = payloads[0]!;
    return values.map((value) => new Map([[name, value]]));
  }
  let rounds: ReadonlyMap<string, string>[] = [NO_PAYLOAD];
  for (const [name, values] of payloads) {
    rounds = rounds
      .flatMap((round) => values.map((value) => new Map([...round, [name, value]])))
      .slice(0, MAX_REQUESTS);
  }
  return rounds;
}
