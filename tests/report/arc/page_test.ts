import { THEME_SCRIPT } from "../../../src/report/page/html_style.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { renderArcPage, type RenderArcPageOptions } from "../../../src/report/arc/page.ts";
import type { RunRecord } from "../../../src/run/record/record.ts";
import { openRuntime } from "../../../src/run/runtime.ts";
import type { RunRequest } from "../../../src/run/runtime_types.ts";
import { HOSTILE } from "../html_sample.ts";

const arc = await openRuntime({ domain: "arc", backend: "wordmap" });
const GRID = [[1, 2], [3, 4]];

async function pageOf(request: RunRequest, options?: RenderArcPageOptions): Promise<string> {
  return renderArcPage(await arc.run(request), options);
}

/** What a reader sees, without the record in the page. */
function seen(page: string): string {
  return page.replace(
    /<style>[\s\S]*?<\/style>|<script type="application\/json"[\s\S]*?<\/script>/g,
    "",
  );
}

Deno.test("renderArcPage() shows the input and every grid in order, with its step", async () => {
  const prompt = "rotate then flip vertically";
  const page = await pageOf({ prompt, grid: GRID }, { grid: GRID });
  const captions = [...page.matchAll(/<figcaption>(.*?) <small>/g)].map((found) => found[1]);
  assertEquals(captions, ["input", "1. rotate(90)", "2. flip_v"]);
  const grids = [...page.matchAll(/aria-label="2 rows of 2 cells: (.*?)"/g)].map((found) =>
    found[1]
  );
  assertEquals(grids, ["12 34", "31 42", "42 31"]);
  assertStringIncludes(page, "<mark>rotate</mark> then <mark>flip vertically</mark>");
  assertStringIncludes(page, "2 steps taken back");
});

const SHOWN: [
  name: string,
  request: RunRequest,
  words: readonly string[],
  not: readonly string[],
][] = [
  ["a plan without a grid", { prompt: "rotate it" }, ["rotate(90)", "No grid was given"], ["<svg"]],
  [
    "a step that loses something",
    { prompt: "rotate it, then crop it to the left half", grid: GRID },
    ["1 step taken back", "What step 2 does cannot be taken back"],
    ["refused"],
  ],
  [
    "a refusal with its reason and the words that it is about",
    { prompt: "rotate it by 45 degrees", grid: GRID },
    [
      "refused",
      "A turn of 45 degrees",
      "<mark>rotate it by 45 degrees</mark>",
      "nothing to carry out",
    ],
    ["No grid was given", "Checked"],
  ],
  [
    "a dry run",
    { prompt: "rotate it", grid: GRID, dryRun: true },
    ["dry run", "It would allow: rotate"],
    ["refused", "1. rotate(90)"],
  ],
  ["an empty prompt", { prompt: "  " }, ["refused", "The prompt is empty"], ["<mark>"]],
  [
    "a grid that a step cannot be applied to",
    { prompt: "tile it 20x20", grid: GRID },
    ["refused", "Cannot apply step 1"],
    ["Checked"],
  ],
];

for (const [name, request, words, not] of SHOWN) {
  Deno.test(`renderArcPage() shows ${name}`, async () => {
    const page = seen(await pageOf(request));
    for (const word of words) assertStringIncludes(page, word);
    for (const word of not) assert(!page.includes(word), `The page says "${word}"`);
  });
}

Deno.test("renderArcPage() shows pairs and which of them the plan explains", async () => {
  const right = { input: [[1, 2]], output: [[2, 1]] };
  const wrong = { input: [[1, 2], [3, 4]], output: [[3, 4], [1, 2]] };
  const pairs = [right, wrong];
  const refused = await pageOf({ prompt: "flip horizontally", pairs }, { pairs });
  assertStringIncludes(refused, "Pair 1: explained");
  assertStringIncludes(refused, "Pair 2: expected 3 at row 1, column 1, got 2");
  assertStringIncludes(refused, "it fails to explain 1 of 2 pairs");
  const many = Array.from({ length: 12 }, () => right);
  const page = await pageOf({ prompt: "flip horizontally", pairs: many }, { pairs: many });
  assertStringIncludes(page, "it explains 12 pairs");
  assertStringIncludes(page, "10 of 12 pairs are shown");
});

Deno.test("renderArcPage() leaves digits out where they would be too small, and gives numbers", async () => {
  const grid = Array.from(
    { length: 30 },
    (_, y) => Array.from({ length: 30 }, (_, x) => (x + y) % 10),
  );
  const page = await pageOf({ prompt: "rotate it", grid }, { grid });
  assert(!page.includes("<text"));
  assertStringIncludes(page, "<pre>0 1 2 3 4 5 6 7 8 9 0");
});

Deno.test("renderArcPage() shows hostile prompts as text and runs nothing", async () => {
  for (const text of HOSTILE) {
    for (const prompt of [text, `rotate it ${text}, then flip vertically ${text}`]) {
      const whole = await pageOf({ prompt, grid: GRID }, { grid: GRID });
      const page = seen(whole).replace(`<script>${THEME_SCRIPT}</script>`, "");
      assertEquals(page.match(/<(script|img|a\b|iframe|!--|b>)|\son\w+="/gi), null, prompt);
      assertEquals(page.match(/[\u202a-\u202e\u2066-\u2069]/g), null, prompt);
    }
  }
});

Deno.test("renderArcPage() shows all of a prompt, whatever is marked in it", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(
      fc.constantFrom("rotate it", "twice", "flip", "by 45 degrees", "then", "undo", "🟥", "a"),
      {
        maxLength: 8,
      },
    ),
    async (words) => {
      const prompt = words.join(" ");
      const page = await pageOf({ prompt });
      const shown = page.match(/<p class="prompt">([\s\S]*?)<\/p>/)![1]!.replace(/<\/?mark>/g, "");
      assertEquals(shown, prompt.trim() === "" ? shown : prompt);
    },
  ));
});

Deno.test("renderArcPage() carries the record and refuses one of another domain", async () => {
  const record = await arc.run({ prompt: "rotate </script> it" });
  const [, json] = renderArcPage(record).match(/id="data">(.*?)<\/script>/)!;
  assertEquals(JSON.parse(json!), JSON.parse(JSON.stringify(record)));
  const other: RunRecord = { ...record, domain: "defi" };
  assertThrows(() => renderArcPage(other), RangeError, 'got "defi"');
});
