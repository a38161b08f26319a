// The form by which somebody who was stopped reaches the owner. It works without scripts.

import { OWN_PREFIX } from './assets/assets.ts';
import { html, type Html } from './html.ts';
import type { Language } from './reader.ts';
import { wordsOf } from './words/index.ts';

export const APPEAL_PATH: string = `${OWN_PREFIX}appeal`;
export const MOST_MESSAGE_CHARACTERS = 1000;

/** Names of the fields. The trap is called what programs like to fill in; people do not see it. */
export const FIELDS = {
  record: 'record',
  token: 'token',
  message: 'message',
  email: 'email',
  trap: 'website',
} as const;

export function appealForm(language: Language, recordId: string, token: string): Html {
  const { appeal } = wordsOf(language);
  return html`<h2>${appeal.title}</h2>
    <form method="post" action="${APPEAL_PATH}" accept-charset="utf-8">
      <p>${appeal.lead}</p>
      <input type="hidden" name="${FIELDS.record}" value="${recordId}" />
      <input type="hidden" name="${FIELDS.token}" value="${token}" />
      <label for="message">${appeal.message}</label>
      <textarea
        id="message"
        name="${FIELDS.message}"
        rows="4"
        maxlength="${MOST_MESSAGE_CHARACTERS}"
        required
      ></textarea>
      <label for="email">${appeal.email}</label>
      <input
        id="email"
        type="email"
        name="${FIELDS.email}"
        maxlength="254"
        autocomplete="email"
        aria-describedby="email-hint"
      />
      <p class="soft" id="email-hint">${appeal.emailHint}</p>
      <div class="trap" aria-hidden="true">
        <label for="website">${appeal.trap}</label
        ><input id="website" name="${FIELDS.trap}" tabindex="-1" autocomplete="off" />
      </div>
      <button type="submit">${appeal.send}</button>
    </form>`;
}
