import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { readLabeledCsv } from "../../src/data/dataset.ts";
import { createMasker } from "../../src/data/template.ts";
import { openEncoder } from "../../src/encoders/open.ts";
import { predictOutOfFold } from "../../src/mapper/out_of_fold.ts";

const mask = createMasker([]);
const OPTIONS = { folds: 4, mask, foldSeed: 0, method: "none" } as const;
const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
const encoder = await openEncoder("ngram");

const accuracy = async (rows: typeof data.rows): Promise<number> => {
  const { classes, probabilities } = await predictOutOfFold({ ...data, rows }, encoder, OPTIONS);
  const { cols, data: values } = probabilities;
  const right = rows.filter(({ label }, i) => {
    const row = values.subarray(i * cols, (i + 1) * cols);
    return classes[row.indexOf(Math.max(...row))] === label;
  });
  return right.length / rows.length;
};

Deno.test("predictOutOfFold() gives every row probabilities, and better ones than chance", async () => {
  const { classes, probabilities, lacking } = await predictOutOfFold(data, encoder, OPTIONS);
  assertEquals([probabilities.rows, lacking], [data.rows.length, []]);
  for (let i = 0; i < probabilities.rows; i++) {
    const row = probabilities.data.subarray(i * classes.length, (i + 1) * classes.length);
    assertAlmostEquals(row.reduce((a, b) => a + b), 1, 1e-9);
  }
  assert(await accuracy(data.rows) > 0.4);
});

Deno.test("predictOutOfFold() never judges a row by its own template", async () => {
  // Labels without any sense can be told only by who has seen the template.
  const rows = Array.from({ length: 200 }, (_, i) => ({
    id: String(i),
    line: i + 2,
    prompt: `${String.fromCharCode(97 + (i >> 1) % 26, 97 + ((i >> 1) * 7) % 24)} thing ${i}`,
    label: (i >> 1) * 2654435761 % 7 < 3 ? "a" : "b",
  }));
  assert(await accuracy(rows) < 0.75);
});

Deno.test("predictOutOfFold() names a class that a fold holds out whole", async () => {
  const rare = [1, 2].map((n) => ({
    id: `r${n}`,
    line: 900 + n,
    prompt: `zig zag ${n}`,
    label: "rare",
  }));
  const found = await predictOutOfFold(
    { ...data, rows: [...data.rows, ...rare] },
    encoder,
    OPTIONS,
  );
  assertEquals(found.lacking, ["rare"]);
  const column = found.classes.indexOf("rare");
  assertEquals(found.probabilities.data[data.rows.length * found.classes.length + column], 0);
});

Deno.test("predictOutOfFold() refuses more folds than templates", async () => {
  const rows = ["a", "b"].map((label, i) => ({ id: label, line: i + 2, prompt: label, label }));
  const error = await assertRejects(
    () => predictOutOfFold({ ...data, rows }, encoder, OPTIONS),
    MicroLmError,
    "templates for 4 folds",
  );
  assertEquals(error.kind, "data");
});
