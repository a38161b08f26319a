// Which of several decisions that match applies. The order is total, so that it does not matter which came first.

import type { Remediation } from '@parapet/kinds';

/** 4 ban, 3 captcha, 2 throttle and tarpit, 1 one that only other enforcers know: it is observed. */
export function strictnessOf(remediation: Remediation): 1 | 2 | 3 | 4 {
  switch (remediation) {
    case 'ban':
      return 4;
    case 'captcha':
      return 3;
    case 'throttle':
    case 'tarpit':
      return 2;
    default:
      return 1;
  }
}

/** The rank of a live ban: nothing that is looked at later, being less specific, can beat it. */
export const HIGHEST_RANK = 12;

/** How closely a scope points at one visitor: a session, a user, an address, a range (0 to 127), the rest. */
export function specificityOf(scope: string): number {
  switch (scope) {
    case 'session':
      return 400;
    case 'user':
      return 300;
    case 'ip':
      return 200;
    case 'as':
      return -1;
    case 'country':
      return -2;
    default:
      return -3;
  }
}
