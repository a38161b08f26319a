// Carries what a channel made to where it goes, within a time limit. What speaks each protocol is loaded when it is
// first needed: every command that reads the configuration loads this package.

import { appendFile } from 'node:fs/promises';
import type { Outgoing, Verdict } from '../channels/channel.ts';
import type { TargetGuard } from './guard.ts';

export interface SenderOptions {
  readonly guard: TargetGuard;
  readonly timeoutMs: number;
  /** PEM of an authority that is trusted in place of the system's, for e-mail and syslog. */
  readonly ca?: string;
}

export type Send = (outgoing: Outgoing) => Promise<Verdict>;

/** Returns who sends; what it returns never rejects. */
export function senderOf({ guard, timeoutMs, ca }: SenderOptions): Send {
  return async (outgoing) => {
    switch (outgoing.kind) {
      case 'http':
        return (await import('./http.ts')).sendHttp(outgoing, guard, timeoutMs);
      case 'mail':
        return (await import('./mail.ts')).sendMail(
          outgoing,
          guard,
          timeoutMs,
          ca === undefined ? {} : { ca },
        );
      case 'syslog':
        return (await import('./syslog.ts')).sendSyslog(outgoing, guard, timeoutMs, ca);
      case 'file':
        return append(outgoing.file, outgoing.line);
    }
  };
}

async function append(file: string, line: string): Promise<Verdict> {
  try {
    await appendFile(file, `${line}\n`, { mode: 0o640 });
    return { ok: true, answer: 'written' };
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : '';
    const isSpace = code === 'ENOSPC' || code === 'EDQUOT';
    return { ok: false, fault: isSpace ? 'busy' : 'misconfigured', reason: String(code) };
  }
}
