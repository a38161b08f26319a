// The door of enforcement.

export {};
