// What runs in the browser of a visitor who is checked.
export const CHECK_SCRIPT = `{work}`;
