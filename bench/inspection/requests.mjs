// Requests of visitors and editors, no two the same: what is cached by a value that came before must not be all there is.

const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
];
const WORDS =
  'the library opens at nine on every day of the week but Monday and members may stay until late in the evening our new reading room has space for forty people with a view of the garden children are welcome in the afternoon there is a cafe on the ground floor where you can meet friends borrow up to ten books for four weeks and renew them by telephone or on this page the exhibition about local history shows maps letters and photographs from two centuries guided tours begin each Saturday at eleven tickets cost three euros please bring your card with you when you come in winter we close an hour earlier'.split(
    ' ',
  );
/** What prose and attacks both have. */
const RARE_WORDS = ['select', 'union', 'order by', 'drop', 'update', 'table', 'where', 'script'];
const RARE_EACH = 150;

/** Returns `count` words, another choice for each number. */
function words(count, seed) {
  let state = (seed * 2_654_435_761 + 12_345) >>> 0;
  const chosen = [];
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const number = state >>> 8;
    const isRare = number % RARE_EACH === 0;
    chosen.push(
      isRare ? RARE_WORDS[((number / RARE_EACH) % RARE_WORDS.length) | 0] : WORDS[number % WORDS.length],
    );
  }
  return chosen.join(' ');
}

function headers(seed) {
  return [
    ['host', 'www.example.org'],
    ['user-agent', AGENTS[seed % AGENTS.length]],
    ['accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'],
    ['accept-language', 'de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7'],
    ['accept-encoding', 'gzip, deflate, br, zstd'],
    ['referer', `https://www.example.org/topics/gardening?page=${seed % 50}`],
    ['cookie', `SESSb5f2=${session(seed)}; has_js=1; consent=all`],
    ['cache-control', 'max-age=0'],
    ['upgrade-insecure-requests', '1'],
  ];
}

function session(seed) {
  return Buffer.from(`session of visitor ${seed % 1000}`).toString('base64url');
}

function request(method, rawTarget, more, body) {
  return { method, rawTarget, headers: more, body, isBodyCut: false, site: '' };
}

/** A page view with a query of some 130 bytes. */
export function pageView(seed) {
  const query = `utm_source=newsletter&utm_medium=email&utm_campaign=spring-${seed}&page=${seed % 9}&keys=${encodeURIComponent(words(3, seed))}&field_topic=gardening&items_per_page=25`;
  return request('GET', `/node/${seed % 9000}?${query}`, headers(seed), undefined);
}

/** A contact form of about 1 KiB. */
export function form(seed) {
  const body = new URLSearchParams({
    name: words(2, seed),
    mail: `visitor${seed}@example.org`,
    subject: words(6, seed + 1),
    message: words(150, seed + 2),
    form_build_id: `form-${session(seed)}`,
    form_id: 'contact_message_feedback_form',
    op: 'Send message',
  }).toString();
  const more = [...headers(seed), ['content-type', 'application/x-www-form-urlencoded']];
  return request('POST', '/contact/feedback', more, Buffer.from(body));
}

/** A JSON:API document of about 64 KiB, many values of some length. */
export function document(seed) {
  const data = [];
  for (let i = 0; i < 115; i++)
    data.push({
      type: 'node--article',
      id: `0f1e2d3c-${1000 + i}-4000-8000-${String(100_000_000_000 + seed * 1000 + i)}`,
      attributes: {
        title: words(6, seed + i),
        created: '2026-11-22T10:00:00+00:00',
        status: true,
        body: { value: `<p>${words(70, seed + i + 7)}</p>`, format: 'basic_html' },
      },
    });
  const more = [...headers(seed), ['content-type', 'application/vnd.api+json']];
  return request('POST', '/jsonapi/node/article', more, Buffer.from(JSON.stringify({ data })));
}

function json(seed, items) {
  const more = [...headers(seed), ['content-type', 'application/json']];
  return request('POST', '/api/items', more, Buffer.from(JSON.stringify(items)));
}

/** Rows of numbers, about 64 KiB. */
export function numbers(seed) {
  return json(
    seed,
    Array.from({ length: 2300 }, (_, i) => [seed + i, (seed * i) / 100, -i, i % 2 === 0, null]),
  );
}

/** Objects in objects with short values, about 64 KiB. */
export function records(seed) {
  return json(
    seed,
    Array.from({ length: 330 }, (_, i) => ({
      user: { id: seed + i, name: `user${seed + i}`, roles: ['editor', 'author'] },
      address: { city: 'Berlin', zip: `10${100 + (i % 900)}`, at: { lat: 52.5 + i / 1000, lon: 13.4 } },
      tags: [`t${i % 99}`, 'blue'],
      isActive: i % 3 === 0,
    })),
  );
}
