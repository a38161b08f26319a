// What sources did, in German.

import { deedOf, many, put, type ActFacts, type ActWords } from './words.ts';

/** What was done with accounts and with the site, by the signal that tells it. */
const DEEDS: Readonly<Record<string, (subjects: string) => string>> = {
  'role.granted': (subjects) => `hat einem Konto mehr Rechte gegeben${put(' (die Rolle ', subjects, ')')}`,
  'permission.changed': (subjects) =>
    `hat einer Rolle mehr Rechte gegeben${put(' (die Berechtigung ', subjects, ')')}`,
  'account.changed': () => 'hat das Konto von jemand anderem geändert',
  'account.deleted': () => 'hat ein Konto gelöscht',
  'module.installed': (subjects) => `hat das Modul${put(' ', subjects)} eingeschaltet`,
  'module.removed': (subjects) => `hat das Modul${put(' ', subjects)} entfernt`,
  'config.changed': (subjects) => `hat eine wichtige Einstellung geändert${put(' (', subjects, ')')}`,
};

const requests = (f: ActFacts): string => many(f, 'eine Anfrage', (n) => `${n} Anfragen`);
const times = (f: ActFacts): string => many(f, 'einmal', (n) => `${n}-mal`);

export const GERMAN: ActWords = {
  locale: 'de',
  units: {
    second: ['Sekunde', 'Sekunden'],
    minute: ['Minute', 'Minuten'],
    hour: ['Stunde', 'Stunden'],
    day: ['Tag', 'Tagen'],
  },
  over: (span) => ` in ${span}`,
  withinASecond: ' innerhalb einer Sekunde',
  suchAs: (examples) => `, zum Beispiel ${examples}`,
  services: { mail: 'dem Mailserver', mailbox: 'dem Postfachserver' },
  knownWeakness: 'eine bekannte Schwachstelle',
  weaknesses: (names, isOne) => `die ${isOne ? 'Schwachstelle' : 'Schwachstellen'} ${names}`,
  andOthers: (names) => `${names} und weitere`,
  accounts: (n) => ` für ${n} verschiedene Konten`,
  unknown: (f, label) =>
    `hat getan, wonach dieses Szenario sucht${put(' („', label, '“)')}: ${many(f, 'ein Ereignis', (n) => `${n} Ereignisse`)}${f.over}`,
  source: {
    range: (value) => `Der Adressbereich ${value}`,
    country: (value) => `Das Land ${value}`,
    as: (value) => `Das Netz ${value}`,
    user: (value) => `Das Konto „${value}“`,
    session: (value) => `Die Sitzung ${value}`,
  },
  several: (sources, last, act) => `${sources} Quellen; die letzte, ${last}, ${act}`,
  acts: {
    weakness: (f) =>
      `hat${f.over} ${many(f, '', (n) => `${n}-mal `)}versucht, ${f.weakness} auszunutzen${f.examples}`,
    'login-limited': (f) =>
      `hat sich${f.over} immer wieder vergeblich anzumelden versucht, bis die Website selbst weitere Versuche abwies`,
    'login-after-failures': (f) =>
      `wurde${f.over} nach ${f.count <= 2 ? 'einem Fehlversuch' : `${f.nBefore} Fehlversuchen`} zum Anmelden benutzt: Das Passwort könnte erraten worden sein`,
    registrations: (f) =>
      `hat${f.over} ${many(f, 'ein neues Konto', (n) => `${n} neue Konten`)} angelegt, wie es Spammer tun`,
    'rights-changed': (f) =>
      `${deedOf(DEEDS, f, 'hat geändert, was Konten dürfen')}; sehen Sie nach, ob Sie das waren`,
    'site-changed': (f) =>
      `${deedOf(DEEDS, f, 'hat Module oder Einstellungen geändert')}; sehen Sie nach, ob Sie das waren`,
    'admin-burst': (f) =>
      `hat${f.over} ${many(f, 'ein Formular', (n) => `${n} Formulare`)} der Verwaltung abgeschickt, schneller als ein Mensch arbeitet`,
    'forbidden-pages': (f) =>
      `hat${f.over} ${many(f, 'eine Seite', (n) => `${n} verschiedene Seiten`)} verlangt, die Besucher nicht sehen dürfen${f.examples}`,
    'missing-pages': (f) =>
      `hat${f.over} ${many(f, 'eine Seite', (n) => `${n} verschiedene Seiten`)} verlangt, die es auf der Website nicht gibt, wie es Scanner tun${f.examples}`,
    'broken-posts': (f) =>
      `hat${f.over} ${many(f, 'ein Formular geschickt, das von keiner Seite dieser Website stammen kann', (n) => `${n} Formulare geschickt, die von keiner Seite dieser Website stammen können`)}, um zu sehen, was die Website damit macht${f.examples}`,
    'form-rejections': (f) =>
      `hat${f.over} ${many(f, 'ein Formular geschickt, das', (n) => `${n} Formulare geschickt, die`)} ein Programm ausgefüllt hat und kein Mensch${f.examples}`,
    texts: (f) =>
      `hat${f.over} ${many(f, 'einen Kommentar oder eine Nachricht', (n) => `${n} Kommentare oder Nachrichten`)} geschickt, mehr als ein Mensch schreibt`,
    'spam-judged': (f) =>
      many(f, 'hat einen Text geschrieben, den', (n) => `hat ${n} Texte geschrieben, die`) +
      ' ein Moderator als Spam bezeichnet hat',
    'files-refused': (f) =>
      `hat${f.over} ${many(f, 'eine Datei', (n) => `${n} Dateien`)} hochzuladen versucht, die die Website nicht annimmt${put(' (', f.subjects, ')')}`,
    'program-uploaded': (f) =>
      `hat eine Datei hochgeladen, die als Programm laufen kann${put(' (', f.subjects, ')')}`,
    'card-testing': (f) =>
      `hatte${f.over} ${many(f, 'eine abgelehnte Zahlung', (n) => `${n} abgelehnte Zahlungen`)}, wie jemand, der gestohlene Karten ausprobiert`,
    'order-burst': (f) =>
      `hat${f.over} ${many(f, 'eine Bestellung', (n) => `${n} Bestellungen`)} aufgegeben, mehr als ein Käufer aufgibt`,
    'session-taken': () =>
      'hat die Sitzung von jemandem weitergeführt, der einen anderen Browser in einem anderen Netz hatte: Das Cookie könnte gestohlen sein',
    'uncached-pages': (f) =>
      `hat die Website${f.over} ${many(f, 'eine Seite', (n) => `${n} verschiedene Seiten`)} neu aufbauen lassen, was sie überlastet${f.examples}`,
    errors: (f) =>
      `hat${f.over} ${requests(f)} geschickt, die die Website als Fehler vermerkt hat${f.examples}`,
    'request-attack': (f) =>
      `hat${f.over} ${many(f, 'einen Angriff in einer Anfrage', (n) => `${n} verschiedene Angriffe in Anfragen`)} geschickt${f.examples}`,
    decoy: (f) =>
      `hat${f.over} ${times(f)} Seiten verlangt, die es auf dieser Website nicht gibt und nach denen nur Angreifer suchen${f.examples}`,
    'sensitive-files': (f) =>
      `hat${f.over} ${many(f, 'eine Datei verlangt, die', (n) => `${n} Dateien verlangt, die`)} nie für Besucher bestimmt ${f.count === 1 ? 'war' : 'waren'}${f.examples}`,
    'path-traversal': (f) =>
      `hat${f.over} ${times(f)} versucht, Dateien außerhalb des Ordners der Website zu lesen${f.examples}`,
    'sql-injection': (f) => `hat${f.over} in ${requests(f)} Datenbankbefehle geschrieben${f.examples}`,
    'script-injection': (f) => `hat${f.over} in ${requests(f)} Skriptcode geschrieben${f.examples}`,
    'back-doors': (f) =>
      `hat${f.over} nach ${many(f, 'einer Hintertür', (n) => `${n} Hintertüren`)} gesucht, wie frühere Eindringlinge sie hinterlassen${f.examples}`,
    'admin-pages': (f) =>
      `hat${f.over} nach ${many(f, 'einer Seite', (n) => `${n} Seiten`)} der Verwaltung und anderer Software gesucht${f.examples}`,
    'bad-agent': (f) =>
      `hat${f.over} ${requests(f)} mit einem Programm geschickt, das für Angriffe oder massenhaftes Scannen bekannt ist${put(' (', f.program, ')')}`,
    'open-proxy': (f) =>
      `hat${f.over} ${many(f, '', (n) => `${n}-mal `)}versucht, über diese Website andere zu erreichen`,
    'password-reset': (f) =>
      `hat${f.over} ${times(f)}${f.accounts} ein neues Passwort verlangt, woraus Angreifer erfahren, welche Konten es gibt`,
    'user-enumeration': (f) =>
      `hat${f.over} herauszufinden versucht, welche Konten es${put(' bei ', f.service)} gibt, ${many(f, 'ein Versuch', (n) => `${n} Versuche`)}${f.examples}`,
    spray: (f) =>
      `hat sich${f.over}${put(' bei ', f.service)} ${times(f)}${f.accounts} vergeblich anzumelden versucht`,
    login: (f) =>
      `hat sich${f.over}${put(' bei ', f.service)} ${times(f)}${f.accounts} vergeblich anzumelden versucht, wie jemand, der Passwörter rät`,
    probing: (f) =>
      `hat${f.over} ${many(f, 'eine Seite verlangt, die fehlt oder gesperrt ist', (n) => `${n} verschiedene Seiten verlangt, die fehlen oder gesperrt sind`)}, wie es Scanner tun${f.examples}`,
    crawl: (f) =>
      `hat${f.over} ${many(f, 'eine Seite', (n) => `${n} Seiten`)} abgerufen, schneller als jemand liest${f.examples}`,
    flood: (f) =>
      `hat${f.over} ${requests(f)} einer Art geschickt, die den Server überlasten soll${f.examples}`,
    spam: (f) =>
      many(
        f,
        `hat${f.over} eine Nachricht geschickt, die`,
        (n) => `hat${f.over} ${n} Nachrichten geschickt, die`,
      ) + ` nach Spam ${f.count === 1 ? 'aussieht' : 'aussehen'}`,
    fraud: (f) =>
      `hat${f.over} ${many(f, 'eine Zahlung', (n) => `${n} Zahlungen`)} versucht, wie es Kartendiebe tun`,
    travel: (f) =>
      `hat sich${f.over}${put(' bei ', f.service)}${f.accounts} von Orten angemeldet, die für einen Reisenden zu weit auseinanderliegen`,
    intrusion: (f) =>
      `hat${f.over} ${many(f, 'etwas', (n) => `${n}-mal etwas`)} getan, was Eindringlinge tun, wenn sie drinnen sind`,
    exploit: (f) =>
      `hat${f.over} ${many(f, 'einen Angriff', (n) => `${n} Angriffe`)}${put(' auf ', f.service)} geschickt${f.examples}`,
    scan: (f) =>
      `hat${f.over} mit ${many(f, 'einer Anfrage', (n) => `${n} Anfragen`)} nach Schwachstellen gesucht${f.examples}`,
    audit: (f) =>
      `hat${f.over} ${many(f, 'etwas', (n) => `${n}-mal etwas`)} getan, was sich nach diesem Szenario ein Mensch ansehen soll`,
  },
};
