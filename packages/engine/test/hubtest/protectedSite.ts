// A site behind appsec-rules without a socket: the bytes of a request are read plainly and put before the rules.

import type { InspectedRequest } from '@parapet/kinds';
import {
  AppsecRules,
  loadAppsecRules,
  type AppsecRuleFile,
} from '../../src/detectors/content/appsec/index.ts';
import type { Answer, ProtectedSite } from '../../src/hubtest/index.ts';

const HOSTNAME = '127.0.0.1:8080';

export interface RecordingSite extends ProtectedSite {
  /** The bytes of every request, in order. */
  readonly sent: readonly string[];
}

/** 403 for what the rules match, else what `answer` says: by default 200 at `/` and 404 elsewhere. */
export function siteBehind(
  files: readonly AppsecRuleFile[],
  answer: (request: InspectedRequest) => Partial<Answer> = ({ rawTarget }) => ({
    status: rawTarget === '/' ? 200 : 404,
  }),
): RecordingSite {
  const appsec = new AppsecRules(loadAppsecRules(files).rules);
  const sent: string[] = [];
  return {
    target: { hostname: HOSTNAME },
    sent,
    send: async (bytes) => {
      sent.push(bytes);
      const request = readRequest(bytes);
      const isBlocked = appsec.match(request).length > 0;
      const plain = { status: 403, headers: [], body: '', tookMs: 1 };
      return Promise.resolve({ ...plain, ...(isBlocked ? {} : answer(request)) });
    },
    close: async () => Promise.resolve(),
  };
}

function readRequest(bytes: string): InspectedRequest {
  const end = bytes.indexOf('\r\n\r\n');
  const [line = '', ...fields] = bytes.slice(0, end < 0 ? bytes.length : end).split('\r\n');
  const [method = '', ...rest] = line.split(' ');
  const body = end < 0 ? '' : bytes.slice(end + 4);
  return {
    method,
    rawTarget: rest.slice(0, -1).join(' '),
    headers: fields.map((field) => {
      const colon = field.indexOf(':');
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const;
    }),
    body: body === '' ? undefined : Buffer.from(body, 'latin1'),
    isBodyCut: false,
    site: '',
  };
}
