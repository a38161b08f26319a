// What people choose, in German.

import type { ChoosingWord } from './en.ts';

export const DE_CHOOSING: Readonly<Record<ChoosingWord, string>> = {
  'change.chosen': 'Das wurde hier gewählt und gilt statt dem, was in parapet.yaml steht.',
  'change.usual': 'So, wie es in parapet.yaml steht',
  'change.back': '{name}: ab jetzt, wie es in parapet.yaml steht',
  'bots.group': 'Wofür sie sind',
  'bots.changed': '{name}: ab jetzt {rule}',
  'bots.effect': 'In den letzten 7 Tagen ist das eine Anfrage.|In den letzten 7 Tagen sind das {n} Anfragen.',
  'bots.effectNone': 'In den letzten 7 Tagen kam niemand, für den das gilt.',
  'bots.effectCost': 'Die Website hat dafür {long} gearbeitet.',
  'bots.effectUser': 'Hinter jeder steht ein Mensch, der eine KI nach Ihrer Website gefragt hat.',
  'crawlers.training': 'Alle, die Texte sammeln, um Modelle zu trainieren',
  'crawlers.search': 'Alle, die ein Verzeichnis für Antworten von KI anlegen',
  'crawlers.user': 'Alle, die eine Seite holen, wenn ein Mensch fragt',
  'crawlers.undocumented': 'Alle, deren Betreiber nicht sagen, wofür',
  'crawlers.impostors': 'Die sich nur dafür ausgeben',
  'botWill.allow': 'Sie bekommen Seiten wie alle anderen.',
  'botWill.slow':
    'Alle eines Namens bekommen zusammen alle zwei Sekunden eine Seite und warten, bis sie dran sind.',
  'botWill.cached':
    'Sie bekommen Seiten, die die Website schon bereit hat; für andere sollen sie später wiederkommen.',
  'botWill.challenge': 'Sie bekommen die Prüfung, die Programme nicht bestehen.',
  'botWill.block': 'Sie bekommen keine Seite und erfahren, warum.',
  'sites.modeAbout':
    'Entscheidungen (Sperren, Prüfungen) gelten auf dieser Website, wenn gehandelt wird; wird nur beobachtet, kommen alle durch, und es wird gemeldet.',
  'sites.tellsOnly': 'Die Website wird nur beobachtet: Es geschieht nichts, bis auch das geändert ist.',
  'sites.inForce': 'Eine Entscheidung gilt gerade.|{n} Entscheidungen gelten gerade.',
  'close.do': 'Abschließen',
  'close.title': 'Diesen Vorfall abschließen',
  'close.lead':
    'Er verschwindet von der ersten Seite und aus den offenen. Geht er weiter, ist er von selbst wieder offen.',
  'close.why': 'Warum',
  'close.handled': 'Er ist erledigt',
  'close.false-alarm': 'Es war ein Fehlalarm',
  'close.test': 'Es war ein eigener Test',
  'close.note': 'In eigenen Worten (für die, die später fragen)',
  'close.lift': 'Entscheidungen gelten weiter, bis sie unter „Was getan wurde“ aufgehoben werden.',
  'close.done': 'Abgeschlossen',
  'close.by': 'Abgeschlossen von {by}, {when}: {why}.',
  'close.open': 'Wieder öffnen',
  'close.opened': 'Wieder offen',
  'take.title': 'Mitnehmen',
  'take.lead': 'Für Ihren Hoster, den Anbieter einer Adresse oder andere Programme.',
  'take.report': 'Bericht als Text',
};
