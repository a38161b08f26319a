// What the page behind a one-time link says, in each language.

import type { Language } from '../pages/reader.ts';

export interface LinkWords {
  readonly title: string;
  readonly lead: string;
  readonly button: string;
  readonly doneTitle: string;
  /** What follows from it. */
  readonly done: string;
  readonly toSite: string;
  readonly failedTitle: string;
  readonly failed: string;
}

export const LINK_WORDS: Readonly<Record<Language, LinkWords>> = {
  en: {
    title: 'Let me in',
    lead: 'Whoever uses this link is let in from now on, in this browser, whatever was decided about the address. It works once.',
    button: 'Let me in',
    doneTitle: 'You are in',
    done: 'This browser is trusted for 30 days, and what was decided about your address has ended.',
    toSite: 'Go to the site',
    failedTitle: 'This link does not work',
    failed:
      'It was used before, is too old, or was made for another site. A new one comes from: parapet unban --link',
  },
  de: {
    title: 'Einlass',
    lead: 'Wer diesen Link benutzt, kommt von nun an mit diesem Browser herein, was auch immer über die Adresse entschieden wurde. Er gilt einmal.',
    button: 'Einlassen',
    doneTitle: 'Sie sind drin',
    done: 'Diesem Browser wird 30 Tage lang vertraut, und was über Ihre Adresse entschieden war, ist beendet.',
    toSite: 'Zur Website',
    failedTitle: 'Dieser Link gilt nicht',
    failed:
      'Er wurde schon benutzt, ist zu alt oder gehört zu einer anderen Website. Ein neuer kommt von: parapet unban --link',
  },
  es: {
    title: 'Entrar',
    lead: 'Quien use este enlace podrá entrar desde ahora con este navegador, sea lo que sea lo decidido sobre la dirección. Sirve una sola vez.',
    button: 'Dejarme entrar',
    doneTitle: 'Ya está dentro',
    done: 'Se confía en este navegador durante 30 días, y lo decidido sobre su dirección ha terminado.',
    toSite: 'Ir al sitio',
    failedTitle: 'Este enlace no sirve',
    failed:
      'Ya se usó, es demasiado antiguo o es de otro sitio. Uno nuevo se obtiene con: parapet unban --link',
  },
  fr: {
    title: 'Entrer',
    lead: 'Quiconque utilise ce lien entre désormais avec ce navigateur, quoi qu’il ait été décidé pour l’adresse. Il sert une seule fois.',
    button: 'Me laisser entrer',
    doneTitle: 'Vous êtes entré',
    done: 'Ce navigateur est reconnu pendant 30 jours, et ce qui avait été décidé pour votre adresse a pris fin.',
    toSite: 'Aller au site',
    failedTitle: 'Ce lien ne fonctionne pas',
    failed:
      'Il a déjà servi, est trop ancien ou vient d’un autre site. Pour en obtenir un nouveau : parapet unban --link',
  },
  it: {
    title: 'Entrare',
    lead: 'Chi usa questo link entra d’ora in poi con questo browser, qualunque cosa sia stata decisa sull’indirizzo. Vale una volta sola.',
    button: 'Fammi entrare',
    doneTitle: 'È dentro',
    done: 'Questo browser è considerato fidato per 30 giorni, e quanto deciso sul suo indirizzo è terminato.',
    toSite: 'Vai al sito',
    failedTitle: 'Questo link non vale',
    failed:
      'È già stato usato, è troppo vecchio o appartiene a un altro sito. Uno nuovo si ottiene con: parapet unban --link',
  },
  nl: {
    title: 'Toegang',
    lead: 'Wie deze link gebruikt, komt vanaf nu met deze browser binnen, wat er ook over het adres is besloten. Hij werkt één keer.',
    button: 'Laat me binnen',
    doneTitle: 'U bent binnen',
    done: 'Deze browser wordt 30 dagen vertrouwd, en wat er over uw adres was besloten is beëindigd.',
    toSite: 'Naar de website',
    failedTitle: 'Deze link werkt niet',
    failed: 'Hij is al gebruikt, te oud of van een andere website. Een nieuwe komt van: parapet unban --link',
  },
  pl: {
    title: 'Wejście',
    lead: 'Kto użyje tego odnośnika, będzie odtąd wpuszczany z tej przeglądarki, cokolwiek postanowiono o adresie. Działa tylko raz.',
    button: 'Wpuść mnie',
    doneTitle: 'Dostęp przyznany',
    done: 'Ta przeglądarka jest zaufana przez 30 dni, a to, co postanowiono o tym adresie, już nie obowiązuje.',
    toSite: 'Przejdź do witryny',
    failedTitle: 'Ten odnośnik nie działa',
    failed:
      'Został już użyty, jest za stary albo należy do innej witryny. Nowy daje polecenie: parapet unban --link',
  },
  pt: {
    title: 'Entrar',
    lead: 'Quem usar esta ligação entra a partir de agora com este navegador, seja o que for que foi decidido sobre o endereço. Serve uma só vez.',
    button: 'Deixar-me entrar',
    doneTitle: 'Já entrou',
    done: 'Este navegador é de confiança durante 30 dias, e o que foi decidido sobre o seu endereço terminou.',
    toSite: 'Ir para o site',
    failedTitle: 'Esta ligação não serve',
    failed:
      'Já foi usada, é demasiado antiga ou pertence a outro site. Uma nova obtém-se com: parapet unban --link',
  },
};
