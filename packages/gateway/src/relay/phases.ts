// How far an exchange has come. The order counts: up to HELD, nothing of an answer has been sent.

export const ENDED = 0;
/** The guard has not decided yet. */
export const DECIDING = 1;
/** The guard wants the body first. */
export const COLLECTING = 2;
export const CONNECTING = 3;
/** The head has been sent. */
export const ASKED = 4;
/** The guard holds the head of the answer. */
export const HELD = 5;
export const ANSWERING = 6;
export const TUNNEL = 7;
