// The process with the sites of appsec tests, as seen from the one that runs the tests. From sources (tests, tsx) a
// process cannot load the code, and the sites are in this one.

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createTestSites, type OpenSite, type TestRules, type TestSites } from './testSite.ts';

export type ToSites =
  | { readonly kind: 'open'; readonly id: number; readonly rules: TestRules }
  | { readonly kind: 'close'; readonly id: number };

export type FromSites =
  | { readonly kind: 'opened'; readonly id: number; readonly port: number }
  | { readonly kind: 'closed'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

const PROGRAM = fileURLToPath(new URL('../../../bin/parapet.js', import.meta.url));

/** Returns the maker of sites. Its promises reject when the process ends before it is told to. */
export async function startTestSites(): Promise<TestSites> {
  return import.meta.url.endsWith('.js') ? new SiteProcess() : createTestSites();
}

class SiteProcess implements TestSites {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<
    number,
    { resolve: (message: FromSites) => void; reject: (error: Error) => void }
  >();
  readonly #ended: Promise<void>;
  #next = 0;
  #fault: Error | undefined;

  constructor() {
    this.#child = fork(PROGRAM, ['hub-test-sites'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child.on('message', (message: FromSites) => {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.kind === 'failed') waiting?.reject(new Error(message.message));
      else waiting?.resolve(message);
    });
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#fault ??= new Error('the process of the test sites has ended');
        for (const { reject } of this.#waiting.values()) reject(this.#fault);
        this.#waiting.clear();
        resolve();
      };
      this.#child.on('exit', end);
      this.#child.on('error', end); // it could not be started
    });
  }

  async open(rules: TestRules): Promise<OpenSite> {
    const id = this.#next++;
    const opened = await this.#ask({ kind: 'open', id, rules });
    const port = opened.kind === 'opened' ? opened.port : 0;
    return {
      port,
      close: async () => {
        await this.#ask({ kind: 'close', id });
      },
    };
  }

  async end(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
  }

  async #ask(message: ToSites): Promise<FromSites> {
    return new Promise((resolve, reject) => {
      if (this.#fault !== undefined) {
        reject(this.#fault);
        return;
      }
      this.#waiting.set(message.id, { resolve, reject });
      this.#child.send(message, (error) => {
        if (error !== null) reject(error);
      });
    });
  }
}
