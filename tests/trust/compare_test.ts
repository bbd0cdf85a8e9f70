import { assert, assertEquals, assertThrows } from "@std/assert";
import { createRandom } from "../../src/core/random.ts";
import { compareDecisions } from "../../src/trust/compare.ts";
import { inTempFolder } from "../temp.ts";
import { runTask } from "../tasks/run_task.ts";

/** Decisions that are right with a probability, for whole groups of rows. */
function draw(seed: number, rights: readonly [number, number]) {
  const random = createRandom(seed);
  const gold: string[] = [];
  const said: [(string | null)[], (string | null)[]] = [[], []];
  const groups: string[] = [];
  for (let group = 0; group < 120; group++) {
    const size = 1 + random.integer(5);
    const answers = rights.map((share) => random.uniform() < share ? "a" : "b");
    for (let i = 0; i < size; i++) {
      gold.push("a");
      groups.push(`${group}`);
      said.forEach((list, which) => list.push(answers[which]!));
    }
  }
  return { gold, first: said[0], second: said[1], groups };
}

Deno.test("compareDecisions() claims a difference in at most 5% of draws without one", () => {
  let claims = 0;
  let byRows = 0;
  for (let seed = 0; seed < 200; seed++) {
    const { different, mcnemar } = compareDecisions(draw(seed, [0.8, 0.8]));
    if (different) claims++;
    if (mcnemar.p_value < 0.05) byRows++;
  }
  assert(claims <= 10, `${claims} of 200`);
  assert(
    byRows > 15 && claims <= byRows / 3,
    `rows of a template are no evidence of their own: ${byRows} of 200`,
  );
});

Deno.test("compareDecisions() finds a difference that is there", () => {
  const found = compareDecisions(draw(1, [0.6, 0.9]));
  assert(found.different);
  assert(found.accuracy.ci_low > 0 && found.wrong_rate.ci_high < 0);
  assertEquals(found.coverage.value, 0);
});

Deno.test("compareDecisions() refuses lists of different lengths", () => {
  const bad = { gold: ["a"], first: ["a"], second: [], groups: ["1"] };
  assertThrows(() => compareDecisions(bad), RangeError, "Expected rows");
});

Deno.test("compare finds no difference between a mapper and itself, and wants two", async () => {
  await inTempFolder(async (folder) => {
    const csv = "fixtures/defi/defi_mapper_labeled_mini.csv";
    const mapper = `${folder}/m.json`;
    const options = { permissions: ["--allow-read=.", "--allow-write=.artifacts,.cache"] };
    const train = ["--labels_csv", csv, "--out_path", mapper, "--sbert", "ngram"];
    assertEquals((await runTask("train", train, options)).code, 0);
    const judge = ["--labels_csv", csv, "--out_csv", `${folder}/flips.csv`, "--json"];
    const same = await runTask("compare", [mapper, mapper, ...judge], options);
    assertEquals(same.code, 0, same.stderr);
    const { different, flips, rows } = JSON.parse(same.stdout);
    assertEquals([different, flips, rows], [false, [], 360]);
    assertEquals((await runTask("compare", [mapper, ...judge], options)).code, 64);
    assertEquals((await runTask("compare", [mapper, "no.json", ...judge], options)).code, 66);
  });
});
