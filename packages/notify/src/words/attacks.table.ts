// What attacks are called in each language, ready for the sentence "Possible ... blocked at 2:35 AM": Spanish names are
// all masculine singular and French ones feminine singular, so that the word for what was done agrees.

/** Families of scenarios and classes of what inspection finds. */
export type AttackKey =
  | 'sql-injection'
  | 'script-injection'
  | 'path-traversal'
  | 'command-injection'
  | 'php-injection'
  | 'template-injection'
  | 'xml-attack'
  | 'query-injection'
  | 'request-forgery'
  | 'java-attack'
  | 'protocol'
  | 'drupal'
  | 'request-attack'
  | 'weakness'
  | 'exploit'
  | 'decoy'
  | 'sensitive-files'
  | 'back-doors'
  | 'admin-pages'
  | 'bad-agent'
  | 'open-proxy'
  | 'password-reset'
  | 'user-enumeration'
  | 'spray'
  | 'login'
  | 'probing'
  | 'crawl'
  | 'flood'
  | 'spam'
  | 'fraud'
  | 'travel'
  | 'intrusion'
  | 'scan'
  | 'other';

export interface AttackNames {
  readonly en: string;
  readonly de: string;
  readonly es: string;
  readonly fr: string;
}

export const ATTACKS: Readonly<Record<AttackKey, AttackNames>> = {
  'sql-injection': {
    en: 'Possible SQL injection attack',
    de: 'Möglicher SQL-Injection-Angriff',
    es: 'Posible ataque de inyección SQL',
    fr: 'Possible attaque par injection SQL',
  },
  'script-injection': {
    en: 'Possible cross-site scripting attack',
    de: 'Möglicher Cross-Site-Scripting-Angriff',
    es: 'Posible ataque de secuencias de comandos entre sitios (XSS)',
    fr: 'Possible attaque par injection de scripts (XSS)',
  },
  'path-traversal': {
    en: 'Possible attempt to read files of the server',
    de: 'Möglicher Versuch, Dateien des Servers zu lesen,',
    es: 'Posible intento de leer archivos del servidor',
    fr: 'Possible tentative de lecture de fichiers du serveur',
  },
  'command-injection': {
    en: 'Possible command injection attack',
    de: 'Möglicher Angriff mit eingeschleusten Befehlen',
    es: 'Posible ataque de inyección de comandos',
    fr: 'Possible attaque par injection de commandes',
  },
  'php-injection': {
    en: 'Possible PHP code injection attack',
    de: 'Möglicher Angriff mit eingeschleustem PHP-Code',
    es: 'Posible ataque de inyección de código PHP',
    fr: 'Possible attaque par injection de code PHP',
  },
  'template-injection': {
    en: 'Possible template injection attack',
    de: 'Möglicher Angriff über Vorlagen (Template Injection)',
    es: 'Posible ataque de inyección en plantillas',
    fr: 'Possible attaque par injection dans les gabarits',
  },
  'xml-attack': {
    en: 'Possible attack through XML',
    de: 'Möglicher Angriff über XML',
    es: 'Posible ataque a través de XML',
    fr: 'Possible attaque par XML',
  },
  'query-injection': {
    en: 'Possible query injection attack',
    de: 'Möglicher Angriff auf Abfragen',
    es: 'Posible ataque de inyección en consultas',
    fr: 'Possible attaque par injection de requêtes',
  },
  'request-forgery': {
    en: 'Possible attempt to make the server call other systems',
    de: 'Möglicher Versuch, den Server andere Systeme aufrufen zu lassen,',
    es: 'Posible intento de hacer que el servidor llame a otros sistemas',
    fr: "Possible tentative de faire appeler d'autres systèmes par le serveur",
  },
  'java-attack': {
    en: 'Possible attack on Java software',
    de: 'Möglicher Angriff auf Java-Software',
    es: 'Posible ataque a software Java',
    fr: 'Possible attaque contre un logiciel Java',
  },
  protocol: {
    en: 'Possible attack on the HTTP protocol',
    de: 'Möglicher Angriff auf das HTTP-Protokoll',
    es: 'Posible ataque al protocolo HTTP',
    fr: 'Possible attaque contre le protocole HTTP',
  },
  drupal: {
    en: 'Possible attack on a weakness of Drupal',
    de: 'Möglicher Angriff auf eine Schwachstelle von Drupal',
    es: 'Posible ataque a una vulnerabilidad de Drupal',
    fr: 'Possible attaque contre une faille de Drupal',
  },
  'request-attack': {
    en: 'Possible attack inside requests',
    de: 'Möglicher Angriff in Anfragen',
    es: 'Posible ataque dentro de peticiones',
    fr: 'Possible attaque dans des requêtes',
  },
  weakness: {
    en: 'Possible attack on a known weakness',
    de: 'Möglicher Angriff auf eine bekannte Schwachstelle',
    es: 'Posible ataque a una vulnerabilidad conocida',
    fr: 'Possible attaque contre une faille connue',
  },
  exploit: {
    en: 'Possible attack on a weakness',
    de: 'Möglicher Angriff auf eine Schwachstelle',
    es: 'Posible ataque a una vulnerabilidad',
    fr: 'Possible attaque contre une faille',
  },
  decoy: {
    en: 'Probable scan for weak spots',
    de: 'Wahrscheinlicher Suchlauf nach Schwachstellen',
    es: 'Probable escaneo de puntos débiles',
    fr: 'Probable recherche de points faibles',
  },
  'sensitive-files': {
    en: 'Possible attempt to fetch secret files',
    de: 'Möglicher Versuch, geheime Dateien abzurufen,',
    es: 'Posible intento de obtener archivos secretos',
    fr: 'Possible tentative de récupération de fichiers secrets',
  },
  'back-doors': {
    en: 'Possible search for back doors',
    de: 'Mögliche Suche nach Hintertüren',
    es: 'Posible intento de encontrar puertas traseras',
    fr: 'Possible recherche de portes dérobées',
  },
  'admin-pages': {
    en: 'Possible search for admin pages',
    de: 'Mögliche Suche nach Verwaltungsseiten',
    es: 'Posible intento de encontrar páginas de administración',
    fr: "Possible recherche de pages d'administration",
  },
  'bad-agent': {
    en: 'Visit by a program known for attacks',
    de: 'Besuch eines Programms, das für Angriffe bekannt ist,',
    es: 'Acceso de un programa conocido por sus ataques',
    fr: "Visite d'un programme connu pour ses attaques",
  },
  'open-proxy': {
    en: 'Possible attempt to use the site as a proxy',
    de: 'Möglicher Versuch, die Website als Proxy zu nutzen,',
    es: 'Posible intento de usar el sitio como proxy',
    fr: "Possible tentative d'utiliser le site comme proxy",
  },
  'password-reset': {
    en: 'Possible probing of the password reset',
    de: 'Mögliches Ausprobieren der Passwort-Rücksetzung',
    es: 'Posible sondeo del restablecimiento de contraseñas',
    fr: 'Possible sondage de la réinitialisation de mots de passe',
  },
  'user-enumeration': {
    en: 'Possible attempt to find out user names',
    de: 'Möglicher Versuch, Benutzernamen herauszufinden,',
    es: 'Posible intento de averiguar nombres de usuario',
    fr: "Possible tentative de découverte de noms d'utilisateur",
  },
  spray: {
    en: 'Possible password attack on many accounts',
    de: 'Möglicher Passwort-Angriff auf viele Konten',
    es: 'Posible ataque de contraseñas contra muchas cuentas',
    fr: 'Possible attaque par mots de passe contre de nombreux comptes',
  },
  login: {
    en: 'Possible password guessing',
    de: 'Mögliches Erraten von Passwörtern',
    es: 'Posible intento de adivinar contraseñas',
    fr: 'Possible tentative de deviner des mots de passe',
  },
  probing: {
    en: 'Possible scan for missing pages',
    de: 'Möglicher Suchlauf nach fehlenden Seiten',
    es: 'Posible escaneo de páginas inexistentes',
    fr: 'Possible recherche de pages inexistantes',
  },
  crawl: {
    en: 'Crawling without restraint',
    de: 'Maßloses Abrufen von Seiten',
    es: 'Rastreo sin medida',
    fr: 'Exploration sans retenue',
  },
  flood: {
    en: 'Possible flood of requests',
    de: 'Mögliche Flut von Anfragen',
    es: 'Posible avalancha de peticiones',
    fr: 'Possible inondation de requêtes',
  },
  spam: {
    en: 'Possible spam',
    de: 'Möglicher Spam',
    es: 'Posible envío de spam',
    fr: 'Possible vague de spam',
  },
  fraud: {
    en: 'Possible payment fraud',
    de: 'Möglicher Zahlungsbetrug',
    es: 'Posible fraude en pagos',
    fr: 'Possible fraude au paiement',
  },
  travel: {
    en: 'Logins from places too far apart',
    de: 'Anmeldungen von zu weit entfernten Orten',
    es: 'Inicio de sesión desde lugares demasiado alejados',
    fr: 'Connexion depuis des lieux trop éloignés',
  },
  intrusion: {
    en: 'Possible intruder on the server',
    de: 'Möglicher Eindringling auf dem Server',
    es: 'Posible intruso en el servidor',
    fr: 'Possible intrusion sur le serveur',
  },
  scan: {
    en: 'Possible scan of the site',
    de: 'Möglicher Suchlauf auf der Website',
    es: 'Posible escaneo del sitio',
    fr: 'Possible analyse hostile du site',
  },
  other: {
    en: 'Suspicious behaviour',
    de: 'Auffälliges Verhalten',
    es: 'Comportamiento sospechoso',
    fr: 'Activité suspecte',
  },
};

/** Classes of what inspection finds, as attacks. */
export const CLASS_ATTACKS: Readonly<Record<string, AttackKey>> = {
  sqli: 'sql-injection',
  xss: 'script-injection',
  lfi: 'path-traversal',
  rce: 'command-injection',
  php: 'php-injection',
  ssti: 'template-injection',
  xxe: 'xml-attack',
  nosql: 'query-injection',
  ldap: 'query-injection',
  ssrf: 'request-forgery',
  java: 'java-attack',
  crlf: 'protocol',
  drupal: 'drupal',
  leak: 'sensitive-files',
  scanner: 'scan',
  protocol: 'protocol',
  other: 'request-attack',
};
