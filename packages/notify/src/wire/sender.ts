// Carries what a channel made to where it goes, within a time limit.

import { appendFile } from 'node:fs/promises';
import type { Outgoing, Verdict } from '../channels/channel.ts';
import type { TargetGuard } from './guard.ts';
import { sendHttp } from './http.ts';
import { sendMail } from './mail.ts';
import { sendSyslog } from './syslog.ts';

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
        return sendHttp(outgoing, guard, timeoutMs);
      case 'mail':
        return sendMail(outgoing, guard, timeoutMs, ca === undefined ? {} : { ca });
      case 'syslog':
        return sendSyslog(outgoing, guard, timeoutMs, ca);
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
