// One-time codes by time (RFC 6238): SHA-1, six digits, steps of 30 seconds, as every authenticator app makes them.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const STEP_MS = 30_000;
const DIGITS = 6;
const SECRET_BYTES = 20;
/** Clocks of phones are wrong by some seconds: the codes before and after count too. */
const DRIFT_STEPS = 1;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Returns a new secret, base32 as apps take it. */
export function newTotpSecret(): string {
  let bits = 0n;
  for (const byte of randomBytes(SECRET_BYTES)) bits = (bits << 8n) | BigInt(byte);
  let text = '';
  for (let shift = SECRET_BYTES * 8 - 5; shift >= 0; shift -= 5)
    text += BASE32[Number((bits >> BigInt(shift)) & 31n)];
  return text;
}

/** Returns the time step that the code is of, or undefined when it is no code of now. */
export function totpStep(secret: string, code: string, nowMs: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const now = Math.floor(nowMs / STEP_MS);
  for (const step of [now, now - DRIFT_STEPS, now + DRIFT_STEPS])
    if (timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code))) return step;
  return undefined;
}

/** Returns the code of a time step (RFC 4226, section 5.3). */
export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.max(0, step)));
  const digest = createHmac('sha1', keyOf(secret)).update(counter).digest();
  const offset = digest[digest.length - 1]! & 15;
  const number = digest.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** Returns the address that authenticator apps read from a picture. */
export function totpUri(secret: string, name: string, site: string): string {
  const label = encodeURIComponent(`${site}:${name}`);
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(site)}`;
}

function keyOf(secret: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const letter of secret) {
    bits = (bits << 5) | Math.max(0, BASE32.indexOf(letter));
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 255);
    bits &= (1 << count) - 1;
  }
  return Buffer.from(bytes);
}
