// What people choose, in English; the other languages have the same.

export const EN_CHOOSING = {
  'change.chosen': 'It was chosen here, over what parapet.yaml says.',
  'change.usual': 'Do as parapet.yaml says',
  'change.back': '{name}: as parapet.yaml says from now on',
  'bots.group': 'What they are for',
  'bots.changed': '{name}: {rule} from now on',
  'bots.effect': 'In the last 7 days that is one request.|In the last 7 days these are {n} requests.',
  'bots.effectNone': 'In the last 7 days none came for whom this counts.',
  'bots.effectCost': 'The site worked {long} for them.',
  'bots.effectUser': 'Behind each of these is a person who asked an AI about your site.',
  'crawlers.training': 'All that collect texts to train models',
  'crawlers.search': 'All that make an index for AI answers',
  'crawlers.user': 'All that fetch a page when a person asks',
  'crawlers.undocumented': 'All whose operators do not say what for',
  'crawlers.impostors': 'Those who only claim to be one',
  'botWill.allow': 'They get pages like everybody else.',
  'botWill.slow': 'All of one name together get one page every two seconds, and wait their turn.',
  'botWill.cached': 'They get pages that the site has at hand; for others they are told to come later.',
  'botWill.challenge': 'They get the check, which programs do not pass.',
  'botWill.block': 'They get no page, and are told why.',
  'sites.modeAbout':
    'Decisions (bans, checks) count on this site when it acts; when it only watches, visitors are let through and it is told.',
  'sites.tellsOnly': 'The site only watches: nothing is done until that is changed, too.',
  'sites.inForce': 'One decision is in force.|{n} decisions are in force.',
} as const;

export type ChoosingWord = keyof typeof EN_CHOOSING;
