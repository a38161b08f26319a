// A syslog message off the wire becomes the line that the hub's syslog parser reads: `time host program[pid]: text`.
// RFC 5424, and RFC 3164 with what senders make of it.

import { escapeControls } from './journald-entry.ts';

export interface SyslogMessage {
  readonly line: string;
  /** The structured data of RFC 5424 as it was sent, `[id name="value"]…`. */
  readonly structuredData: string | undefined;
}

export interface SyslogContext {
  /** Stands in for a message's own time and host where it has none. */
  readonly nowMs: number;
  readonly client: string;
}

/** Returns the line, or undefined when the bytes are no syslog message. */
export function parseSyslogMessage(bytes: Buffer, context: SyslogContext): SyslogMessage | undefined {
  const text = messageText(bytes);
  const priority = PRIORITY.exec(text);
  // Some relays leave the priority out; then the rest has to look like a message all the more.
  const rest = priority === null ? text : text.slice(priority[0].length);
  return (priority === null ? undefined : parse5424(rest, context)) ?? parse3164(rest, context);
}

/** Returns the message without its priority, or undefined when it has none: for senders with formats of their own. */
export function stripPriority(bytes: Buffer): SyslogMessage | undefined {
  const text = messageText(bytes);
  const priority = PRIORITY.exec(text);
  if (priority === null) return undefined;
  return { line: escapeControls(text.slice(priority[0].length)), structuredData: undefined };
}

const PRIORITY = /^<\d{1,3}>/;
const HEADER_5424 =
  /^1 (-|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})) (\S{1,255}) (\S{1,255}) (\S{1,128}) (\S{1,255}) /;
const ELEMENT = /\[(?:[^\]"\\]|"(?:[^"\\]|\\.)*"|\\.)*\]/y;
const TIME_3164 =
  /^(?:([A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2})(?: \d{4})?|(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?)) /;
const TAG = /^([^\s:[\]]{1,255})(?:\[(\d{1,10})\])?: ?/;
const BARE_TAG = /^([A-Za-z0-9]{1,255})(?:\[(\d{1,10})\])?:? */;

function parse5424(text: string, context: SyslogContext): SyslogMessage | undefined {
  const header = HEADER_5424.exec(text);
  if (header === null) return undefined;
  const [whole, time, host, program, pid] = header;
  let at = whole.length;
  const dataStart = at;
  if (text[at] === '-') at++;
  else {
    for (ELEMENT.lastIndex = at; text[at] === '['; at = ELEMENT.lastIndex) {
      if (!ELEMENT.test(text)) return undefined;
    }
    if (at === dataStart) return undefined;
  }
  if (at < text.length && text[at] !== ' ') return undefined;
  const data = text.slice(dataStart, at);
  const structuredData = data === '-' ? undefined : escapeControls(data);
  const message = text.slice(at + 1).replace(/^\ufeff/, '');
  return build(
    {
      time: time === '-' ? new Date(context.nowMs).toISOString() : time!,
      host: host === '-' ? context.client : host!,
      program: program!,
      pid: /^\d{1,10}$/.test(pid!) ? pid : undefined,
      // Some senders put all they have to say into the structured data.
      message: message === '' && structuredData !== undefined ? structuredData : message,
    },
    structuredData,
  );
}

function parse3164(text: string, context: SyslogContext): SyslogMessage | undefined {
  const found = TIME_3164.exec(text);
  if (found === null) return undefined;
  const time = found[1] ?? found[2]!;
  let rest = text.slice(found[0].length);
  let host = context.client;
  // Local senders leave the host out: then the tag, with its colon, comes first.
  if (TAG.exec(rest) === null) {
    const space = rest.indexOf(' ');
    if (space <= 0) return undefined;
    host = rest.slice(0, space);
    rest = rest.slice(space + 1).trimStart();
  } else {
    const space = rest.indexOf(' ');
    const first = space < 0 ? rest : rest.slice(0, space);
    // `host tag: text` has a second tag; `2001:db8::1 tag: text` is a host although it holds a colon.
    if (!first.endsWith(':') && space > 0 && TAG.test(rest.slice(space + 1))) {
      host = first;
      rest = rest.slice(space + 1);
    }
  }
  const tag = TAG.exec(rest) ?? BARE_TAG.exec(rest);
  if (tag === null) return undefined;
  const message = rest.slice(tag[0].length);
  if (message === '') return undefined;
  return build({ time, host, program: tag[1]!, pid: tag[2], message }, undefined);
}

function build(
  parts: { time: string; host: string; program: string; pid: string | undefined; message: string },
  structuredData: string | undefined,
): SyslogMessage {
  const program = parts.program.replace(/[[\]]/g, '_');
  const tag = parts.pid === undefined ? program : `${program}[${parts.pid}]`;
  return { line: escapeControls(`${parts.time} ${parts.host} ${tag}: ${parts.message}`), structuredData };
}

/** Messages are UTF-8 by now; what ends them on the wire is no part of them. */
function messageText(bytes: Buffer): string {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 10 || bytes[end - 1] === 13 || bytes[end - 1] === 0)) end--;
  return bytes.toString('utf8', 0, end);
}
