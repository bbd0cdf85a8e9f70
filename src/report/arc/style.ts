/** What the page of an ARC run adds to the style sheet of reports. */
export const ARC_PAGE_STYLE = `
.prompt { font-size: 1.15rem; white-space: pre-wrap; }
mark { background: var(--accent-band); color: inherit; border-bottom: 2px solid var(--accent);
  padding: 0 .1em; }
.grids { display: flex; flex-wrap: wrap; gap: 1rem .5rem; align-items: center; list-style: none;
  margin: .5rem 0; padding: 0; }
.grids li { position: relative; max-width: 100%; }
.grids li:not(:last-child) { padding-right: 2.25rem; }
.grids li:not(:last-child)::after { content: "→"; position: absolute; right: .4rem;
  top: calc(50% - 1.6rem); font-size: 1.3rem; color: var(--muted); }
figure { margin: 0; overflow-x: auto; }
figure svg { display: block; margin: 0 auto; max-width: 100%; height: auto; }
figcaption { text-align: center; margin-top: .25rem; font: .95rem ui-monospace, monospace; }
figcaption small { color: var(--muted); }
h3 { font-size: 1rem; margin: .9rem 0 .25rem; overflow-wrap: anywhere; }
pre { margin: 0 0 .75rem; overflow-x: auto; font: .85rem/1.2 ui-monospace, monospace; }
main > section:first-child { margin-top: 1rem; }
section > :last-child { margin-bottom: 0; }
#plan .scroll, #gates .scroll { width: fit-content; max-width: 100%; margin-bottom: .4rem; }
.facts { width: auto; }
@media print { .grids li { break-inside: avoid; } }
`;
