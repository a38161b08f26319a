// The Host header (RFC 9112 3.2, RFC 3986 3.2.2), narrower than the grammar: what a DNS name, an address or a
// container's name can be. Sub-delimiters and percent signs in it are for confusing whoever takes it for a link.

const COLON = 58;

/** Returns where the name ends and the port begins, or -1 when buffer[start, end) is no host. */
export function hostEnd(buffer: Uint8Array, start: number, end: number): number {
  let i = start;
  if (buffer[start] === 91 /* [ */) {
    i++;
    while (i < end && IN_BRACKETS[buffer[i]!] !== 0) i++;
    if (i === start + 1 || i >= end || buffer[i] !== 93 /* ] */) return -1;
    i++;
  } else {
    while (i < end && IN_NAME[buffer[i]!] !== 0) i++;
    if (i === start) return -1;
  }
  const nameEnd = i;
  if (i === end) return nameEnd;
  if (buffer[i++] !== COLON || end - i > 5) return -1;
  for (; i < end; i++) if (buffer[i]! < 48 || buffer[i]! > 57) return -1;
  return nameEnd;
}

const IN_NAME: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(/[\w.-]/.test(String.fromCharCode(byte))),
);

const IN_BRACKETS: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(/[0-9a-fA-F:.]/.test(String.fromCharCode(byte))),
);
