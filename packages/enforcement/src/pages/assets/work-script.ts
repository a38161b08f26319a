// The worker that does the proof of work.
export const WORK_SCRIPT = `'use strict';`;
