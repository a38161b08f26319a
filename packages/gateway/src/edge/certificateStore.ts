// The certificates of all sites: which of them a client gets by the name it asks for, new ones when their files
// change, without a restart. A new file that is broken changes nothing: the old certificate stays, and it is said.

import { constants, hkdfSync } from 'node:crypto';
import { statSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import {
  createSecureContext,
  type SecureContext,
  type SecureContextOptions,
  type TLSSocketOptions,
} from 'node:tls';
import type { Problem } from '@parapet/kinds';
import type { CertificateConfig } from '../config.ts';
import { loadCertificate, type Certificate } from './certificate.ts';

/**
 * TLS 1.2 with forward secrecy and authenticated encryption, or TLS 1.3: what every browser since 2014 speaks. The
 * client chooses, since it knows whether it has fast AES. No renegotiation: HTTP/2 forbids it, and it costs only us.
 */
const TLS_DEFAULTS: SecureContextOptions = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
  ecdhCurve: 'X25519:P-256:P-384',
  honorCipherOrder: false,
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  sessionIdContext: 'parapet',
};

/** Tickets of one period cannot be read in the next, so that a stolen ticket key opens half a day. */
const TICKET_PERIOD_MS = 12 * 3600_000;
const EXPIRES_SOON_MS = 7 * 86_400_000;

export interface CertificateStoreOptions {
  nowMs(): number;
  /**
   * The site's secret. Ticket keys are made from it, the same in each worker, so that a visitor who comes back need
   * not shake hands anew whichever worker it meets.
   */
  readonly siteKey: Uint8Array;
  readonly alpn?: readonly string[];
}

export class CertificateStore {
  readonly #options: CertificateStoreOptions;
  #configs: readonly CertificateConfig[] = [];
  #loaded = new Map<string, Loaded>();
  #exact = new Map<string, Certificate[]>();
  #below = new Map<string, Certificate[]>();
  /** By the files of the certificates in it, and the period of its ticket key. */
  #contexts = new Map<string, SecureContext>();
  #timer: NodeJS.Timeout | undefined;
  /** Throws nothing: what is wrong is in `problems`, and `isEmpty` says whether TLS can be spoken at all. */
  constructor(configs: readonly CertificateConfig[], options: CertificateStoreOptions) {
    this.#options = options;
    this.reload(configs);
  }

  /** What is wrong with the files as they were last read, and with the certificates as time passes. */
  get problems(): readonly Problem[] {
    const nowMs = this.#options.nowMs();
    return [...this.#loaded.values()].flatMap(({ certificate, problem }) => {
      const late = certificate === undefined ? undefined : lateness(certificate, nowMs);
      return [...(problem === undefined ? [] : [problem]), ...(late === undefined ? [] : [late])];
    });
  }

  get isEmpty(): boolean {
    return ![...this.#loaded.values()].some(({ certificate }) => certificate !== undefined);
  }

  /** Reads all files again; a pair that cannot be used keeps what was read before. Returns `problems`. */
  reload(configs: readonly CertificateConfig[] = this.#configs): readonly Problem[] {
    this.#configs = configs;
    const before = this.#loaded;
    this.#loaded = new Map(configs.map((config) => [keyOf(config), read(config, before.get(keyOf(config)))]));
    this.#index();
    return this.problems;
  }

  /** Reads those files again that have changed since; resolves with whether any had. */
  async refresh(): Promise<boolean> {
    let hasChanged = false;
    for (const config of this.#configs) {
      const stamp = await stampOf(config);
      const before = this.#loaded.get(keyOf(config));
      if (before === undefined || before.stamp === stamp) continue;
      this.#loaded.set(keyOf(config), read(config, before));
      hasChanged = true;
    }
    if (hasChanged) this.#index();
    return hasChanged;
  }

  /** Looks for changed files every so often; `onChange` is called after each change with what is wrong now. */
  watch(everyMs: number, onChange: (problems: readonly Problem[]) => void): void {
    this.unwatch();
    const look = async (): Promise<void> => {
      if (await this.refresh()) onChange(this.problems);
    };
    this.#timer = setInterval(() => void look(), everyMs);
    this.#timer.unref();
  }

  unwatch(): void {
    clearInterval(this.#timer);
  }

  /** What a server-side TLSSocket needs; undefined when there is no certificate. */
  socketOptions(): (TLSSocketOptions & { secureContext: SecureContext }) | undefined {
    const secureContext = this.contextFor('');
    if (secureContext === undefined) return undefined;
    return {
      isServer: true,
      requestCert: false,
      secureContext,
      ALPNProtocols: [...(this.#options.alpn ?? ['h2', 'http/1.1'])],
      SNICallback: (name, done) => done(null, this.contextFor(name)),
    };
  }

  /** The context for a name as the client sent it; that of the first certificate when no other covers the name. */
  contextFor(rawName: string): SecureContext | undefined {
    const name = rawName.toLowerCase();
    const dot = name.indexOf('.');
    const fitting = this.#exact.get(name) ?? (dot > 0 ? this.#below.get(name.slice(dot)) : undefined);
    const certificates = bestOfEachType(fitting ?? this.#default(), this.#options.nowMs());
    return certificates.length === 0 ? undefined : this.#context(certificates);
  }

  #default(): readonly Certificate[] {
    const first = [...this.#loaded.values()].find(
      ({ certificate }) => certificate !== undefined,
    )?.certificate;
    if (first === undefined) return [];
    const name = first.names[0];
    if (name === undefined) return [first];
    return (name.startsWith('*.') ? this.#below.get(name.slice(1)) : this.#exact.get(name)) ?? [first];
  }

  #context(certificates: readonly Certificate[]): SecureContext {
    const period = Math.floor(this.#options.nowMs() / TICKET_PERIOD_MS);
    const key = [period, ...certificates.map(({ config }) => keyOf(config))].join('\0');
    let context = this.#contexts.get(key);
    if (context === undefined) {
      for (const old of this.#contexts.keys()) if (!old.startsWith(`${period}\0`)) this.#contexts.delete(old);
      context = createSecureContext({
        ...TLS_DEFAULTS,
        cert: certificates.map(({ chainPem }) => chainPem),
        key: certificates.map(({ keyPem }) => keyPem),
        ticketKeys: Buffer.from(hkdfSync('sha256', this.#options.siteKey, '', `tls-tickets ${period}`, 48)),
      } as SecureContextOptions); // the types lack ticketKeys, which the documentation has
      this.#contexts.set(key, context);
    }
    return context;
  }

  #index(): void {
    this.#exact = new Map();
    this.#below = new Map();
    this.#contexts = new Map();
    for (const { certificate } of this.#loaded.values()) {
      for (const name of certificate?.names ?? []) {
        const map = name.startsWith('*.') ? this.#below : this.#exact;
        const key = name.startsWith('*.') ? name.slice(1) : name;
        map.set(key, [...(map.get(key) ?? []), certificate!]);
      }
    }
  }
}

interface Loaded {
  readonly certificate: Certificate | undefined;
  readonly problem: Problem | undefined;
  /** Of the files, taken before they were read: what changes meanwhile is seen by the next look. */
  readonly stamp: string;
}

function read(config: CertificateConfig, before: Loaded | undefined): Loaded {
  const stamp = filesOf(config)
    .map((file) => stampText(statOf(file)))
    .join(', ');
  const load = loadCertificate(config);
  if (load.ok) return { certificate: load.certificate, problem: undefined, stamp };
  const { problem } = load;
  const kept = before?.certificate;
  const message =
    kept === undefined ? problem.message : `${problem.message}; the one read before stays in use`;
  return { certificate: kept, problem: { ...problem, message }, stamp };
}

/** A folder that may not be looked into is as good as none: reading the file says why. */
function statOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}

async function stampOf(config: CertificateConfig): Promise<string> {
  const stats = await Promise.all(filesOf(config).map((file) => stat(file).catch(() => undefined)));
  return stats.map(stampText).join(', ');
}

/** `rename` over a file, as certbot and others do, changes the inode even within one clock tick. */
function stampText(found: Stats | undefined): string {
  return found === undefined ? 'absent' : `${found.mtimeMs} ${found.size} ${found.ino}`;
}

function filesOf({ certFile, keyFile }: CertificateConfig): readonly string[] {
  return [certFile, keyFile];
}

function keyOf({ certFile, keyFile }: CertificateConfig): string {
  return `${certFile}\0${keyFile}`;
}

/** One for each kind of key: valid now before not, then the one that lasts longest. */
function bestOfEachType(certificates: readonly Certificate[], nowMs: number): readonly Certificate[] {
  const best = new Map<string, Certificate>();
  for (const certificate of certificates) {
    const other = best.get(certificate.keyType);
    if (other === undefined || rank(certificate, nowMs) > rank(other, nowMs))
      best.set(certificate.keyType, certificate);
  }
  return [...best.values()];
}

function rank({ validFromMs, validToMs }: Certificate, nowMs: number): number {
  return validFromMs <= nowMs && nowMs < validToMs ? validToMs : validToMs - 1e15;
}

function lateness({ config, validToMs, validFromMs }: Certificate, nowMs: number): Problem | undefined {
  const at = { code: 'E_GATEWAY_CERTIFICATE_EXPIRED', file: config.certFile, line: 0, column: 0 };
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  if (validToMs <= nowMs)
    return {
      ...at,
      message: `the certificate ended on ${day(validToMs)}`,
      hint: 'Browsers refuse it: renew it.',
    };
  if (validFromMs > nowMs)
    return { ...at, message: `the certificate is valid from ${day(validFromMs)} only` };
  if (validToMs - nowMs > EXPIRES_SOON_MS) return undefined;
  const hint = 'Renewal should have happened by now: see whether certbot, or whatever renews it, still runs.';
  return { ...at, message: `the certificate ends on ${day(validToMs)}`, hint };
}
