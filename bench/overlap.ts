// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * What training sets and reporting sets of the DeFi fixtures share: rows with the same prompt, rows with the
 * same template, and how near the nearest training row is.
 *
 * `deno task bench:overlap`
 *
 * Nearness is the cosine of n-gram vectors: 1 for the same words and word pieces. Prints totals, never a
 * row: sets for reporting stay unseen.
 */
import { openDomain, openEncoder, readLabeledCsv, readPrompts } from "../mod.ts";
import type { CsrMatrix } from "../src/core/matrix.ts";
import { createMasker, createOverlapIndex, measureOverlap } from "../src/data/mod.ts";
import { percent, textTable } from "../src/report/mod.ts";

const FOLDER = "fixtures/defi";
const TRAINING = ["defi_mapper_train.csv", "defi_mapper_labeled_large.csv"];
const REPORTING = [
  "defi_mapper_labeled_5k.csv",
  "defi_mapper_unseen_verbs.csv",
  "defi_mapper_stress_labeled.csv",
  "defi_nonexec.csv",
  "defi_natural_test.csv",
  "defi_plans_test.jsonl",
];
/** From here on a row says nearly the same as one of the training. */
const NEAR = 0.9;

const mask = createMasker((await openDomain("defi")).slots);
await using encoder = await openEncoder("ngram");

const rows: string[][] = [];
for (const training of TRAINING) {
  const train = await readLabeledCsv(`${FOLDER}/${training}`);
  const index = createOverlapIndex(train, mask);
  const columns = byColumn(await encode(train.rows));
  for (const reporting of REPORTING) {
    const set = await readPrompts(`${FOLDER}/${reporting}`);
    const { exact, template } = measureOverlap(index, set, mask);
    const nearest = nearestCosines(await encode(set.rows), columns, train.rows.length).sort();
    rows.push([
      training,
      reporting,
      String(set.rows.length),
      `${exact.count} (${percent(exact.rate)})`,
      `${template.count} (${percent(template.rate)})`,
      nearest[nearest.length >> 1]!.toFixed(2),
      nearest[Math.floor(0.95 * nearest.length)]!.toFixed(2),
      percent(nearest.filter((cosine) => cosine >= NEAR).length / nearest.length),
    ]);
  }
}
console.log(textTable({
  columns: [
    ...["training", "reporting", "rows", "same prompt", "same template"],
    ...["nearest, median", "nearest, 95%", `nearest ≥ ${NEAR}`],
  ],
  rows,
}));

async function encode(rows: readonly { readonly prompt: string }[]): Promise<CsrMatrix> {
  return (await encoder.encode(rows.map(({ prompt }) => prompt))).sparse!;
}

type Entries = { readonly row: number; readonly value: number }[];

/** The entries of each column: which rows have it, and with which weight. */
function byColumn({ indptr, indices, values, rows }: CsrMatrix): Map<number, Entries> {
  const columns = new Map<number, Entries>();
  for (let row = 0; row < rows; row++) {
    const length = lengthOf(values.subarray(indptr[row]!, indptr[row + 1]!));
    for (let i = indptr[row]!; i < indptr[row + 1]!; i++) {
      const entries = columns.get(indices[i]!) ?? [];
      columns.set(indices[i]!, entries);
      entries.push({ row, value: values[i]! / length });
    }
  }
  return columns;
}

/** Of each row the largest cosine with a row of the training. */
function nearestCosines(
  { indptr, indices, values, rows }: CsrMatrix,
  columns: Map<number, Entries>,
  trained: number,
): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    const sums = new Float64Array(trained);
    const length = lengthOf(values.subarray(indptr[row]!, indptr[row + 1]!));
    for (let i = indptr[row]!; i < indptr[row + 1]!; i++) {
      for (const { row, value } of columns.get(indices[i]!) ?? []) {
        sums[row]! += value * values[i]! / length;
      }
    }
    return sums.reduce((largest, sum) => Math.max(largest, sum), 0);
  });
}

function lengthOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) || 1;
}
