// Why an alert led to nothing: what the never-rules say. Addresses, names and the comments of an allowlist stay as they
// are written.

import type { SentenceRow } from '../sentenceTable.ts';

/** When somebody whom the site trusts was seen there. */
const SEEN: readonly SentenceRow[] = [
  ['just now', 'gerade eben', 'hace un momento', 'à l’instant'],
  ['{minutes} minute before', '{minutes} Minute davor', '{minutes} minuto antes', '{minutes} minute avant'],
  [
    '{minutes} minutes before',
    '{minutes} Minuten davor',
    '{minutes} minutos antes',
    '{minutes} minutes avant',
  ],
  ['{hours} hours before', '{hours} Stunden davor', '{hours} horas antes', '{hours} heures avant'],
];
/** A range, a country or a network with the address, or one address. */
const PLACES: readonly SentenceRow[] = [
  ['{value} (with {ip})', '{value} (mit {ip})', '{value} (con {ip})', '{value} (avec {ip})'],
  ['{value}', '{value}', '{value}', '{value}'],
];
/** What makes it look like a proxy. */
export const PROXY_SIGNS: readonly SentenceRow[] = [
  [
    'with a forwarded-for header',
    'mit einer Kopfzeile über die Weiterleitung (forwarded-for)',
    'con una cabecera de reenvío (forwarded-for)',
    'avec un en-tête de transmission (forwarded-for)',
  ],
  [
    'and nearly all of it finds what it asks for',
    'und fast alle finden, wonach sie fragen',
    'y casi todas encuentran lo que piden',
    'et presque toutes trouvent ce qu’elles demandent',
  ],
  [
    'with {agents} or more different user agents',
    'mit {agents} oder mehr verschiedenen Browserkennungen',
    'con {agents} o más navegadores distintos',
    'avec {agents} navigateurs différents ou plus',
  ],
  [
    'with {agents} different user agents',
    'mit {agents} verschiedenen Browserkennungen',
    'con {agents} navegadores distintos',
    'avec {agents} navigateurs différents',
  ],
];

export const SPARED_REASONS: readonly SentenceRow[] = [
  [
    "{value} is private, loopback or reserved: no visitor from the Internet has it, so it is the site's own network or a proxy",
    '{value} ist privat, lokal oder reserviert: Kein Besucher aus dem Internet hat diese Adresse, also ist es das eigene Netz der Website oder ein Proxy',
    '{value} es privada, local o reservada: ningún visitante de Internet la tiene, así que es la red del propio sitio o un proxy',
    '{value} est privée, locale ou réservée : aucun visiteur d’Internet ne l’a, c’est donc le réseau du site lui-même ou un relais',
  ],
  ...PROXY_SIGNS.map((sign) => proxyRow(sign)),
  [
    '{value} belongs to a verified search engine ({engine})',
    '{value} gehört zu einer bestätigten Suchmaschine ({engine})',
    '{value} pertenece a un buscador verificado ({engine})',
    '{value} appartient à un moteur de recherche vérifié ({engine})',
  ],
  [
    '{value} is on the allowlist as {entry}',
    '{value} steht als {entry} auf der Liste der Erlaubten',
    '{value} está en la lista de permitidos como {entry}',
    '{value} est sur la liste d’autorisations comme {entry}',
  ],
  [
    '{value} is on the allowlist {entry}',
    '{value} steht auf der Liste der Erlaubten {entry}',
    '{value} está en la lista de permitidos {entry}',
    '{value} est sur la liste d’autorisations {entry}',
  ],
  [
    '{value} is no address',
    '{value} ist keine Adresse',
    '{value} no es una dirección',
    '{value} n’est pas une adresse',
  ],
  [
    'it is on an allowlist',
    'das steht auf einer Liste der Erlaubten',
    'está en una lista de permitidos',
    'c’est sur une liste d’autorisations',
  ],
  [
    '{value} is so wide that it would lock out whole countries',
    '{value} ist so groß, dass ganze Länder ausgesperrt würden',
    '{value} es tan amplio que dejaría fuera a países enteros',
    '{value} est si large que des pays entiers seraient exclus',
  ],
  ...PLACES.flatMap((place) => SEEN.map((seen) => operatorRow(place, seen))),
];

function proxyRow([en, de, es, fr]: SentenceRow): SentenceRow {
  return [
    `{value} looks like a proxy in front of the site: {percent} % of the last hour's {total} requests come from it, ${en}`,
    `{value} sieht aus wie ein Proxy vor der Website: {percent} % der {total} Anfragen der letzten Stunde kommen von dort, ${de}`,
    `{value} parece un proxy delante del sitio: el {percent} % de las {total} peticiones de la última hora vienen de ahí, ${es}`,
    `{value} ressemble à un relais devant le site : {percent} % des {total} requêtes de la dernière heure en viennent, ${fr}`,
  ];
}

function operatorRow(place: SentenceRow, seen: SentenceRow): SentenceRow {
  return [
    `${place[0]} is where {person}, whom the site trusts, was seen ${seen[0]}: a decision would lock the operator out`,
    `Von ${place[1]} kam ${seen[1]} {person}, und die Website vertraut diesem Konto: Eine Maßnahme würde den Betreiber aussperren`,
    `Desde ${place[2]} entró {person}, en quien confía el sitio, ${seen[2]}: una decisión dejaría fuera al operador`,
    `{person}, à qui le site fait confiance, a été vu depuis ${place[3]} ${seen[3]} : une décision exclurait l’opérateur`,
  ];
}
