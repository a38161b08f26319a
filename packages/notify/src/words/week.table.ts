// What the weekly report says, in each language: whole sentences, for languages build them in their own ways.

import type { Language } from '@parapet/kinds';

export interface WeekWords {
  readonly title: (period: string) => string;
  readonly quiet: string;
  readonly attacks: (alerts: string, sources: string) => string;
  readonly requests: (requests: string, stopped: string) => string;
  /** `change` in percent, never 0. */
  readonly change: (percent: string, isMore: boolean) => string;
  readonly same: string;
  readonly watched: (count: string) => string;
  readonly decisions: (count: string) => string;
  readonly people: (count: string) => string;
  readonly appeals: (count: string) => string;
  readonly fine: string;
  readonly label: Readonly<Record<'kinds' | 'top' | 'days' | 'alerts', string>>;
}

export const WEEK_WORDS: Readonly<Record<Language, WeekWords>> = {
  en: {
    title: (period) => `Your site's week, ${period}`,
    quiet: 'Nobody attacked your site.',
    attacks: (alerts, sources) => `Parapet recognised attacks ${alerts} times, from ${sources}.`,
    requests: (requests, stopped) => `${requests} requests came in; ${stopped} of them were stopped.`,
    change: (percent, isMore) => `That is ${percent} ${isMore ? 'more' : 'less'} than in the week before.`,
    same: 'That is as much as in the week before.',
    watched: (count) => `Only watched, not stopped: ${count}.`,
    decisions: (count) => `Decisions to keep somebody out, slow down or check: ${count}.`,
    people: (count) =>
      `Stopped, and perhaps people: ${count}. Have a look at the first page of the dashboard.`,
    appeals: (count) => `Appeals that wait for your answer: ${count}.`,
    fine: 'Nobody who was stopped looked like a person, and nothing waits for you.',
    label: { kinds: 'What they tried', top: 'Most active', days: 'Day by day', alerts: 'Alerts' },
  },
  de: {
    title: (period) => `Die Woche Ihrer Website, ${period}`,
    quiet: 'Niemand hat Ihre Website angegriffen.',
    attacks: (alerts, sources) => `Parapet hat ${alerts} Mal Angriffe erkannt, von ${sources}.`,
    requests: (requests, stopped) => `${requests} Anfragen kamen an; ${stopped} davon wurden aufgehalten.`,
    change: (percent, isMore) => `Das sind ${percent} ${isMore ? 'mehr' : 'weniger'} als in der Woche davor.`,
    same: 'Das ist so viel wie in der Woche davor.',
    watched: (count) => `Nur beobachtet, nicht aufgehalten: ${count}.`,
    decisions: (count) => `Maßnahmen, um jemanden auszusperren, zu bremsen oder zu prüfen: ${count}.`,
    people: (count) =>
      `Aufgehalten und vielleicht Menschen: ${count}. Sehen Sie auf der ersten Seite der Übersicht nach.`,
    appeals: (count) => `Bitten um Einlass, die auf Ihre Antwort warten: ${count}.`,
    fine: 'Niemand, der aufgehalten wurde, sah nach einem Menschen aus, und nichts wartet auf Sie.',
    label: { kinds: 'Was versucht wurde', top: 'Am eifrigsten', days: 'Tag für Tag', alerts: 'Meldungen' },
  },
  es: {
    title: (period) => `La semana de su sitio, ${period}`,
    quiet: 'Nadie atacó su sitio.',
    attacks: (alerts, sources) => `Parapet reconoció ataques ${alerts} veces, desde ${sources}.`,
    requests: (requests, stopped) => `Llegaron ${requests} peticiones; ${stopped} fueron detenidas.`,
    change: (percent, isMore) => `Es un ${percent} ${isMore ? 'más' : 'menos'} que la semana anterior.`,
    same: 'Es tanto como la semana anterior.',
    watched: (count) => `Solo observados, no detenidos: ${count}.`,
    decisions: (count) => `Decisiones de cerrar el paso, frenar o comprobar: ${count}.`,
    people: (count) => `Detenidas y quizá personas: ${count}. Mire la primera página del panel.`,
    appeals: (count) => `Reclamaciones que esperan su respuesta: ${count}.`,
    fine: 'Nadie de los detenidos parecía una persona, y nada espera por usted.',
    label: { kinds: 'Qué intentaron', top: 'Los más activos', days: 'Día a día', alerts: 'Avisos' },
  },
  fr: {
    title: (period) => `La semaine de votre site, ${period}`,
    quiet: 'Personne n’a attaqué votre site.',
    attacks: (alerts, sources) => `Parapet a reconnu des attaques ${alerts} fois, depuis ${sources}.`,
    requests: (requests, stopped) => `${requests} requêtes sont arrivées ; ${stopped} ont été arrêtées.`,
    change: (percent, isMore) =>
      `C’est ${percent} de ${isMore ? 'plus' : 'moins'} que la semaine précédente.`,
    same: 'C’est autant que la semaine précédente.',
    watched: (count) => `Seulement observées, sans être arrêtées : ${count}.`,
    decisions: (count) => `Décisions d’exclure, de ralentir ou de vérifier : ${count}.`,
    people: (count) =>
      `Arrêtées, et peut-être des personnes : ${count}. Regardez la première page du tableau de bord.`,
    appeals: (count) => `Demandes qui attendent votre réponse : ${count}.`,
    fine: 'Personne parmi les visiteurs arrêtés ne semblait humain, et rien ne vous attend.',
    label: {
      kinds: 'Ce qui a été tenté',
      top: 'Les plus actifs',
      days: 'Jour après jour',
      alerts: 'Alertes',
    },
  },
};
