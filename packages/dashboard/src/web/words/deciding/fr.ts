import type { DecidingWord } from './en.ts';

export const FR_DECIDING: Readonly<Record<DecidingWord, string>> = {
  'add.title': 'Décider quelque chose',
  'add.value': 'Adresse ou plage',
  'add.valueHint': '203.0.113.7 ou 203.0.113.0/24',
  'add.what': 'Ce qui est fait',
  'add.duration': 'Pour combien de temps',
  'add.reason': 'Pourquoi (pour ceux qui demanderont)',
  'add.submit': 'Décider',
  'add.done': '{value} : {what} jusqu’à {when}',
  'decide.list': 'Importer une liste',
  'decide.extend': 'Tenir à l’écart plus longtemps',
  'decide.values': 'Adresses et plages, une par ligne',
  'decide.valuesHint': '{most} au plus. Listes plus longues : parapet decisions import FICHIER',
  'decide.file': 'Ou depuis un fichier',
  'decide.listed': 'Une décision est prise|{n} décisions sont prises',
  'decide.refused': 'Laissée de côté : une ({value})|Laissées de côté : {n} ({value})',
  'decide.you': 'Vous êtes parmi elles : c’est votre propre adresse.',
  'decide.targets': 'Une adresse ou plage est lisible|{n} adresses et plages sont lisibles',
  'decide.logins':
    'Une adresse de là s’est connectée au site ces 30 derniers jours :|{n} adresses de là se sont connectées au site ces 30 derniers jours :',
  'decide.people':
    'Une adresse de là a passé la vérification, a une session ou vous a écrit cette semaine.|{n} adresses de là ont passé la vérification, ont une session ou vous ont écrit cette semaine.',
  'decide.nobody':
    'Aujourd’hui, personne n’est venu de là à qui le site ait répondu comme d’habitude.|Ces {n} derniers jours, personne n’est venu de là à qui le site ait répondu comme d’habitude.',
  'decide.visits':
    'Aujourd’hui, le site a servi comme d’habitude {requests} requêtes venues de là, de {addresses}.|Ces {n} derniers jours, le site a servi comme d’habitude {requests} requêtes venues de là, de {addresses}.',
  'decide.visitsAbout':
    'Aujourd’hui, le site a servi comme d’habitude environ {requests} requêtes venues de là, d’environ {addresses}.|Ces {n} derniers jours, le site a servi comme d’habitude environ {requests} requêtes venues de là, d’environ {addresses}.',
  'decide.covered': 'Une décision en vigueur le couvre déjà|Des décisions en vigueur en couvrent déjà {n}',
  'decide.inside': 'Une décision en vigueur s’y trouve|{n} décisions en vigueur s’y trouvent',
  'decide.more': 'et une de plus|et {n} de plus',
  'decide.force': 'J’ai regardé qui serait touché, et je le veux quand même',
  'length.1h': 'une heure',
  'length.4h': 'quatre heures',
  'length.1d': 'un jour',
  'length.7d': 'une semaine',
  'length.30d': '30 jours',
  'length.365d': 'un an',
};
