// One certificate chain with its key, read from PEM files and checked, so that a broken file is a sentence now and
// not a failed handshake later.

import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Problem } from '@parapet/kinds';
import type { CertificateConfig } from '../config.ts';

export interface Certificate {
  readonly config: CertificateConfig;
  readonly chainPem: string;
  readonly keyPem: string;
  /** `rsa`, `ec`, `ed25519`: a client takes the one it can check. */
  readonly keyType: string;
  /** Lower case; `*.example.org` covers one label. */
  readonly names: readonly string[];
  readonly validFromMs: number;
  readonly validToMs: number;
}

export type CertificateLoad =
  | { readonly ok: true; readonly certificate: Certificate }
  | { readonly ok: false; readonly problem: Problem };

export function loadCertificate(config: CertificateConfig): CertificateLoad {
  const { certFile, keyFile } = config;
  let file = certFile;
  try {
    const chainPem = readFileSync(certFile, 'utf8');
    file = keyFile;
    const keyPem = readFileSync(keyFile, 'utf8');
    file = certFile;
    const leaf = new X509Certificate(chainPem); // the first of a chain; throws on anything else
    file = keyFile;
    const key: KeyObject = createPrivateKey(keyPem);
    if (!leaf.checkPrivateKey(key)) {
      const hint = `It belongs to ${certFile}; when both are being replaced, this ends with the second.`;
      return failed(keyFile, 'the key is not that of the certificate', hint);
    }
    return {
      ok: true,
      certificate: {
        config,
        chainPem,
        keyPem,
        keyType: key.asymmetricKeyType ?? 'unknown',
        names: namesOf(leaf),
        validFromMs: Date.parse(leaf.validFrom),
        validToMs: Date.parse(leaf.validTo),
      },
    };
  } catch (error) {
    return failed(file, reasonOf(error, file === certFile), hintOf(error));
  }
}

/** DNS names only; an entry with other characters than a name has is quoted by node, and is no name. */
function namesOf(leaf: X509Certificate): readonly string[] {
  const found = leaf.subjectAltName?.matchAll(/(?:^|, )DNS:([\w.*-]+)(?=,|$)/g) ?? [];
  return [...found].map(([, name]) => name!.toLowerCase());
}

function failed(file: string, message: string, hint: string | undefined): CertificateLoad {
  const problem: Problem = { code: 'E_GATEWAY_CERTIFICATE', file, line: 0, column: 0, message };
  return { ok: false, problem: hint === undefined ? problem : { ...problem, hint } };
}

function reasonOf(error: unknown, isCertificate: boolean): string {
  const code = codeOf(error);
  if (code === 'ENOENT') return 'the file does not exist';
  if (code === 'EACCES') return 'the file may not be read';
  if (code === 'ERR_MISSING_PASSPHRASE' || code === 'ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED')
    return 'the key has a passphrase, which nobody could type at a restart';
  const shape = isCertificate ? 'a chain of certificates' : 'a private key';
  return `it is not ${shape} in PEM form (${error instanceof Error ? error.message : String(error)})`;
}

function hintOf(error: unknown): string | undefined {
  const code = codeOf(error);
  if (code === 'EACCES') return 'Let the group of the user that runs Parapet read it.';
  return code === 'ERR_MISSING_PASSPHRASE'
    ? 'Write it without one: openssl pkey -in KEY -out NEW.'
    : undefined;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
