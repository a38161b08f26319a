/** Why the installed hub could not be changed as asked. What was installed before is as it was. */
export class HubError extends Error {
  override readonly name = 'HubError';
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}
