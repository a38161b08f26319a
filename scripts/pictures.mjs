// node scripts/pictures.mjs
// Makes the pictures of docs/pictures: what `parapet replay` really prints for a generated log, as SVG, and its page
// in a browser, as PNG (needs chromium).
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { root, setUp } from './setup.mjs';

const COLUMNS = 100;
const LINES = 52;
const COLORS = {
  30: '#484f58',
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#56d4dd',
  37: '#c9d1d9',
  90: '#8b949e',
  91: '#ffa198',
  92: '#aff5b4',
  93: '#f2cc60',
  94: '#a5d6ff',
  95: '#e2c5ff',
  96: '#b3f0ff',
  97: '#ffffff',
};

setUp({ quiet: true });
const { buildProgram } = await import(pathToFileURL(path.join(root, 'packages/cli/dist/main.js')).href);
const { processContext } = await import(pathToFileURL(path.join(root, 'packages/cli/dist/context.js')).href);
const folder = mkdtempSync(path.join(tmpdir(), 'parapet-pictures-'));
const pictures = path.join(root, 'docs/pictures');
mkdirSync(pictures, { recursive: true });
spawnSync(
  process.execPath,
  [path.join(root, 'bench/generate-log.mjs'), path.join(folder, 'access.log')].concat(
    '--lines 40000 --hours 24 --attacks 0.02 --seed 7'.split(' '),
  ),
  { stdio: 'inherit' },
);

let printed = '';
const context = {
  ...processContext(),
  folder,
  out: {
    write: async (text) => {
      printed += text;
    },
    isTerminal: true,
    hasColor: true,
    columns: COLUMNS,
  },
  setExitCode: () => undefined,
};
const words = ['replay', 'access.log', '--html', 'report.html'];
const program = await buildProgram(context, words[0]);
await program.parseAsync(words, { from: 'user' });
const text = printed.slice(printed.indexOf('\n') + 1);
writeFileSync(path.join(pictures, 'replay.svg'), toSvg(`$ parapet replay access.log\n\n${text}`));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage({ viewport: { width: 1100, height: 1000 } });
await page.goto(pathToFileURL(path.join(folder, 'report.html')).href);
await page.screenshot({ path: path.join(pictures, 'replay-page.png') });
await browser.close();
rmSync(folder, { recursive: true });

/** A terminal of text with colours; what does not fit below is cut. */
function toSvg(ansi) {
  const lines = ansi.trimEnd().split('\n').slice(0, LINES);
  const [charWidth, lineHeight, border] = [8.43, 18, 18];
  const width = Math.ceil(COLUMNS * charWidth + 2 * border);
  const height = lines.length * lineHeight + 2 * border;
  let style = {};
  const rows = lines.map((line, row) => {
    let column = 0;
    const spans = [];
    for (const [, codes, run] of line.matchAll(/\x1b\[([\d;]*)m|([^\x1b]+)/g)) {
      if (run === undefined) {
        for (const code of codes.split(';').map(Number)) style = applied(style, code);
        continue;
      }
      const cells = [...run];
      // Every run has its own place, so that columns stay straight whatever font there is.
      if (run.trim() !== '')
        spans.push(
          `<tspan x="${(border + column * charWidth).toFixed(1)}" textLength="${(cells.length * charWidth).toFixed(1)}"${attributes(style)}>${escaped(run)}</tspan>`,
        );
      column += cells.length;
    }
    return `<text y="${border + (row + 1) * lineHeight - 5}">${spans.join('')}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="What parapet replay prints in a terminal"><rect width="100%" height="100%" rx="8" fill="#0d1117"/><g font-family="ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace" font-size="14" fill="#c9d1d9">${rows.join('\n')}</g></svg>\n`;
}

function applied(style, code) {
  if (code === 0) return {};
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 39) return { ...style, color: undefined };
  return COLORS[code] === undefined ? style : { ...style, color: COLORS[code] };
}

function attributes({ color, bold, dim }) {
  return `${color ? ` fill="${color}"` : ''}${bold ? ' font-weight="bold"' : ''}${dim ? ' fill-opacity="0.65"' : ''}`;
}

function escaped(text) {
  // Browsers collapse ordinary spaces.
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(' ', '\u00a0');
}
