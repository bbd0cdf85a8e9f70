import type { HandlerContext } from "../handlers.ts";
import { htmlPage, htmlText } from "../../report/page/html_page.ts";
import { REPORT_STYLE, THEME_SCRIPT } from "../../report/page/html_style.ts";
import type { SweepRows } from "./sweep_rows.ts";
import UI_CSS from "./ui.css" with { type: "text" };
import UI_HTML from "./ui.html" with { type: "text" };
import UI_SCRIPT from "./ui.js" with { type: "text" };

/** What the playground shows beside the server's answers. */
export interface PlaygroundOptions {
  /** Rows of a sweep over the mapper, which the sliders count; see {@linkcode readSweepRows}. */
  readonly rows?: SweepRows;
  /** Where the rows come from. */
  readonly rowsFrom?: string;
}

/** The page at `/`: one document that asks for nothing but answers of this server. */
export function renderPlayground(
  context: Pick<HandlerContext, "runtime" | "own" | "facts" | "limits">,
  options: PlaygroundOptions & { readonly needsToken: boolean },
): string {
  const { runtime: { opened, mapper, source }, own, facts, limits } = context;
  const { threshold, nearMargin = 0 } = own.active.point;
  const { rows, rowsFrom = "a sweep", needsToken } = options;
  const about = `Domain ${opened.name}, ` +
    (source ? `mapper ${source.backend} ${source.sha256.slice(0, 12)}.` : "no mapper.");
  const parts: Readonly<Record<string, string>> = {
    about: htmlText(about),
    maxLength: String(limits.maxPromptLength),
    threshold: String(threshold),
    margin: String(nearMargin),
    token: needsToken ? TOKEN : "",
    context: facts ? KNOWN : CONTEXT,
    noRates: "What the sliders would do is shown beside rows of a sweep: --ui_rows FILE.",
  };
  return htmlPage({
    title: "micro-lm playground",
    style: REPORT_STYLE + UI_CSS,
    content: UI_HTML.replace(/\{(\w+)\}/g, (_, name) => parts[name]!),
    data: {
      threshold,
      margin: nearMargin,
      hasMapper: mapper !== null,
      hasGates: opened.planner !== null,
      examples: (opened.planner?.examples ?? []).filter(({ grid }) => grid === undefined)
        .map(({ prompt, context }) => ({ prompt, context })),
      ...(rows && { rows, rowsFrom }),
    },
    scripts: [THEME_SCRIPT, UI_SCRIPT],
    isServed: true,
  });
}

const TOKEN = `<div><label for="token">Token of this server; it stays in this page</label>
<input id="token" type="password" autocomplete="off"></div>`;
const CONTEXT =
  `<div><label for="context">Context: what is known of accounts and prices, as JSON</label>
<textarea id="context" rows="3" spellcheck="false"></textarea></div>`;
const KNOWN = `<p>What is known of accounts and prices, this server knows itself.</p>
<textarea id="context" hidden></textarea>`;
