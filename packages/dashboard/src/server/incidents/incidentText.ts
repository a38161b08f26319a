// An incident as a text, for somebody who is not here: the provider of an address, one's own hoster, the police. It
// holds what happened and the requests of the attacker; of visitors it says nothing.

import type { IncidentView } from '../../wire.ts';

const MOST_ADDRESSES = 50;

/** Returns a few paragraphs in English, with times in UTC. */
export function incidentText(view: IncidentView): string {
  const { title, sentence, firstMs, lastMs, events, alerts, sources, addresses, evidence, families } = view;
  const parts = [
    `Incident ${view.id}: ${title === '' ? view.family : title}`,
    `${sentence}.`,
    [
      `From ${time(firstMs)} to ${time(lastMs)} (UTC).`,
      `${events} events in ${alerts} alerts, from ${sources} ${sources === 1 ? 'source' : 'sources'}.`,
    ].join('\n'),
    listed(
      'Kinds of attack:',
      families.map((one) => `${one.title}: ${one.scenarios.join(', ')}`),
    ),
    listed('Sources:', addresses.slice(0, MOST_ADDRESSES).map(addressLine)),
    listed(
      'Requests, as they were received:',
      evidence.map(({ atMs, source, parts: of }) => `${time(atMs)} ${source} ${of.map(textOf).join('')}`),
    ),
    ...(view.closing === undefined
      ? []
      : [`Closed by ${view.closing.by}, ${time(view.closing.atMs)}: ${view.closing.reason}.`]),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function addressLine(address: IncidentView['addresses'][number]): string {
  const { value, network, country, events, lastMs, decisions } = address;
  const place = [network, country].filter((one) => one !== undefined).join(', ');
  const done = decisions[0];
  return [
    `${value}${place === '' ? '' : ` (${place})`}: ${events} events, last ${time(lastMs)}`,
    ...(done === undefined ? [] : [`${done.remediation} until ${time(done.endMs)}`]),
  ].join('; ');
}

function listed(head: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [head, ...lines.map((line) => `- ${oneLine(line)}`)].join('\n');
}

function textOf({ text }: { readonly text: string }): string {
  return text;
}

/** What an attacker wrote must not become lines of ours, or orders to a terminal. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

function time(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
