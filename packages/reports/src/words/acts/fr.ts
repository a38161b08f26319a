// What sources did, in French.

import { deedOf, many, put, type ActFacts, type ActWords } from './words.ts';

/** What was done with accounts and with the site, by the signal that tells it. */
const DEEDS: Readonly<Record<string, (subjects: string) => string>> = {
  'role.granted': (subjects) => `a donné plus de droits à un compte${put(' (le rôle ', subjects, ')')}`,
  'permission.changed': (subjects) =>
    `a donné plus de droits à un rôle${put(' (la permission ', subjects, ')')}`,
  'account.changed': () => 'a modifié le compte de quelqu’un d’autre',
  'account.deleted': () => 'a supprimé un compte',
  'module.installed': (subjects) => `a activé le module${put(' ', subjects)}`,
  'module.removed': (subjects) => `a retiré le module${put(' ', subjects)}`,
  'config.changed': (subjects) => `a modifié un réglage important${put(' (', subjects, ')')}`,
};

const requests = (f: ActFacts): string => many(f, 'une requête', (n) => `${n} requêtes`);
const times = (f: ActFacts): string => many(f, 'une fois', (n) => `${n} fois`);

export const FRENCH: ActWords = {
  locale: 'fr',
  units: {
    second: ['seconde', 'secondes'],
    minute: ['minute', 'minutes'],
    hour: ['heure', 'heures'],
    day: ['jour', 'jours'],
  },
  over: (span) => ` en ${span}`,
  withinASecond: ' en moins d’une seconde',
  suchAs: (examples) => `, par exemple ${examples}`,
  services: { mail: 'le serveur de messagerie', mailbox: 'le serveur de boîtes aux lettres' },
  knownWeakness: 'une faille connue',
  weaknesses: (names, isOne) => `${isOne ? 'la faille' : 'les failles'} ${names}`,
  andOthers: (names) => `${names} et d’autres`,
  accounts: (n) => ` pour ${n} comptes différents`,
  unknown: (f, label) =>
    `a fait ce que cherche ce scénario${put(' (« ', label, ' »)')} : ${many(f, 'un événement', (n) => `${n} événements`)}${f.over}`,
  source: {
    range: (value) => `La plage ${value}`,
    country: (value) => `Le pays ${value}`,
    as: (value) => `Le réseau ${value}`,
    user: (value) => `Le compte « ${value} »`,
    session: (value) => `La session ${value}`,
  },
  several: (sources, last, act) => `${sources} sources ; la dernière, ${last}, ${act}`,
  acts: {
    weakness: (f) =>
      `a tenté${many(f, '', (n) => ` ${n} fois`)}${f.over} d’exploiter ${f.weakness}${f.examples}`,
    'login-limited': (f) =>
      `a échoué encore et encore à se connecter${f.over}, jusqu’à ce que le site lui-même refuse d’autres essais`,
    'login-after-failures': (f) =>
      `a ouvert une session${f.over} après ${f.count <= 2 ? 'un échec' : `${f.nBefore} échecs`} : le mot de passe a peut-être été deviné`,
    registrations: (f) =>
      `a créé${f.over} ${many(f, 'un nouveau compte', (n) => `${n} nouveaux comptes`)}, comme le font les spammeurs`,
    'rights-changed': (f) =>
      `${deedOf(DEEDS, f, 'a modifié ce que les comptes peuvent faire')} ; vérifiez si c’était vous`,
    'site-changed': (f) =>
      `${deedOf(DEEDS, f, 'a modifié des modules ou des réglages')} ; vérifiez si c’était vous`,
    'admin-burst': (f) =>
      `a envoyé${f.over} ${many(f, 'un formulaire', (n) => `${n} formulaires`)} d’administration, plus vite que ne travaille une personne`,
    'forbidden-pages': (f) =>
      `a demandé${f.over} ${many(f, 'une page', (n) => `${n} pages différentes`)} que les visiteurs n’ont pas le droit de voir${f.examples}`,
    'missing-pages': (f) =>
      `a demandé${f.over} ${many(f, 'une page', (n) => `${n} pages différentes`)} que le site n’a pas, comme le font les scanneurs${f.examples}`,
    'broken-posts': (f) =>
      `a envoyé${f.over} ${many(f, 'un formulaire qui ne peut', (n) => `${n} formulaires qui ne peuvent`)} pas venir d’une page de ce site, pour voir ce qu’il en fait${f.examples}`,
    'form-rejections': (f) =>
      `a envoyé${f.over} ${many(f, 'un formulaire rempli', (n) => `${n} formulaires remplis`)} par un programme et non par une personne${f.examples}`,
    texts: (f) =>
      `a envoyé${f.over} ${many(f, 'un commentaire ou message', (n) => `${n} commentaires ou messages`)}, plus que n’en écrit une personne`,
    'spam-judged': (f) =>
      `a écrit ${many(f, 'un texte', (n) => `${n} textes`)} qu’un modérateur a signalé comme spam`,
    'files-refused': (f) =>
      `a tenté${f.over} de téléverser ${many(f, 'un fichier', (n) => `${n} fichiers`)} que le site n’accepte pas${put(' (', f.subjects, ')')}`,
    'program-uploaded': (f) =>
      `a téléversé un fichier qui peut s’exécuter comme un programme${put(' (', f.subjects, ')')}`,
    'card-testing': (f) =>
      `a essuyé${f.over} ${many(f, 'un paiement refusé', (n) => `${n} paiements refusés`)}, comme lorsque quelqu’un essaie des cartes volées`,
    'order-burst': (f) =>
      `a passé${f.over} ${many(f, 'une commande', (n) => `${n} commandes`)}, plus qu’un acheteur n’en passe`,
    'session-taken': () =>
      'a poursuivi la session de quelqu’un qui avait un autre navigateur sur un autre réseau : le cookie a peut-être été volé',
    'uncached-pages': (f) =>
      `a fait reconstruire au site${f.over} ${many(f, 'une page', (n) => `${n} pages différentes`)}, ce qui l’épuise${f.examples}`,
    errors: (f) => `a envoyé${f.over} ${requests(f)} que le site a notées comme erreurs${f.examples}`,
    'request-attack': (f) =>
      `a envoyé${f.over} ${many(f, 'une attaque dans une requête', (n) => `${n} attaques différentes dans des requêtes`)}${f.examples}`,
    decoy: (f) =>
      `a demandé ${times(f)}${f.over} des pages que ce site n’a pas et que seuls des attaquants cherchent${f.examples}`,
    'sensitive-files': (f) =>
      `a demandé${f.over} ${many(f, 'un fichier qui n’est', (n) => `${n} fichiers qui ne sont`)} jamais destiné${f.count === 1 ? '' : 's'} aux visiteurs${f.examples}`,
    'path-traversal': (f) =>
      `a tenté ${times(f)}${f.over} de lire des fichiers hors du dossier du site${f.examples}`,
    'sql-injection': (f) =>
      `a mis${f.over} des commandes de base de données dans ${requests(f)}${f.examples}`,
    'script-injection': (f) => `a mis${f.over} du code de script dans ${requests(f)}${f.examples}`,
    'back-doors': (f) =>
      `a cherché${f.over} ${many(f, 'une porte dérobée', (n) => `${n} portes dérobées`)} que laissent d’anciens intrus${f.examples}`,
    'admin-pages': (f) =>
      `a cherché${f.over} ${many(f, 'une page', (n) => `${n} pages`)} d’administration et d’autres logiciels${f.examples}`,
    'bad-agent': (f) =>
      `a envoyé${f.over} ${requests(f)} avec un programme connu pour des attaques ou des scans de masse${put(' (', f.program, ')')}`,
    'open-proxy': (f) =>
      `a tenté${many(f, '', (n) => ` ${n} fois`)}${f.over} d’atteindre d’autres sites à travers celui-ci`,
    'password-reset': (f) =>
      `a demandé ${times(f)}${f.over} un nouveau mot de passe${f.accounts}, ce qui apprend aux attaquants quels comptes existent`,
    'user-enumeration': (f) =>
      `a tenté${f.over} de découvrir quels comptes existent${put(' sur ', f.service)}, ${many(f, 'une fois', (n) => `${n} essais`)}${f.examples}`,
    spray: (f) => `a échoué à se connecter${put(' sur ', f.service)} ${times(f)}${f.over}${f.accounts}`,
    login: (f) =>
      `a échoué à se connecter${put(' sur ', f.service)} ${times(f)}${f.over}${f.accounts}, comme quelqu’un qui devine des mots de passe`,
    probing: (f) =>
      `a demandé${f.over} ${many(f, 'une page absente ou interdite', (n) => `${n} pages différentes, absentes ou interdites`)}, comme le font les scanneurs${f.examples}`,
    crawl: (f) =>
      `a récupéré${f.over} ${many(f, 'une page', (n) => `${n} pages`)}, plus vite que personne ne lit${f.examples}`,
    flood: (f) => `a envoyé${f.over} ${requests(f)} d’un genre destiné à épuiser le serveur${f.examples}`,
    spam: (f) =>
      `a envoyé${f.over} ${many(f, 'un message qui ressemble', (n) => `${n} messages qui ressemblent`)} à du spam`,
    fraud: (f) =>
      `a tenté${f.over} ${many(f, 'un paiement', (n) => `${n} paiements`)}, comme le font les voleurs de cartes`,
    travel: (f) =>
      `s’est connecté${f.over}${put(' sur ', f.service)}${f.accounts} depuis des lieux trop éloignés pour un seul voyageur`,
    intrusion: (f) =>
      `a fait${f.over} ${many(f, 'une chose', (n) => `${n} choses`)} que font les intrus une fois entrés`,
    exploit: (f) =>
      `a envoyé${f.over} ${many(f, 'une attaque', (n) => `${n} attaques`)}${put(' contre ', f.service)}${f.examples}`,
    scan: (f) => `a cherché${f.over} des points faibles avec ${requests(f)}${f.examples}`,
    audit: (f) =>
      `a fait${f.over} ${many(f, 'une chose', (n) => `${n} choses`)} que ce scénario veut faire voir à une personne`,
  },
};
