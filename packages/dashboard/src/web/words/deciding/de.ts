import type { DecidingWord } from './en.ts';

export const DE_DECIDING: Readonly<Record<DecidingWord, string>> = {
  'add.title': 'Etwas entscheiden',
  'add.value': 'Adresse oder Bereich',
  'add.valueHint': '203.0.113.7 oder 203.0.113.0/24',
  'add.what': 'Was geschieht',
  'add.duration': 'Wie lange',
  'add.reason': 'Warum (für spätere Fragen)',
  'add.submit': 'Entscheiden',
  'add.done': '{value}: {what} bis {when}',
  'decide.list': 'Liste einlesen',
  'decide.extend': 'Länger fernhalten',
  'decide.values': 'Adressen und Bereiche, je Zeile einer',
  'decide.valuesHint': 'Höchstens {most}. Längere Listen: parapet decisions import DATEI',
  'decide.file': 'Oder aus einer Datei',
  'decide.listed': 'Eine Entscheidung ist getroffen|{n} Entscheidungen sind getroffen',
  'decide.refused': 'Ausgelassen: eine ({value})|Ausgelassen: {n} ({value})',
  'decide.you': 'Sie selbst sind dabei: Das ist Ihre eigene Adresse.',
  'decide.targets': 'Eine Adresse oder ein Bereich ist lesbar|{n} Adressen und Bereiche sind lesbar',
  'decide.logins':
    'Eine Adresse dort hat sich in den letzten 30 Tagen an der Website angemeldet:|{n} Adressen dort haben sich in den letzten 30 Tagen an der Website angemeldet:',
  'decide.people':
    'Eine Adresse dort hat diese Woche die Prüfung bestanden, eine Sitzung oder Ihnen geschrieben.|{n} Adressen dort haben diese Woche die Prüfung bestanden, eine Sitzung oder Ihnen geschrieben.',
  'decide.nobody':
    'Heute kam von dort niemand, dem die Website wie gewöhnlich geantwortet hat.|In den letzten {n} Tagen kam von dort niemand, dem die Website wie gewöhnlich geantwortet hat.',
  'decide.visits':
    'Heute hat die Website von dort {requests} Anfragen wie gewöhnlich beantwortet, von {addresses}.|In den letzten {n} Tagen hat die Website von dort {requests} Anfragen wie gewöhnlich beantwortet, von {addresses}.',
  'decide.visitsAbout':
    'Heute hat die Website von dort etwa {requests} Anfragen wie gewöhnlich beantwortet, von etwa {addresses}.|In den letzten {n} Tagen hat die Website von dort etwa {requests} Anfragen wie gewöhnlich beantwortet, von etwa {addresses}.',
  'decide.covered':
    'Eine geltende Entscheidung deckt das schon ab|Geltende Entscheidungen decken schon {n} davon ab',
  'decide.inside': 'Eine geltende Entscheidung liegt darin|{n} geltende Entscheidungen liegen darin',
  'decide.more': 'und noch eine|und {n} weitere',
  'decide.force': 'Ich habe angesehen, wen es träfe, und will es trotzdem',
  'length.1h': 'eine Stunde',
  'length.4h': 'vier Stunden',
  'length.1d': 'ein Tag',
  'length.7d': 'eine Woche',
  'length.30d': '30 Tage',
  'length.365d': 'ein Jahr',
};
