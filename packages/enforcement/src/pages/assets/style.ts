// The looks of our pages: system fonts, light and dark by the reader's setting, one column, paper. Colours were
// chosen for a contrast of at least 4.5 (text) and 3 (marks and controls), WCAG 2.2 AA.

export const STYLE = `
:root { color-scheme: light dark; --back: #eef1f4; --card: #fff; --text: #1b1f24; --soft: #4d5660; --line: #7b8692; --faint: #d5dbe1;
  --link: #0b57b0; --on-link: #fff; --bar: #2f6fbe; --wall: #4a6785; }
@media screen and (prefers-color-scheme: dark) {
  :root { --back: #12161b; --card: #1b2128; --text: #e6eaee; --soft: #a9b4bf; --line: #7d8a97; --faint: #333c45;
    --link: #8ab8f5; --on-link: #10151a; --bar: #6fa8e8; --wall: #8fb0d0; }
}
@media screen and (prefers-contrast: more) { :root { --soft: var(--text); --line: var(--text); --faint: var(--text); } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--back); color: var(--text);
  font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: break-word; }
main { width: 100%; max-width: 38rem; margin: auto; padding: 1.5rem 1rem; }
.card { background: var(--card); border: 1px solid var(--faint); border-radius: .75rem; padding: clamp(1.25rem, 5vw, 2.5rem); }
.wall { display: block; width: 2.25rem; height: 1.75rem; margin: 0 0 1.25rem; fill: var(--wall); }
h1 { margin: 0 0 .75rem; font-size: clamp(1.4rem, 1.1rem + 1.5vw, 1.8rem); line-height: 1.25; text-wrap: balance; }
h2 { margin: 2rem 0 .5rem; font-size: 1.15rem; line-height: 1.3; }
p { margin: .75rem 0; }
a, summary { color: var(--link); }
summary { cursor: pointer; padding: .35rem 0; }
details { margin-top: 1.25rem; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 3px; border-radius: 3px; }
dl { margin: 1.25rem 0; display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1.25rem; }
dt { color: var(--soft); } dd { margin: 0; }
.record { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .95em; }
.soft { color: var(--soft); }
progress { -webkit-appearance: none; appearance: none; display: block; width: 100%; height: .75rem; margin: 1.5rem 0 .5rem; border: 1px solid var(--line);
  border-radius: .5rem; background: var(--card); color: var(--bar); overflow: hidden; }
progress::-webkit-progress-bar { background: var(--card); }
progress::-webkit-progress-value { background: var(--bar); transition: width .2s linear; }
progress::-moz-progress-bar { background: var(--bar); }
.status { min-height: 1.6em; margin: .25rem 0; }
label { display: block; margin: 1rem 0 .3rem; font-weight: 600; }
textarea, input { display: block; width: 100%; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .55rem .7rem; }
textarea { min-height: 6.5rem; resize: vertical; }
button, .button { display: inline-block; font: inherit; font-weight: 600; color: var(--on-link); background: var(--link); border: 1px solid transparent;
  border-radius: .4rem; padding: .6rem 1.2rem; margin: 1.25rem .75rem 0 0; min-height: 44px; cursor: pointer; text-decoration: none; }
.trap { position: absolute; left: -200rem; }
[hidden] { display: none; }
footer { padding: 0 1rem 1.5rem; text-align: center; color: var(--soft); font-size: .9rem; }
@media (max-width: 26rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .6rem; } }
@media (prefers-reduced-motion: reduce) { progress::-webkit-progress-value { transition: none; } }
@media (forced-colors: active) { progress { border: 1px solid CanvasText; } button, .button { border-color: ButtonText; } }
@media print { body { background: #fff; color: #000; } .card { border: 0; padding: 0; } form, details, progress { display: none; } }
`;
