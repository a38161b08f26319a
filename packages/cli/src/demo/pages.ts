// The pages of the demo shop. Whatever a visitor sent is escaped.

import { GOODS, POSTS, type Good, type Post } from './goods.table.ts';

const TITLE = 'Marrow & Vine';

export const STYLE = `:root { color-scheme: light dark; --ink: #24301f; --paper: #fbf9f3; --leaf: #2f6b34; --line: #d9d4c5; }
@media (prefers-color-scheme: dark) { :root { --ink: #ecebe2; --paper: #1b201a; --leaf: #8fce93; --line: #3b4339; } }
* { box-sizing: border-box; }
body { margin: 0; font: 1.05rem/1.55 Georgia, serif; color: var(--ink); background: var(--paper); }
header, main, footer { max-width: 54rem; margin: 0 auto; padding: 1rem 1.2rem; }
header { display: flex; flex-wrap: wrap; gap: .4rem 1.6rem; align-items: baseline; border-bottom: 1px solid var(--line); }
header strong { font-size: 1.5rem; }
a { color: var(--leaf); }
ul.goods { list-style: none; padding: 0; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); }
ul.goods li, .card { border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; }
.swatch { display: block; width: 100%; height: 6rem; border-radius: .4rem; }
label { display: block; margin: .8rem 0 .2rem; }
input, textarea { font: inherit; width: 100%; max-width: 26rem; padding: .4rem .6rem; border: 1px solid currentColor; border-radius: .3rem; background: transparent; color: inherit; }
button { font: inherit; margin-top: 1rem; padding: .4rem 1.4rem; border: 0; border-radius: .3rem; background: var(--leaf); color: var(--paper); cursor: pointer; }
.wrong { border-left: 4px solid #c8452f; padding-left: .8rem; }
footer { border-top: 1px solid var(--line); font-size: .9rem; }
`;

export const FAVICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#2f6b34" d="M8 15C2 12 1 6 2 2c5 0 9 2 9 8l2-3c1 4-1 7-5 8z"/></svg>';

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A whole page; `body` is HTML. */
export function page(title: string, body: string, who?: string): string {
  const account =
    who === undefined
      ? '<a href="/user/login">Log in</a>'
      : `${escapeHtml(who)} <a href="/user/logout">Log out</a>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} | ${escapeHtml(TITLE)}</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="/favicon.svg">
</head>
<body>
<header><strong>${escapeHtml(TITLE)}</strong>
<nav><a href="/">Home</a> · <a href="/shop">Seeds</a> · <a href="/blog">Notes</a> · <a href="/search">Search</a> · <a href="/contact">Contact</a> · ${account}</nav>
</header>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
<footer>A shop that does not exist, for trying out Parapet. Nothing here is for sale, and nothing is kept.</footer>
</body>
</html>
`;
}

export function homePage(): string {
  return `<p>Seeds for gardens that are not perfect, from people who have slugs as well.</p>
${goodsList(GOODS.slice(0, 3))}
<h2>From the notes</h2>
${postList(POSTS)}`;
}

export function goodsList(goods: readonly Good[]): string {
  const items = goods.map(
    ({ slug, name, price, colour }) =>
      `<li><a href="/shop/${slug}">${packet(colour)}${escapeHtml(name)}</a><br>€ ${price}</li>`,
  );
  return `<ul class="goods">${items.join('\n')}</ul>`;
}

function packet(colour: string): string {
  return `<svg class="swatch" viewBox="0 0 140 60" preserveAspectRatio="xMidYMid slice" role="img" aria-label="A packet of seeds"><rect width="140" height="60" fill="${colour}"/><path fill="#fffdf5" fill-opacity=".85" d="M70 54C52 44 50 24 70 8c20 16 18 36 0 46z"/><path fill="none" stroke="${colour}" stroke-width="2" d="M70 52V20M70 40l-8-8M70 34l8-8"/></svg>`;
}

export function goodPage({ text, price, colour }: Good): string {
  return `<div class="card">${packet(colour)}
<p>${escapeHtml(text)}</p><p>€ ${price} a packet. Sold out, as everything here is.</p></div>`;
}

export function postList(posts: readonly Post[]): string {
  const items = posts.map(
    ({ slug, title, date }) => `<li><a href="/blog/${slug}">${escapeHtml(title)}</a>, ${date}</li>`,
  );
  return `<ul>${items.join('\n')}</ul>`;
}

export function searchPage(words: string): string {
  const form = `<form action="/search"><label for="q">What do you look for?</label><input id="q" name="q" value="${escapeHtml(words)}"><button>Search</button></form>`;
  if (words.trim() === '') return form;
  const wanted = words.toLowerCase();
  const found = GOODS.filter((good) => `${good.name} ${good.text}`.toLowerCase().includes(wanted));
  const result =
    found.length === 0 ? `<p>Nothing was found for “${escapeHtml(words)}”.</p>` : goodsList(found);
  return `${form}${result}`;
}

export function loginPage(name: string, isWrong: boolean): string {
  const told = isWrong
    ? '<p class="wrong" role="alert">That name and password do not belong together.</p>'
    : '';
  return `${told}<form method="post" action="/user/login">
<label for="name">Name</label><input id="name" name="name" autocomplete="username" value="${escapeHtml(name)}">
<label for="pass">Password</label><input id="pass" name="pass" type="password" autocomplete="current-password">
<button>Log in</button></form>
<p>For the demo: <code>anna</code> and <code>beefsteak</code>.</p>`;
}

export function contactPage(): string {
  return `<form method="post" action="/contact">
<label for="from">Your name</label><input id="from" name="from" autocomplete="name">
<label for="text">What you would like to say</label><textarea id="text" name="text" rows="5"></textarea>
<button>Send</button></form>`;
}
