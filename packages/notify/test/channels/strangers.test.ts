// Whatever strangers wrote (paths, networks, names of accounts): each channel makes something well-formed of it.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CHANNEL_TYPES, type ChannelType, type Outgoing } from '../../src/channels/channel.ts';
import { outgoingOf } from '../../src/channels/index.ts';
import { LANGUAGES } from '@parapet/kinds';
import { renderMessage } from '../../src/words/render.ts';
import { attackMessage, channelOf } from '../samples.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '<!channel> @everyone <@U1>',
    '"},{"a":"',
    '\r\nBcc: x@y\r\n',
    '\u202Egpj.exe',
    '\uD800',
    '{to}{secret}',
    '$&',
  ),
  fc.string({ minLength: 5000, maxLength: 6000 }),
);

function make(
  type: ChannelType,
  strange: string,
  language: (typeof LANGUAGES)[number],
): Outgoing | undefined {
  const facts = {
    ...attackMessage().facts,
    shown: [{ value: strange, countryCode: strange, asName: strange }],
    scenarios: [strange],
    paths: [strange],
  };
  const message = attackMessage({ site: strange, facts });
  const channel = channelOf(type, {
    ...{
      url: 'https://receiver.example.org/x',
      secret: 'hushhush',
      to: ['a'],
      from: 'p@example.org',
      user: 'u',
    },
    setting: { language, zone: 'UTC' },
  });
  const rendered = renderMessage(message, channel.setting);
  return outgoingOf({ message, rendered, channel, target: 'a' }, { nowMs: 0, host: strange, version: '1' });
}

/** What is wrong with it; nothing, for a message that its receiver can read. */
function faultsOf(made: Outgoing | undefined, type: ChannelType): readonly string[] {
  const faults: string[] = [];
  const check = (isFine: boolean, what: string): void => void (isFine || faults.push(what));
  switch (made?.kind) {
    case 'http':
      check(/^https:\/\/receiver\.example\.org\//.test(made.url), 'url');
      check(!Object.values(made.headers).some((value) => /[\r\n]/.test(value)), 'headers');
      if (made.headers['content-type']?.startsWith('application/json') === true)
        check(typeof JSON.parse(made.body) === 'object', 'JSON');
      if (type === 'elasticsearch') check(made.body.split('\n').length === 3, 'lines');
      check(made.body.length < 90_000, 'length');
      break;
    case 'syslog':
      check(
        /^<\d+>1 \S+ \S+ parapet - attack - CEF:0(\|([^|\\]|\\.)*){6}\|/su.test(made.line) &&
          !/[\u0000-\u001F\u007F]/.test(made.line),
        'CEF',
      );
      break;
    case 'file':
      check(typeof JSON.parse(made.line) === 'object' && !made.line.includes('\n'), 'line');
      break;
    case 'mail':
      check(!/[\r\n]/.test(made.subject), 'subject');
      check(!/<(?!\/?(html|head|meta|title|body|h1|p|table|tr|th|td|!doctype)\b)/i.test(made.html), 'HTML');
      break;
    case undefined:
      faults.push('nothing');
  }
  return faults;
}

it('is well-formed and bounded on every channel', () => {
  fc.assert(
    fc.property(
      text,
      fc.constantFrom(...CHANNEL_TYPES),
      fc.constantFrom(...LANGUAGES),
      (strange, type, language) => {
        expect(faultsOf(make(type, strange, language), type)).toEqual([]);
      },
    ),
  );
});

it('nobody is mentioned, and no template is filled in twice', () => {
  for (const type of ['slack', 'discord', 'teams'] as const) {
    const made = make(type, '<!channel> <@U1> @everyone', 'en');
    expect(made?.kind === 'http' && made.body).not.toMatch(/<!channel>|<@U1>/);
  }
  const sms = make('sms', '{secret}', 'en');
  expect(sms?.kind === 'http' && sms.body).not.toContain('hushhush');
});
