// What an engine tells its operator at once: what it found of the set-up, and how nodes and the store are.

import { PROXY_SIGNS } from '../reasons/spared.table.ts';
import type { SentenceRow } from '../sentenceTable.ts';

export const TOLD_SENTENCES: readonly SentenceRow[] = [
  ...PROXY_SIGNS.map((sign) => proxyRow(sign)),
  [
    'Let the web server log the visitor: set_real_ip_from and real_ip_header in nginx, mod_remoteip in Apache, reverse_proxy settings in Drupal',
    'Lassen Sie den Webserver den Besucher protokollieren: set_real_ip_from und real_ip_header in nginx, mod_remoteip in Apache, die Einstellungen reverse_proxy in Drupal',
    'Haga que el servidor web anote al visitante: set_real_ip_from y real_ip_header en nginx, mod_remoteip en Apache, los ajustes reverse_proxy en Drupal',
    'Faites noter le visiteur par le serveur web : set_real_ip_from et real_ip_header dans nginx, mod_remoteip dans Apache, les réglages reverse_proxy dans Drupal',
  ],
  [
    'What had been decided on it is lifted',
    'Was dagegen entschieden war, ist aufgehoben',
    'Lo que se había decidido contra ella queda levantado',
    'Ce qui avait été décidé contre elle est levé',
  ],
  [
    'The {kind} {name} is heard of again',
    'Meldet sich wieder: {kind} {name}',
    'Vuelve a dar noticias: {kind} {name}',
    'Donne de nouveau des nouvelles : {kind} {name}',
  ],
  [
    'The store works again',
    'Der Speicher geht wieder',
    'El almacén vuelve a funcionar',
    'Le stockage fonctionne à nouveau',
  ],
  [
    'The store cannot be written ({state}): {detail}',
    'Der Speicher lässt sich nicht schreiben ({state}): {detail}',
    'No se puede escribir en el almacén ({state}): {detail}',
    'Le stockage ne peut pas être écrit ({state}) : {detail}',
  ],
  ['Detection goes on', 'Die Erkennung geht weiter', 'La detección continúa', 'La détection continue'],
  [
    '{count} alerts and {total} decisions had to be given up',
    'Verloren gingen Meldungen: {count}, Maßnahmen: {total}',
    'Se perdieron alertas: {count}, decisiones: {total}',
    'Ont été perdues, alertes : {count}, décisions : {total}',
  ],
];

function proxyRow([en, de, es, fr]: SentenceRow): SentenceRow {
  return [
    `The log gives {ip} as the visitor, but {percent} % of the last hour's {total} requests come from it, ${en}: it looks like a proxy in front of the site`,
    `Das Protokoll nennt {ip} als Besucher, aber {percent} % der {total} Anfragen der letzten Stunde kommen von dort, ${de}: Das sieht aus wie ein Proxy vor der Website`,
    `El registro da {ip} como visitante, pero el {percent} % de las {total} peticiones de la última hora vienen de ahí, ${es}: parece un proxy delante del sitio`,
    `Le journal donne {ip} comme visiteur, mais {percent} % des {total} requêtes de la dernière heure en viennent, ${fr} : on dirait un relais devant le site`,
  ];
}
