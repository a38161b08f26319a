import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainFinding, explainFindings } from '../../src/words/health/finding.ts';
import { RUNNING_SENTENCES } from '../../src/words/health/running.table.ts';
import { TOLD_SENTENCES } from '../../src/words/health/told.table.ts';
import { PROGRESS_SENTENCES, WATCHED_SENTENCES } from '../../src/words/health/watched.table.ts';

const PACKAGES = path.resolve(import.meta.dirname, '../../..');
const ALL = [...RUNNING_SENTENCES, ...TOLD_SENTENCES, ...WATCHED_SENTENCES, ...PROGRESS_SENTENCES];

/** What the code puts into its sentences, by the last name in the braces. */
const FILLED: Readonly<Record<string, string>> = {
  "count(workers.length, 'worker')": '4 workers',
  "count(apart.length, 'worker')": '1 worker',
  "count(pids.length, 'worker')": '2 workers',
  "apart.length === 1 ? 'is' : 'are'": 'is',
  "pids.length === 1 ? 'serves' : 'serve'": 'serve',
  "pids.join(', ')": '11, 12',
  free: '1,234 MiB free',
  sure: 'detected, 97 % sure',
  fix: 'A proxy or CDN is taken for the visitors. Let the web server log the real address: real_ip_header in nginx, mod_remoteip in Apache.',
  says: 'Node.js 18.0.0 on linux x64',
  kind: 'bouncer',
  'whoIs(node)': 'The bouncer web-1 (192.0.2.1)',
  'named(node)': 'machine web-2',
  quiet: '3 hours',
  'formatSpan(pauseMs)': '2 minutes',
  "clockAheadMs > 0 ? 'ahead of' : 'behind'": 'behind',
  look: 'x',
  name: 'Traffic',
  progress: 'learned 3 of 14 days; already sure about nights and weekends',
  done: 'told only until 14 days are known',
  now: '; a crowd is here',
  'percent(privateRequests)': '62 %',
  'percent(count)': '92 %',
};

/** They stand in other sentences, or in mails. */
const PIECES: ReadonlySet<string> = new Set([
  '${formatCount(freeMib)} MiB free',
  'Traffic of ${plain(site)}',
  '${whoIs(node)} is heard of again.',
  "${kind} ${name}${ip === '' ? '' : ",
]);

function filled(text: string): string {
  return text.replace(/\$\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}/g, (_, code: string) =>
    Object.hasOwn(FILLED, code) ? FILLED[code]! : /formatSpan|quiet/.test(code) ? '3 days' : '12',
  );
}

/** The sentences of ours in code: they begin with a capital, or with what was looked at. */
function sentencesOf(file: string): readonly string[] {
  const code = readFileSync(file, 'utf8').replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');
  return [...code.matchAll(/(['"`])((?:[A-Z]|\$\{)(?:(?!\1)[^\n\\])+)\1/g)]
    .map(([, , text]) => text!)
    .filter((text) => text.replaceAll(/\$\{[^}]*\}/g, 'x').split(' ').length > 2 && !PIECES.has(text))
    .map(filled);
}

describe('what the doctor says', () => {
  const folder = path.join(PACKAGES, 'cli/src/doctor');
  const files = [
    ...readdirSync(folder).map((name) => path.join(folder, name)),
    path.join(PACKAGES, 'cli/src/up/nodes.ts'),
  ];
  const texts = files.flatMap(sentencesOf);

  it('has a sentence in each language, and so has what is to be done', () => {
    expect(texts.length).toBeGreaterThan(80);
    expect(texts.filter((text) => explainFinding(text, 'de') === undefined)).toEqual([]);
  });

  it.each(['de', 'es', 'fr'] as const)('is not English in %s', (language) => {
    const said = texts
      .filter((text) => text !== 'SQLite works' && !text.startsWith('Node.js'))
      .map((text) => explainFinding(text, language));
    expect(said.filter((text) => /\b(?:the|is|are|and|of|this)\b/.test(text ?? 'this'))).toEqual([]);
  });
});

describe('what the store says of itself', () => {
  it.each(['FULL', 'READONLY', 'BUSY', 'CORRUPT', 'UNREACHABLE', 'IO'])(
    'has a sentence in each language: E_STORE_%s',
    (name) => {
      const errors = readFileSync(path.join(PACKAGES, 'store/src/errors.ts'), 'utf8');
      const [, says, advice] = new RegExp(
        `E_STORE_${name}: \\{\\s+says: '([^']+)',\\s+advice:\\s+'([^']+)'`,
      ).exec(errors)!;
      const text = `${says!}: /data/parapet.db: no space (E_STORE_${name})`;
      expect(explainFinding(text, 'fr')).toMatch(/: \/data\/parapet\.db: no space/);
      expect(explainFinding(text, 'fr')).not.toContain(says!);
      expect(explainFinding(advice!, 'es')).toBeDefined();
    },
  );
});

describe('explainFinding', () => {
  it('writes numbers, lengths of time and lists as people of the language do', () => {
    expect(explainFinding('The disk of the data directory has 12,345 MiB free', 'de')).toBe(
      'Auf der Platte des Datenverzeichnisses sind 12.345 MiB frei',
    );
    expect(explainFinding('Nothing was written to /var/log/nginx/access.log for 3 days', 'de')).toBe(
      'Seit 3 Tagen wurde nichts in /var/log/nginx/access.log geschrieben',
    );
    expect(explainFinding('The bouncer web-1 (192.0.2.1) has not been heard of for 120 minutes', 'es')).toBe(
      'Hace 120 minutos que no se sabe nada: bouncer web-1 (192.0.2.1)',
    );
    expect(
      explainFinding(
        'Traffic of shop.example: learned 3 of 14 days; already sure about nights and working days (told only until 14 days are known); a crowd is here',
        'de',
      ),
    ).toBe(
      'Verkehr von shop.example: gelernt 3 von 14 Tagen; schon sicher über Nächte, Arbeitstage (nur gemeldet, bis 14 Tage bekannt sind); ein Andrang ist da',
    );
  });

  it('tells a proxy of a provider from one that is an address', () => {
    const says = (who: string): string =>
      `You seem to be behind a proxy: 97 % of the requests come from ${who} and name other clients in the header x-forwarded-for, which is not believed. If the proxy is yours, add \`x\` to \`gateway.trusted_proxies\`; until then all visitors behind it count as one.`;
    expect(explainFinding(says('addresses of cloudflare'), 'fr')).toContain('d’adresses de cloudflare');
    expect(explainFinding(says('10.0.0.1'), 'fr')).toContain('viennent de 10.0.0.1 et');
  });

  it('takes several sentences one by one, for mails and for the first page', () => {
    expect(
      explainFindings(
        "The log gives 192.0.2.7 as the visitor, but 97 % of the last hour's 400 requests come from it, with 12 different user agents: it looks like a proxy in front of the site. What had been decided on it is lifted. Let the web server log the visitor: set_real_ip_from and real_ip_header in nginx, mod_remoteip in Apache, reverse_proxy settings in Drupal",
        'de',
      ),
    ).toBe(
      'Das Protokoll nennt 192.0.2.7 als Besucher, aber 97 % der 400 Anfragen der letzten Stunde kommen von dort, mit 12 verschiedenen Browserkennungen: Das sieht aus wie ein Proxy vor der Website. Was dagegen entschieden war, ist aufgehoben. Lassen Sie den Webserver den Besucher protokollieren: set_real_ip_from und real_ip_header in nginx, mod_remoteip in Apache, die Einstellungen reverse_proxy in Drupal',
    );
    expect(
      explainFindings(
        'The store cannot be written (retrying): The disk that holds the store is full: /d/parapet.db: database or disk is full (E_STORE_FULL). Free some space or move the data directory. Nothing is half written; a running engine goes on by itself. Detection goes on. 3 alerts and 1 decisions had to be given up.',
        'fr',
      ),
    ).toBe(
      'Le stockage ne peut pas être écrit (retrying) : Le disque du stockage est plein : /d/parapet.db: database or disk is full (E_STORE_FULL). Libérez de la place ou déplacez le répertoire de données. Rien n’est écrit à moitié ; un moteur en marche continue de lui-même. La détection continue. Ont été perdues, alertes : 3, décisions : 1.',
    );
    expect(explainFindings('1.2.3.4: what a foreign rule says. Twice.', 'es')).toBe(
      '1.2.3.4: what a foreign rule says. Twice.',
    );
  });

  it('says nothing of what is not its own', () => {
    expect(explainFinding('EACCES: permission denied', 'de')).toBeUndefined();
    expect(explainFinding(`${'a'.repeat(600)} is fine`, 'de')).toBeUndefined();
  });

  it('leaves no hole open and drops none', () => {
    const holes = (text: string): string => [...text.matchAll(/\{\w+\}/g)].map(String).toSorted().join(' ');
    expect(ALL.filter(([en, ...others]) => others.some((other) => holes(other) !== holes(en)))).toEqual([]);
  });
});
