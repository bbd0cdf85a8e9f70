/**
 * The page's palette: distinct also to people who do not see red and green apart (after Okabe and
 * Ito, 2008). Charts name these colours too.
 */
const LIGHT = {
  ...{ paper: "#f6f7f9", card: "#ffffff", ink: "#1b1f24", muted: "#59636e", line: "#d5dae1" },
  ...{ accent: "#0a63ad", good: "#007a5a", warm: "#a86400", bad: "#c23b00", focus: "#0a63ad" },
  ...{ "heat-low": "#f1f5fa", "heat-high": "#0a4f8c" },
  ...{ "accent-band": "rgba(10,99,173,.14)", "good-band": "rgba(0,122,90,.14)" },
  ...{ "warm-band": "rgba(168,100,0,.14)", "bad-band": "rgba(194,59,0,.14)" },
};

const DARK: typeof LIGHT = {
  ...{ paper: "#11151a", card: "#1a2027", ink: "#e8ebef", muted: "#a3adb8", line: "#36404b" },
  ...{ accent: "#6db3f2", good: "#3fc79a", warm: "#f0b040", bad: "#ff8556", focus: "#9fd0ff" },
  ...{ "heat-low": "#1f2832", "heat-high": "#7cbcf5" },
  ...{ "accent-band": "rgba(109,179,242,.18)", "good-band": "rgba(63,199,154,.18)" },
  ...{ "warm-band": "rgba(240,176,64,.18)", "bad-band": "rgba(255,133,86,.18)" },
};

/** Names of the palette, as charts may use them after `--`. */
export const PALETTE: readonly string[] = Object.keys(LIGHT);

/** The style sheet of a report. */
export const REPORT_STYLE: string = `
:root { color-scheme: light; ${variables(LIGHT)} }
@media (prefers-color-scheme: dark) { :root:not([data-theme]) { color-scheme: dark; ${
  variables(DARK)
} } }
:root[data-theme="dark"] { color-scheme: dark; ${variables(DARK)} }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; }
main, header, footer { max-width: 76rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.25rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 0 0 .25rem; }
p { margin: .25rem 0 .75rem; max-width: 75ch; overflow-wrap: anywhere; }
.top { display: flex; gap: 1rem; justify-content: space-between; align-items: start; }
.verdict { display: inline-block; padding: 0 .5rem; border-radius: .35rem; color: var(--card);
  background: var(--bad); font-weight: 600; }
.verdict.pass { background: var(--good); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; margin: .5rem 0 1rem;
  list-style: none; }
a { color: var(--accent); }
.rates { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .75rem;
  margin: 1rem 0; padding: 0; }
.rates > div { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .6rem .8rem; }
.rates dt { color: var(--muted); font-size: .9rem; }
.rates dd { margin: 0; font-size: 1.45rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.rates small { display: block; font-size: .82rem; font-weight: 400; color: var(--muted); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(33rem, 100%), 1fr));
  gap: 1rem; align-items: start; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: 1rem; margin: 0 0 1rem; min-width: 0; scroll-margin-top: 1rem; }
.charts section { margin: 0; }
.charts section:last-child:nth-child(odd) { grid-column: 1 / -1; }
.charts + section { margin-top: 1rem; }
section > p, .note { color: var(--muted); font-size: .93rem; }
.plot { min-height: 360px; }
/* Plotly writes dark grey on light cells; on those between light and dark that is too faint. */
.heatmap-label text[style*="rgb(68, 68, 68)"] { fill: #000 !important; }
.missing { color: var(--ink); border-left: 4px solid var(--warm); padding-left: .75rem; }
details { margin-top: .5rem; }
summary { cursor: pointer; color: var(--accent); width: fit-content; }
.scroll { overflow: auto; max-height: 24rem; border: 1px solid var(--line); border-radius: .35rem; }
.scroll.tall { max-height: 42rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .55rem;
  border-bottom: 1px solid var(--line); }
thead th { position: sticky; top: 0; background: var(--card); white-space: nowrap; z-index: 1; }
td { overflow-wrap: anywhere; min-width: 4rem; }
td.num, .num { text-align: right; font-variant-numeric: tabular-nums; }
td.prompt { min-width: 16rem; }
#errors-table td:nth-child(3), #errors-table td:nth-child(4) { min-width: 8.5rem; }
.tag { white-space: nowrap; font-weight: 600; }
.tag.wrong { color: var(--bad); } .tag.missed { color: var(--warm); }
.controls { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: end; }
.controls[hidden] { display: none; }
.controls output { color: var(--muted); font-size: .93rem; }
button, input, select { font: inherit; color: var(--ink); background: var(--card);
  border: 1px solid var(--muted); border-radius: .35rem; padding: .25rem .6rem; max-width: 100%; }
button { cursor: pointer; white-space: nowrap; }
th button { border: 0; padding: 0; font-weight: 600; background: none; }
th button::after { content: " ↕"; color: var(--muted); }
th[aria-sort="ascending"] button::after { content: " ↑"; color: var(--ink); }
th[aria-sort="descending"] button::after { content: " ↓"; color: var(--ink); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.facts th { position: static; white-space: normal; font-weight: 400; color: var(--muted); }
footer { padding-bottom: 2rem; color: var(--muted); font-size: .85rem; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .5rem; }
@media (max-width: 640px) {
  main, header, footer { padding-left: .6rem; padding-right: .6rem; }
  section { padding: .75rem .6rem; }
  h1 { font-size: 1.3rem; }
  .rates { grid-template-columns: 1fr 1fr; gap: .5rem; } .rates dd { font-size: 1.2rem; }
  #errors-table, #errors-table tbody { display: block; }
  #errors-table thead tr { display: flex; flex-wrap: wrap; gap: .15rem .9rem; padding: .4rem .55rem; }
  #errors-table thead th { display: block; padding: 0; border: 0; position: static; }
  #errors-table tr { display: block; border-bottom: 2px solid var(--line); padding: .4rem 0; }
  #errors-table tr[hidden] { display: none; }
  #errors-table td { display: grid; grid-template-columns: 6.2rem 1fr; gap: .5rem; border: 0;
    padding: .1rem .55rem; text-align: left; min-width: 0 !important; }
  #errors-table td::before { content: attr(data-label); color: var(--muted); }
}
@media print {
  :root:not([data-theme]), :root[data-theme] { color-scheme: light; ${variables(LIGHT)} }
  body { font-size: 11pt; background: none; }
  nav, .controls, button, details:not([open]), .skip, .modebar-container { display: none !important; }
  th button { display: inline !important; } th button::after { content: "" !important; }
  main, header, footer { max-width: none; padding: 0; }
  .charts { display: block; } .charts section { margin-bottom: 1rem; }
  section { break-inside: avoid; border: 0; border-top: 1px solid var(--line);
    border-radius: 0; padding: .6rem 0; }
  #errors, #facts { break-inside: auto; }
  tr { break-inside: avoid; } thead th { position: static; }
  .scroll, .scroll.tall { max-height: none; overflow: visible; border: 0; }
  td.prompt { min-width: 0; } th, td { padding: .15rem .3rem; font-size: 9pt; }
  tr.late { display: none; }
  .rates { grid-template-columns: repeat(3, 1fr); }
}
`;

function variables(palette: Readonly<Record<string, string>>): string {
  return Object.entries(palette).map(([name, value]) => `--${name}: ${value};`).join(" ");
}
