// The door of the SDK.

export {};
