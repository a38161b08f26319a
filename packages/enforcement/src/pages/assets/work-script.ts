// The worker that does the proof of work, so that the page stays alive meanwhile.

import { SHA256_SCRIPT } from './sha256-script.ts';

// Small enough to report ten times a second on a slow phone.
const HASHES_A_TURN = 4000;

/** Takes {nonce, parts, bits}; tells {part, tried} now and then, and at last {answers}. */
export const WORK_SCRIPT: string = `'use strict';
${SHA256_SCRIPT}
self.onmessage = function (event) {
  var task = event.data, answers = [];
  for (var part = 0; part < task.parts; part++) {
    var prefix = task.nonce + ':' + part + ':', tried = 0, found = -1;
    while (found < 0) {
      found = findNumber(prefix, task.bits, tried, ${HASHES_A_TURN});
      tried += ${HASHES_A_TURN};
      self.postMessage({ part: part, tried: found < 0 ? tried : 0 });
    }
    answers.push(found);
  }
  self.postMessage({ answers: answers });
};
`;
