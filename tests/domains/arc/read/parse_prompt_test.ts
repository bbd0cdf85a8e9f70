import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import fc from "fast-check";
import { executeArcPlan } from "../../../../src/domains/arc/execute.ts";
import type { Grid } from "../../../../src/domains/arc/grid/grid.ts";
import { parseArcPrompt } from "../../../../src/domains/arc/read/parse_prompt.ts";
import { formatArcPlan } from "../../../../src/domains/arc/plan_text.ts";
import { planHash } from "../../../../src/domains/arc/plan_hash.ts";
import { verifyArcPairs } from "../../../../src/domains/arc/verify.ts";
import {
  abstainTemplatesOf,
  joinersOf,
  templatesOf,
} from "../../../../fixtures/arc/grammar/generate.ts";
import { ARC_PRIMITIVES } from "../../../../src/domains/arc/taxonomy.ts";
import { arcFiles, parseArcList } from "../../../../fixtures/arc/grammar/outputs.ts";
import { readCsv } from "../../../../src/data/csv/csv.ts";
import { readLabeledCsv } from "../../../../src/data/dataset.ts";

const FOLDER = "fixtures/arc/";
const read = (name: string) => Deno.readTextFileSync(FOLDER + name);

const CASES: readonly (readonly [prompt: string, plan: string])[] = [
  ["rotate then flip vertically", "rotate(90);flip_v"],
  ["flip the grid horizontally then rotate it", "flip_h;rotate(90)"],
  ["mirror it across the vertical axis", "flip_h"],
  ["mirror it across the horizontal axis", "flip_v"],
  ["rotate counterclockwise", "rotate(270)"],
  ["rotate 270 degrees counter-clockwise", "rotate(90)"],
  ["rotate 360 degrees", "identity"],
  ["rotate it twice", "rotate(90);rotate(90)"],
  ["rotate, flip vertically, then undo the last step", "rotate(90)"],
  ["rotate, transpose, undo everything", "identity"],
  ["rotate it after flipping it vertically", "flip_v;rotate(90)"],
  ["before you rotate it, transpose it", "transpose;rotate(90)"],
  ["change red to green and blue to yellow", "recolor(2>3,1>4)"],
  ["change red to green, then green to blue", "recolor(2>3);recolor(3>1)"],
  ["translate by (-2, 3)", "translate(-2,3)"],
  ["keep rows 0 to 1", "crop(0,0,-1,1)"],
  ["keep rows 1 to 2", "crop(0,0,-1,1)"],
  ["tile 2x3", "tile(3,2)"],
  ["rotate but don't flip it horizontally", "rotate(90)"],
  ["no, rotate it", "rotate(90)"],
  ["rotate it, no, flip it horizontally instead", "flip_h"],
  ["rotate left, no wait, right", "rotate(90)"],
  ["１. rotate　２. flip vertically", "rotate(90);flip_v"],
];

for (const [prompt, plan] of CASES) {
  Deno.test(`parseArcPrompt() reads "${prompt}"`, () => assertEquals(planOf(prompt), plan));
}

const REFUSED: readonly (readonly [prompt: string, reason: string])[] = [
  ["", "empty"],
  ["   ", "empty"],
  ["rotate ".repeat(400), "too_long"],
  ["should I rotate it?", "question"],
  ["why did you flip it", "question"],
  ["do not rotate it", "negation"],
  ["don't, please, rotate it", "negation"],
  ["I don't want it rotated", "negation"],
  ["if it is square, rotate it", "condition"],
  ["I rotated it", "report"],
  ["flip it horizontally or vertically", "ambiguous"],
  ["flip it", "missing_argument"],
  ["move the shape", "missing_argument"],
  ["rotate 45 degrees", "bad_argument"],
  ["move the red cells to the left", "unsupported"],
  ["make it half the size", "unsupported"],
  ["undo the last step", "nothing_to_undo"],
  ["rotate 65 times", "too_many_steps"],
  ["rotate 40 times and do the whole thing twice", "too_many_steps"],
  ["count the objects", "no_action"],
  ["rotate it, then count the objects", "no_action"],
];

for (const [prompt, reason] of REFUSED) {
  Deno.test(`parseArcPrompt() refuses "${prompt.slice(0, 40)}": ${reason}`, () => {
    const parse = parseArcPrompt(prompt);
    assertEquals(parse.executable ? formatArcPlan(parse.plan) : parse.reason, reason);
  });
}

Deno.test("each step knows its words", () => {
  const prompt = "Please rotate it 90° left; afterwards, make red blue, twice";
  const parse = parseArcPrompt(prompt);
  assert(parse.executable);
  assertEquals(parse.steps.map(({ text }) => text), [
    "rotate it 90° left",
    "make red blue, twice",
    "make red blue, twice",
  ]);
  for (const { span, text } of parse.steps) assertEquals(prompt.slice(span.start, span.end), text);
});

Deno.test("steps that are undone are told", () => {
  const parse = parseArcPrompt("rotate, flip vertically, undo that");
  assert(parse.executable);
  assertEquals(parse.undone.map(({ step }) => step), [{ op: "flip_v" }]);
});

Deno.test("rotate then flip vertically has the documented fingerprint and result", () => {
  const parse = parseArcPrompt("rotate then flip vertically");
  assert(parse.executable);
  assertEquals(planHash(parse.plan.map(({ op }) => op)), "ae5b5bfe366b");
  const { steps } = executeArcPlan(parse.plan, [[1, 2], [3, 4]]);
  assertEquals(steps.map(({ grid }) => grid), [[[3, 1], [4, 2]], [[4, 2], [3, 1]]]);
});

Deno.test("any text gets an answer, the same one each time, and quickly", () => {
  const word = fc.constantFrom(
    ..."rotate flip twice undo the last then and , ; not 90 2 x red blue to left rows keep tile ) ( -> é \u0301 \u202e"
      .split(" "),
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 40 }).map((words) => words.join(" ")),
  );
  fc.assert(
    fc.property(text, (prompt) => {
      const parse = parseArcPrompt(prompt);
      assertEquals(parseArcPrompt(prompt), parse);
      if (!parse.executable) return;
      assert(parse.plan.length > 0 && parse.plan.length <= 128);
      for (const { span } of parse.steps) assert(0 <= span.start && span.end <= prompt.length);
    }),
    { numRuns: 1000 },
  );
  const hostile = ["rotate and ".repeat(180), "1) ".repeat(600), "num:9 color:3 ".repeat(140)];
  for (const prompt of hostile) {
    const before = performance.now();
    parseArcPrompt(prompt);
    assert(performance.now() - before < 2000, prompt.slice(0, 20));
  }
});

Deno.test("the files are as the grammar and the list give them", () => {
  for (const [name, content] of arcFiles(read("handwritten/prompts.txt"))) {
    assert(content === read(name), `${name} is not as generated`);
  }
});

Deno.test("no template or joiner of the test side is on the training side", () => {
  const fold = (text: string) => text.toLowerCase().replace(/[^\p{L}{}]+/gu, " ").trim();
  const of = (side: "train" | "test") =>
    [
      ...ARC_PRIMITIVES.flatMap((label) => templatesOf(side, label).map(({ text }) => text)),
      ...abstainTemplatesOf(side),
    ].map(fold);
  const train = new Set(of("train"));
  assertEquals(of("test").filter((text) => train.has(text)), []);
  const joiners = new Set(joinersOf("train").map(({ text }) => text));
  assertEquals(joinersOf("test").filter(({ text }) => joiners.has(text)), []);
});

Deno.test("train and test share no prompt", async () => {
  const fold = (prompt: string) => prompt.toLowerCase().replace(/[^\p{L}]+/gu, " ").trim();
  const rows = async (name: string) => (await rowsOf(name)).map(({ prompt }) => fold(prompt));
  const train = new Set([
    ...await rows("arc_steps_train.csv"),
    ...await rows("arc_plans_train.csv"),
  ]);
  const test = [...await rows("arc_steps_test.csv"), ...await rows("arc_plans_test.csv")];
  assertEquals(test.filter((prompt) => train.has(prompt)), []);
  assertGreaterOrEqual(train.size + test.length, 1000);
});

Deno.test("the mapper's files are read by readLabeledCsv()", async () => {
  const { rows, skipped } = await readLabeledCsv(`${FOLDER}arc_steps_train.csv`);
  assertGreaterOrEqual(rows.length, 900);
  assertEquals(skipped.emptyPrompts, []);
});

const FLOORS: readonly (readonly [file: string, half: string | undefined, floor: number])[] = [
  ["arc_steps_train.csv", undefined, 0.99],
  ["arc_plans_train.csv", undefined, 0.98],
  ["arc_steps_test.csv", undefined, 0.95],
  ["arc_plans_test.csv", undefined, 0.95],
  ["handwritten.csv", "dev", 0.95],
  ["handwritten.csv", "test", 0.85],
];

for (const [file, half, floor] of FLOORS) {
  Deno.test(`exact plans on ${file} ${half ?? ""} are at least ${floor}`, async () => {
    const rows = (await rowsOf(file)).filter((row) => half === undefined || row.half === half);
    const right = rows.filter(({ prompt, plan }) => planOf(prompt) === plan.replace(/:.*/, ""));
    assertGreaterOrEqual(right.length / rows.length, floor);
  });
}

Deno.test("at most one in twenty prompts that must abstain is carried out", async () => {
  const files = ["arc_steps_test.csv", "handwritten.csv"];
  const rows = (await Promise.all(files.map(rowsOf))).flat().filter(({ plan }) =>
    plan.startsWith("abstain")
  );
  const fired = rows.filter(({ prompt }) => parseArcPrompt(prompt).executable);
  assert(fired.length / rows.length <= 0.05, JSON.stringify(fired));
});

Deno.test("wherever the plan is right the grid is what numpy makes of it", async () => {
  const pairs = new Map<string, { input: Grid; output: Grid }>(
    read("grid_pairs.jsonl").trimEnd().split("\n").map((line) => {
      const { plan, input, output } = JSON.parse(line);
      return [plan, { input, output }];
    }),
  );
  let checked = 0;
  for (const file of ["arc_steps_test.csv", "arc_plans_test.csv", "handwritten.csv"]) {
    for (const { prompt, plan } of await rowsOf(file)) {
      const parse = parseArcPrompt(prompt);
      const pair = pairs.get(plan);
      if (!parse.executable || formatArcPlan(parse.plan) !== plan || !pair) continue;
      const { ok, mismatches } = verifyArcPairs(parse.plan, [pair]);
      assert(ok, `${plan}: ${mismatches[0]?.found}`);
      checked++;
    }
  }
  assertGreaterOrEqual(checked, 780);
});

Deno.test("the hand-written list names the line of a bad row", () => {
  const cases = [["# x\nrotate the grid", "list.txt:2: Expected"], [
    "spin(3)\tspin it",
    "list.txt:1: Unknown plan",
  ]];
  for (const [text, message] of cases) {
    let found = "";
    try {
      parseArcList(text!, "list.txt");
    } catch (error) {
      found = (error as Error).message;
    }
    assert(found.includes(message!), found);
  }
});

interface PlanRow {
  readonly prompt: string;
  readonly plan: string;
  readonly half: string | undefined;
}

async function rowsOf(file: string): Promise<PlanRow[]> {
  const rows: PlanRow[] = [];
  for await (const { fields } of readCsv(FOLDER + file, { required: ["prompt", "plan"] })) {
    rows.push({ prompt: fields["prompt"]!, plan: fields["plan"]!, half: fields["half"] });
  }
  return rows;
}

function planOf(prompt: string): string {
  const parse = parseArcPrompt(prompt);
  return parse.executable ? formatArcPlan(parse.plan) : "abstain";
}

Deno.test("a prompt of signs alone is refused before it takes time", () => {
  for (const sign of [",+", "é ", "red, ", "1 ", ") ", "right, ", "1,,-"]) {
    const prompt = `rotate ${sign.repeat(1000)}`.slice(0, 2000);
    let least = Infinity;
    // The least of three: any may be late once
    for (let i = 0; i < 3; i++) {
      const start = performance.now();
      parseArcPrompt(prompt);
      least = Math.min(least, performance.now() - start);
    }
    assert(least < 60, `${JSON.stringify(sign)} took ${least} ms`);
  }
  const many = parseArcPrompt(`rotate ${"red, ".repeat(390)}`);
  assert(!many.executable && many.reason === "too_long");
});
