import PAGE_CSS from "./page.css" with { type: "text" };
import THEME from "./theme.js" with { type: "text" };

/** The script of the button that changes the theme; it has to follow the content. */
export const THEME_SCRIPT: string = THEME;

/** The button itself, which is there only where scripts run. */
export const THEME_BUTTON = '<button type="button" id="theme" hidden>Dark theme</button>';

/**
 * The page's palette: distinct also to people who do not see red and green apart (after Okabe and
 * Ito, 2008). Charts name these colours too.
 */
const LIGHT = {
  paper: "#f6f7f9",
  card: "#ffffff",
  ink: "#1b1f24",
  muted: "#59636e",
  line: "#d5dae1",
  accent: "#0a63ad",
  good: "#007a5a",
  warm: "#a86400",
  bad: "#c23b00",
  focus: "#0a63ad",
  "heat-low": "#f1f5fa",
  "heat-high": "#0a4f8c",
  "accent-band": "rgba(10,99,173,.14)",
  "good-band": "rgba(0,122,90,.14)",
  "warm-band": "rgba(168,100,0,.14)",
  "bad-band": "rgba(194,59,0,.14)",
};

const DARK: typeof LIGHT = {
  paper: "#11151a",
  card: "#1a2027",
  ink: "#e8ebef",
  muted: "#a3adb8",
  line: "#36404b",
  accent: "#6db3f2",
  good: "#3fc79a",
  warm: "#f0b040",
  bad: "#ff8556",
  focus: "#9fd0ff",
  "heat-low": "#1f2832",
  "heat-high": "#7cbcf5",
  "accent-band": "rgba(109,179,242,.18)",
  "good-band": "rgba(63,199,154,.18)",
  "warm-band": "rgba(240,176,64,.18)",
  "bad-band": "rgba(255,133,86,.18)",
};

/** Names of the palette, as charts may use them after `--`. */
export const PALETTE: readonly string[] = Object.keys(LIGHT);

/** The style sheet of a report: the palette of the theme, then `page.css`. */
export const REPORT_STYLE: string = `
:root { color-scheme: light; ${variables(LIGHT)} }
@media (prefers-color-scheme: dark) { :root:not([data-theme]) { color-scheme: dark; ${
  variables(DARK)
} } }
:root[data-theme="dark"] { color-scheme: dark; ${variables(DARK)} }
@media print {
  :root:not([data-theme]), :root[data-theme] { color-scheme: light; ${variables(LIGHT)} }
}
${PAGE_CSS}`;

function variables(palette: Readonly<Record<string, string>>): string {
  return Object.entries(palette).map(([name, value]) => `--${name}: ${value};`).join(" ");
}
