// What people choose, in French.

import type { ChoosingWord } from './en.ts';

export const FR_CHOOSING: Readonly<Record<ChoosingWord, string>> = {
  'change.chosen': 'Cela a été choisi ici et vaut au lieu de ce que dit parapet.yaml.',
  'change.usual': 'Faire ce que dit parapet.yaml',
  'change.back': '{name} : désormais, ce que dit parapet.yaml',
  'bots.group': 'À quoi ils servent',
  'bots.changed': '{name} : désormais {rule}',
  'bots.effect': 'Ces 7 derniers jours, cela fait une requête.|Ces 7 derniers jours, cela fait {n} requêtes.',
  'bots.effectNone': 'Ces 7 derniers jours, aucun de ceux que cela concerne n’est venu.',
  'bots.effectCost': 'Le site a travaillé {long} pour elles.',
  'bots.effectUser': 'Derrière chacune, il y a une personne qui a interrogé une IA sur votre site.',
  'crawlers.training': 'Tous ceux qui collectent des textes pour entraîner des modèles',
  'crawlers.search': 'Tous ceux qui font un index pour les réponses d’IA',
  'crawlers.user': 'Tous ceux qui demandent une page quand une personne le veut',
  'crawlers.undocumented': 'Tous ceux dont l’opérateur ne dit pas à quoi ils servent',
  'crawlers.impostors': 'Ceux qui prétendent seulement en être un',
  'botWill.allow': 'Ils reçoivent des pages comme tout le monde.',
  'botWill.slow':
    'Tous ceux d’un même nom reçoivent ensemble une page toutes les deux secondes et attendent leur tour.',
  'botWill.cached':
    'Ils reçoivent les pages que le site a sous la main ; pour les autres, ils sont priés de revenir plus tard.',
  'botWill.challenge': 'Ils reçoivent la vérification, que les programmes ne passent pas.',
  'botWill.block': 'Ils ne reçoivent aucune page, et apprennent pourquoi.',
  'sites.modeAbout':
    'Les décisions (blocages, vérifications) valent sur ce site quand il agit ; s’il observe seulement, tout le monde passe et c’est signalé.',
  'sites.tellsOnly': 'Le site observe seulement : rien n’est fait tant que cela n’est pas changé aussi.',
  'sites.inForce': 'Une décision est en vigueur.|{n} décisions sont en vigueur.',
  'close.do': 'Clore',
  'close.title': 'Clore cet incident',
  'close.lead':
    'Il quitte la première page et les incidents ouverts. S’il continue, il se rouvre de lui-même.',
  'close.why': 'Pourquoi',
  'close.handled': 'C’est réglé',
  'close.false-alarm': 'C’était une fausse alerte',
  'close.test': 'C’était un essai à nous',
  'close.note': 'Avec vos mots (pour qui demandera plus tard)',
  'close.lift':
    'Les décisions restent en vigueur jusqu’à ce qu’elles soient levées, sous « Ce qui a été fait ».',
  'close.done': 'Clos',
  'close.by': 'Clos par {by}, {when} : {why}.',
  'close.open': 'Rouvrir',
  'close.opened': 'De nouveau ouvert',
  'take.title': 'L’emporter',
  'take.lead': 'Pour votre hébergeur, le fournisseur d’une adresse ou d’autres programmes.',
  'take.report': 'Rapport en texte',
};
