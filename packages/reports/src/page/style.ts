// The page's looks: system fonts, light and dark by the reader's setting, one column on a phone, paper.
// Colours were chosen for a contrast of at least 4.5 (text) and 3 (marks and controls), WCAG 2.2 AA.

export const STYLE = `
:root { color-scheme: light dark; --back: #ffffff; --panel: #f4f6f8; --text: #1b1f24; --soft: #4d5660; --line: #c9d1d9;
  --link: #0b57b0; --traffic: #3a78c2; --attack: #b3261e; --mark: #ffe08a; --mark-text: #1b1f24; --care: #8a4b00; --care-back: #fff4e0; --good: #17653a; }
@media screen and (prefers-color-scheme: dark) {
  :root { --back: #12161b; --panel: #1b2128; --text: #e6eaee; --soft: #a9b4bf; --line: #3a444e; --link: #8ab8f5;
    --traffic: #6fa8e8; --attack: #ff8a80; --mark: #6b5200; --mark-text: #fff3cf; --care: #ffc46b; --care-back: #2b2212; --good: #7fd3a0; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--back); color: var(--text); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.wrap { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header.wrap { padding-top: 2rem; }
h1 { font-size: clamp(1.3rem, 1rem + 1.2vw, 1.75rem); line-height: 1.3; margin: .25rem 0 .75rem; max-width: 62ch; text-wrap: pretty; }
h2 { font-size: 1.3rem; margin: 2.75rem 0 .75rem; line-height: 1.3; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .5rem 0; max-width: 75ch; }
a { color: var(--link); }
.brand { margin: 0; color: var(--soft); font-weight: 600; letter-spacing: .02em; }
.soft { color: var(--soft); }
.skip { position: absolute; left: -100rem; background: var(--back); padding: .75rem 1rem; }
.skip:focus { left: .5rem; top: .5rem; z-index: 1; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
nav ul { list-style: none; margin: 1.25rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
nav a { display: inline-block; padding: .35rem 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1.25rem 0 0; padding: 0; }
.tiles div { background: var(--panel); border-radius: .5rem; padding: .75rem 1rem; display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.tiles dt { color: var(--soft); font-size: .9rem; line-height: 1.35; }
.tiles dd { margin: 0; font-size: 1.6rem; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.25; }
.tiles .care { background: var(--care-back); }
.tiles .care dd { color: var(--care); }
.note { border-left: 5px solid var(--care); background: var(--care-back); padding: .75rem 1rem; border-radius: .25rem; margin: .75rem 0; }
.note h3 { color: var(--care); }
.chart { display: block; width: 100%; height: auto; margin: .5rem 0; }
.chart .traffic { fill: var(--traffic); }
.chart .attack { fill: var(--attack); }
.chart .rule { stroke: var(--line); }
.chart text { fill: var(--soft); font: 12px system-ui, sans-serif; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
@media screen and (max-width: 64rem) { table.sortable { min-width: 60rem; } }
caption { text-align: left; padding: .6rem .75rem; color: var(--soft); }
th, td { padding: .45rem .75rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { white-space: nowrap; background: var(--panel); }
td.number, th.number { overflow-wrap: normal; text-align: right; font-variant-numeric: tabular-nums; }
th button { font: inherit; font-weight: 650; color: inherit; background: none; border: 0; padding: .3rem .2rem; margin: -.3rem -.2rem; min-height: 24px; min-width: 24px; cursor: pointer; }
th button::after { content: " \\2195"; color: var(--soft); }
th[aria-sort="ascending"] button::after { content: " \\2191"; color: inherit; }
th[aria-sort="descending"] button::after { content: " \\2193"; color: inherit; }
code, .log { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .9em; }
body { overflow-wrap: anywhere; }
td { min-width: 9rem; } td.number { min-width: 0; }
td.whole, th.whole { overflow-wrap: normal; white-space: nowrap; }
.agent { display: block; color: var(--soft); font-size: .85em; font-weight: 400; max-width: 60ch; }
.chip { display: inline-block; border: 1px solid currentColor; border-radius: 1rem; padding: 0 .6rem; font-size: .85rem; white-space: nowrap; font-weight: 600; }
.chip.person { color: var(--care); } .chip.program { color: var(--attack); } .chip.unclear { color: var(--soft); }
.case { border: 1px solid var(--line); border-radius: .5rem; margin: .75rem 0; padding: .75rem 1rem; }
.case.care { border-left: 5px solid var(--care); }
.case p { max-width: 90ch; margin: .35rem 0; }
.case header { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; }
details { margin: .5rem 0 0; }
summary { cursor: pointer; padding: .25rem 0; min-height: 24px; color: var(--link); }
.evidence { margin: .25rem 0 .5rem; padding: .5rem .75rem; background: var(--panel); border-radius: .35rem; list-style: none; }
.evidence li { padding: .15rem 0; }
mark { background: var(--mark); color: var(--mark-text); padding: 0 .15em; border-radius: .15em; font-weight: 600; }
footer.wrap { margin-top: 3rem; padding-top: 1rem; padding-bottom: 2.5rem; border-top: 1px solid var(--line); color: var(--soft); }
@media (max-width: 40rem) { .wrap { padding: 0 1rem; } th, td { padding: .4rem .5rem; } h2 { margin-top: 2rem; } .chart text { font-size: 26px; } }
@media print { :root { color-scheme: light; --back: #fff; --panel: #fff; --text: #000; --soft: #333; } nav, .skip { display: none; } .case, tr { break-inside: avoid; } .scroll { overflow: visible; border: 0; } table.sortable, td { min-width: 0; } th button::after { content: ""; } thead th { white-space: normal; } th, td { padding: .3rem .4rem; } h2 { break-after: avoid; } body { font-size: 10pt; } }
`;
