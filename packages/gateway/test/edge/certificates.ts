// Certificates for tests, made by openssl when they are needed.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CertificateConfig } from '../../src/config.ts';

export const hasOpenssl: boolean = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) process.stderr.write('openssl is not installed: the tests of TLS are skipped\n');

export function temporaryFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'parapet-tls-'));
}

/** Makes a self-signed certificate for the names. */
export function makeCertificate(
  folder: string,
  label: string,
  names: readonly string[],
  { type = 'ec', days = 90 }: { type?: 'rsa' | 'ec'; days?: number } = {},
): CertificateConfig {
  const certFile = path.join(folder, `${label}.pem`);
  const keyFile = path.join(folder, `${label}.key`);
  const key = type === 'rsa' ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const subject = [
    '-subj',
    `/CN=${label}`,
    '-addext',
    `subjectAltName=${names.map((name) => `DNS:${name}`).join()}`,
  ];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      ...key,
      '-nodes',
      '-days',
      String(days),
      '-keyout',
      keyFile,
      '-out',
      certFile,
      ...subject,
    ],
    { stdio: 'pipe' },
  );
  return { certFile, keyFile };
}
