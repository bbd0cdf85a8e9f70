import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { shortened } from "../../../src/report/sweep/errors_table.ts";
import { htmlPage, htmlTable, htmlText, scriptJson } from "../../../src/report/page/html_page.ts";
import { readPlotly, renderHtmlReport } from "../../../src/report/sweep/html_report.ts";
import { HOSTILE, mostlyRight, type SampleOptions, sampleReport } from "../html_sample.ts";

const PLOTLY = "globalThis.Plotly = {};";
const ABC = ["swap", "stake", "borrow"];

async function page(options: SampleOptions): Promise<string> {
  return renderHtmlReport(await sampleReport(options), PLOTLY);
}

/** The data that the page's script reads. */
function dataOf(html: string): { figures: { id: string; views?: unknown[] }[] } {
  return JSON.parse(/<script type="application\/json" id="data">(.*)<\/script>/.exec(html)![1]!);
}

function figures(html: string): string[] {
  return dataOf(html).figures.map(({ id }) => id);
}

/** No number of the page may be other than a number. */
function assertNumbers(html: string): void {
  const text = html.replace(/<script>[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, "");
  assertEquals(text.match(/.{0,30}\b(NaN|Infinity|undefined)\b.{0,30}/g), null);
}

const ALL = ["thresholds", "grid", "risk-coverage", "reliability"];
ALL.push("histogram", "confusion", "classes");

Deno.test("renderHtmlReport() draws every chart of a labelled grid", async () => {
  const html = await page({ ...mostlyRight(300, ABC), nearMargins: [0, 0.1] });
  assertEquals(figures(html), ALL);
  assertNumbers(html);
  assertMatch(html, /FAIL|PASS/);
  assertStringIncludes(html, "errors-table");
  for (const id of ALL) assertStringIncludes(html, `id="plot-${id}" role="figure" aria-label="`);
});

Deno.test("renderHtmlReport() admits its own scripts alone and names no address", async () => {
  const html = await page(mostlyRight(20, ABC));
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
  assertMatch(policy, /^default-src 'none'; script-src ('sha256-\S+' ?){3};/);
  assert(!/script-src[^;]*unsafe/.test(policy));
  assertEquals(html.match(/(?:src|href)="(?!#)[^"]*"|https?:|@import|url\(/g), null);
});

const EDGES: [name: string, options: SampleOptions, drawn: string[]][] = [
  ["no rows", { classes: ABC, rows: [], probabilities: [] }, ["thresholds"]],
  [
    "one prompt",
    { classes: ABC, rows: [{ prompt: "p", label: "swap" }], probabilities: [[0.6, 0.3, 0.1]] },
    ALL.filter((id) => id !== "grid"),
  ],
  [
    "one prompt without a label",
    { classes: ABC, rows: [{ prompt: "p", label: null }], probabilities: [[0.6, 0.3, 0.1]] },
    ["thresholds", "histogram"],
  ],
  [
    "abstention on all",
    { ...mostlyRight(30, ABC), thresholds: [1] },
    ALL.filter((id) => id !== "grid"),
  ],
  ["no labels, a grid", { ...mostlyRight(30, ABC, () => null), nearMargins: [0, 0.2] }, [
    "thresholds",
    "grid",
    "histogram",
  ]],
  [
    "all labels abstain",
    mostlyRight(30, ABC, () => "abstain"),
    ["thresholds", "histogram", "confusion", "classes"],
  ],
  [
    "one class, all right",
    { classes: ["a"], rows: [{ prompt: "p", label: "a" }], probabilities: [[1]] },
    ALL.filter((id) => id !== "grid"),
  ],
];

for (const [name, options, drawn] of EDGES) {
  Deno.test(`renderHtmlReport() renders ${name}`, async () => {
    const html = await page(options);
    assertEquals(figures(html), drawn);
    assertNumbers(html);
    const missing = [...html.matchAll(/class="missing">Not drawn: \S+/g)].length;
    assertEquals(missing, ALL.length - drawn.length);
  });
}

Deno.test("renderHtmlReport() draws the chosen point alone where everything abstains", async () => {
  const html = await page({ ...mostlyRight(30, ABC), thresholds: [1] });
  assertStringIncludes(html, "<dt>accuracy on fired</dt><dd>–<small>no row to count");
});

Deno.test("renderHtmlReport() lists what is nearest to the threshold where no row has a label", async () => {
  const html = await page(mostlyRight(30, ABC, () => null));
  assertStringIncludes(html, "No row has a label, so no error is known");
  assertEquals([...html.matchAll(/data-outcome="(acted|abstained)"/g)].length, 30);
});

Deno.test("renderHtmlReport() copes with ten thousand classes", async () => {
  const classes = Array.from({ length: 10_000 }, (_, k) => `class_${k}`);
  const html = await page({
    ...mostlyRight(200, classes),
    nearMargins: [0, 0.1],
    thresholds: [0, 0.5],
  });
  assertEquals(figures(html), ALL);
  assertNumbers(html);
  assertMatch(html, /The 20 classes with the most wrong actions are shown; \d+ more are pooled/);
  assertMatch(html, /30 of \d+ classes are drawn/);
  assert(html.length < 500_000, `The page has ${html.length} characters without plotly.js`);
});

Deno.test("renderHtmlReport() states how many errors it leaves out", async () => {
  const html = await page(mostlyRight(4000, ABC));
  assertMatch(html, /The first 500 of [\d,]+ errors are in this page; --rows_csv writes all/);
  assertEquals([...html.matchAll(/<tr data-outcome/g)].length, 500);
});

Deno.test("renderHtmlReport() shows hostile prompts, classes and names as text", async () => {
  const classes = [...HOSTILE.slice(0, 9), "--good", "y".repeat(1_000_000)];
  const sample = mostlyRight(400, classes);
  const rows = sample.rows.map((row, i) => ({ ...row, prompt: HOSTILE[i % HOSTILE.length]! }));
  const html = await page({ ...sample, rows, bench: HOSTILE[1]! });
  assertEquals(html.match(/<\/?script/g)?.length, 8);
  assertEquals(html.match(/<(img|a href="javascript|!--)/gi), null);
  for (const char of ["\u2028", "\u2029", "\u202E", "\0", "\x1b"]) assert(!html.includes(char));
  assert(html.isWellFormed());
  assertStringIncludes(html, "… (1,000,000 characters)");
  assertStringIncludes(html, "&lt;script&gt;globalThis.hacked = 1&lt;/script&gt;");
  assert(html.length < 2_000_000, `The page has ${html.length} characters`);
  assertEquals(figures(html), ALL.filter((id) => id !== "grid"));
});

Deno.test("renderHtmlReport() refuses scores of other rows", async () => {
  const input = await sampleReport(mostlyRight(5, ABC));
  const scored = (await sampleReport(mostlyRight(4, ABC))).scored;
  assertThrows(() => renderHtmlReport({ ...input, scored }, PLOTLY), RangeError, "5 scored rows");
});

Deno.test("readPlotly() reads a source that a page can hold", async () => {
  const plotly = await readPlotly();
  assert(plotly.length > 1e6);
  const html = htmlPage({ title: "t", style: "", content: "", data: {}, scripts: [plotly] });
  assertStringIncludes(html, "plotly.js (cartesian - minified) v3");
});

Deno.test("htmlPage() refuses a script that would end its element", () => {
  const parts = { title: "t", style: "", content: "", data: {} };
  for (const script of ["'</script>'", "'</SCRIPT'", "'<!--'", "a\r\nb"]) {
    assertThrows(() => htmlPage({ ...parts, scripts: [script] }), RangeError);
  }
});

Deno.test("scriptJson() holds any value and nothing that HTML would read", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = scriptJson(value);
    assertEquals(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    assert(!/[<>&\u2028\u2029]/.test(text));
  }));
});

Deno.test("htmlText() leaves no markup, quote or control character", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert(!/[<>"'\p{Cc}]/u.test(htmlText(text)));
  }));
});

Deno.test("htmlTable() says how many lines it leaves out", () => {
  const rows = Array.from({ length: 5 }, (_, i) => [i, "<b>"]);
  const html = htmlTable({ columns: ["n", "<i>"], rows }, 3);
  assertStringIncludes(html, "3 of 5 lines are shown");
  assertStringIncludes(html, '<td class="num">2</td><td>&lt;b&gt;</td>');
  assert(!html.includes(">3</td>") && !html.includes("<i>"));
});

Deno.test("shortened() keeps short prompts and states the length of long ones", () => {
  assertEquals(shortened("swap 1 ETH"), "swap 1 ETH");
  assertEquals(shortened("a".repeat(2000), 3), "aaa… (2,000 characters)");
});
