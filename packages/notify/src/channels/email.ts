// E-mail: text, and the same as simple HTML without pictures or links to elsewhere than the dashboard.

import type { Rendered, Setting } from '../words/render.ts';
import { textOf } from '../words/render.ts';
import { escapeHtml, isGood, type Format } from './channel.ts';

export const formatEmail: Format = ({ message, rendered, channel, target }) => ({
  kind: 'mail',
  url: channel.url,
  user: channel.user,
  secret: channel.secret,
  from: channel.from,
  to: [target],
  subject: rendered.title,
  text: `${textOf(rendered)}\n`,
  html: htmlOf(rendered, channel.setting, isGood(message)),
  // A server or a reader that gets it twice knows it by this (RFC 5322 3.6.4).
  messageId: `<${message.id}@${domainOf(channel.from)}>`,
  headers: {
    // RFC 3834: nobody's holiday answer is wanted.
    'Auto-Submitted': 'auto-generated',
    ...('incident' in message ? { References: `<${message.incident}@${domainOf(channel.from)}>` } : {}),
  },
});

/** Returns the message as a page of its own; `isOver` says that it is good news. */
export function htmlOf(
  { title, lines, facts }: Rendered,
  { language, link }: Setting,
  isOver: boolean,
): string {
  const rows = facts.map(
    ([label, text]) =>
      `<tr><th scope="row" style="text-align:left;vertical-align:top;padding:2px 12px 2px 0">${escapeHtml(label)}</th><td style="padding:2px 0">${text === link ? linked(link) : escapeHtml(text)}</td></tr>`,
  );
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>`,
    '<body style="font-family:sans-serif;max-width:40em">',
    `<h1 style="font-size:1.1em;border-left:4px solid ${isOver ? '#2e7d32' : '#b3261e'};padding-left:8px">${escapeHtml(title)}</h1>`,
    ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
    `<table role="presentation">${rows.join('')}</table>`,
    '</body></html>',
  ].join('\n');
}

/** Only what the configuration says is a link: a path may look like one. */
function linked(url: string): string {
  const safe = escapeHtml(url);
  return `<a href="${safe}">${safe}</a>`;
}

function domainOf(from: string): string {
  return /@([\w.-]+)>?\s*$/.exec(from)?.[1] ?? 'parapet.invalid';
}
