// What may be named as a collector. Most of them stand in the operator's own network, so any address may be.

/** Returns what is wrong with an endpoint; undefined for one that will do. It never holds the URL. */
export function endpointFault(text: string): string | undefined {
  if (!URL.canParse(text)) return 'is no URL such as http://127.0.0.1:4318';
  const { protocol, username, password } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return 'has to begin with http:// or https://';
  return username + password === '' ? undefined : 'names a user: use headers_file';
}
