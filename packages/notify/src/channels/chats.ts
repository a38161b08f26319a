// Chats and push services. What strangers wrote (paths, names of networks) is escaped for each one's own markup, and
// nobody can be mentioned by it.

import { bySeverity, cut, escapeHtml, isGood, postJson, under, type Format } from './channel.ts';
import { longText } from './texts.ts';

const RED = 0xb3261e;
const AMBER = 0xb26a00;
const GREY = 0x5f6368;
const GREEN = 0x2e7d32;

/** Incoming webhook with Block Kit: header of at most 150 characters, fields of at most 2,000, ten a section. */
export const formatSlack: Format = ({ rendered, channel }) => {
  const { title, lines, facts } = rendered;
  const blocks: unknown[] = [
    { type: 'header', text: { type: 'plain_text', text: cut(title, 150), emoji: false } },
  ];
  if (lines.length > 0) blocks.push(section(cut(lines.map(slackText).join('\n'), 3000)));
  for (let i = 0; i < facts.length; i += 10) {
    const fields = facts.slice(i, i + 10).map(([label, text]) => ({
      type: 'mrkdwn',
      verbatim: true,
      text: cut(`*${slackText(label)}*\n${slackText(text)}`, 2000),
    }));
    blocks.push({ type: 'section', fields });
  }
  return postJson(channel.url, { text: slackText(title), blocks, unfurl_links: false, unfurl_media: false });
};

/** Discord webhook, https://discord.com/developers/docs/resources/webhook#execute-webhook. */
export const formatDiscord: Format = ({ message, rendered, channel }) => {
  const { title, lines, facts } = rendered;
  return postJson(channel.url, {
    embeds: [
      {
        title: cut(discordText(title), 256),
        ...(lines.length === 0 ? {} : { description: cut(lines.map(discordText).join('\n'), 4096) }),
        color: isGood(message) ? GREEN : bySeverity(message.severity, GREY, AMBER, RED, RED),
        timestamp: new Date(message.atMs).toISOString(),
        fields: facts
          .slice(0, 25)
          .map(([label, text]) => ({ name: cut(label, 256), value: cut(discordText(text), 1024) })),
      },
    ],
    allowed_mentions: { parse: [] },
  });
};

/** A Teams workflow that posts an Adaptive Card; it answers 202. */
export const formatTeams: Format = ({ message, rendered, channel }) => {
  const { title, lines, facts } = rendered;
  const block = (text: string, more: object): object => ({ type: 'TextBlock', text, wrap: true, ...more });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      block(cardText(title), {
        ...{ weight: 'Bolder', size: 'Medium' },
        color: isGood(message)
          ? 'Good'
          : bySeverity(message.severity, 'Default', 'Warning', 'Attention', 'Attention'),
      }),
      ...lines.map((line) => block(cardText(line), {})),
      {
        type: 'FactSet',
        facts: facts.map(([label, text]) => ({ title: label, value: cardText(text) })),
      },
    ],
  };
  return postJson(channel.url, {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  });
};

/** Client-server API: the transaction id makes a second try the same event (spec v1, "Sending events"). */
export const formatMatrix: Format = ({ message, rendered, channel, target }) => {
  const { title, lines, facts } = rendered;
  const html = [
    `<strong>${escapeHtml(title)}</strong>`,
    ...lines.map(escapeHtml),
    ...facts.map(([label, text]) => `<em>${escapeHtml(label)}</em>: ${escapeHtml(text)}`),
  ].join('<br>');
  const room = encodeURIComponent(target);
  const path = `/_matrix/client/v3/rooms/${room}/send/m.room.message/${encodeURIComponent(message.id)}`;
  return {
    ...postJson(
      under(channel.url, path),
      {
        msgtype: 'm.text',
        body: longText(rendered),
        format: 'org.matrix.custom.html',
        formatted_body: html,
        'm.mentions': {},
      },
      { authorization: `Bearer ${channel.secret}` },
    ),
    method: 'PUT',
  };
};

/** ntfy's JSON form, posted to the root of the server: the only one with titles in any script. */
export const formatNtfy: Format = ({ message, rendered, channel, target }) => {
  const { title, lines, facts } = rendered;
  const link = channel.setting.link;
  return postJson(
    under(channel.url, '/'),
    {
      topic: target,
      title: cut(title, 250),
      message: cut([...lines, ...facts.map(([label, text]) => `${label}: ${text}`)].join('\n'), 4000),
      priority: isGood(message) ? 2 : bySeverity(message.severity, 2, 3, 4, 5),
      tags: [isGood(message) ? 'white_check_mark' : 'warning'],
      ...(link === undefined ? {} : { click: link }),
    },
    channel.secret === '' ? {} : { authorization: `Bearer ${channel.secret}` },
  );
};

/** Gotify's `POST /message`; priorities go from 0 to 10. */
export const formatGotify: Format = ({ message, rendered, channel }) => {
  const { title, lines, facts } = rendered;
  return postJson(
    under(channel.url, '/message'),
    {
      title,
      message: [...lines, ...facts.map(([label, text]) => `${label}: ${text}`)].join('\n'),
      priority: isGood(message) ? 2 : bySeverity(message.severity, 2, 5, 7, 10),
      extras: { 'client::display': { contentType: 'text/plain' } },
    },
    { 'x-gotify-key': channel.secret },
  );
};

function section(text: string): object {
  return { type: 'section', text: { type: 'mrkdwn', verbatim: true, text } };
}

/** These make links and mentions; `verbatim` keeps Slack from making its own of words that look like them. */
function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function discordText(text: string): string {
  return text.replaceAll(/[\\*_~`|>[\]()#-]/g, (mark) => `\\${mark}`);
}

function cardText(text: string): string {
  return text.replaceAll(/[\\*_[\]()`#<>]/g, (mark) => `\\${mark}`);
}
