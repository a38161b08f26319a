// What can keep a gateway from starting, for the person who starts it.

export class SupervisorError extends Error {
  override readonly name = 'SupervisorError';
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
