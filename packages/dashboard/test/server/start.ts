/** When made-up sites begin. */
export const START: Date = new Date('2026-03-01T12:00:00Z');
