// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * What rounding the weights of a mapper to whole steps changes, and how much room they take:
 *
 *     deno task bench:steps BANKING77_FOLDER SPEC
 *
 * The folder has train.csv and test.csv (prompt,label). `row, N bits` is a step for each row of weights, in
 * proportion to its largest; `2^E` is one for all weights.
 */
import { openEncoder, readLabeledCsv } from "../mod.ts";
import { packIntegers } from "../src/core/packed_arrays.ts";
import { fitCalibrated, predictProbabilities } from "../src/mapper/mod.ts";
import { textTable } from "../src/report/mod.ts";

const LARGEST = 32767;
const [folder, spec] = Deno.args;
const read = (name: string) => readLabeledCsv(`${folder}/${name}.csv`);
const [train, test] = await Promise.all([read("train"), read("test")]);
const names = [...new Set(train.rows.map(({ label }) => label!))].sort();
await using encoder = await openEncoder(spec!);
const features = await encoder.encode(train.rows.map(({ prompt }) => prompt));
const asked = await encoder.encode(test.rows.map(({ prompt }) => prompt));
const labels = Int32Array.from(train.rows, ({ label }) => names.indexOf(label!));
const { model } = fitCalibrated(features, labels, { classes: names.length, method: "none" });
const { classifier } = model.members[0]!;
const { weights } = classifier;

/** Exponent of the step of a row of weights. */
type ExponentOf = (largest: number) => number;

function rounded(exponentOf: ExponentOf): { weights: Float32Array; steps: Int16Array } {
  const steps = new Int16Array(weights.length);
  const near = weights.map((_, i) => {
    const from = i - i % names.length;
    const row = weights.subarray(from, from + names.length);
    const step = 2 ** exponentOf(row.reduce((max, weight) => Math.max(max, Math.abs(weight)), 0));
    steps[i] = Math.round(weights[i]! / step);
    return steps[i]! * step;
  });
  return { weights: near, steps };
}

function classesOf({ data, rows, cols }: { data: Float64Array; rows: number; cols: number }) {
  return Array.from({ length: rows }, (_, i) => {
    const row = data.subarray(i * cols, (i + 1) * cols);
    return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
  });
}

const exact = predictProbabilities(model, asked);
const before = classesOf(exact);
const ways: [string, ExponentOf][] = [
  ...[8, 12].map((bits): [string, ExponentOf] => [
    `row, ${bits} bits`,
    (largest) => Math.max(-120, Math.ceil(Math.log2(largest / (2 ** (bits - 1) - 1)))),
  ]),
  ...[-12, -10, -9, -8, -7].map((exponent): [string, ExponentOf] => [
    `2^${exponent}`,
    (largest) => Math.max(exponent, Math.ceil(Math.log2(largest / LARGEST))),
  ]),
];
const rows = ways.map(([name, exponentOf]) => {
  const near = rounded(exponentOf);
  const members = [{ classifier: { ...classifier, weights: near.weights }, calibrators: [] }];
  const probabilities = predictProbabilities({ ...model, members }, asked);
  const moved = probabilities.data.reduce(
    (most, p, i) => Math.max(most, Math.abs(p - exact.data[i]!)),
    0,
  );
  const now = classesOf(probabilities);
  const right = now.filter((k, i) => names[k] === test.rows[i]!.label).length;
  return [
    name,
    (packIntegers(near.steps, names.length).length / 1e6).toFixed(2),
    now.filter((k, i) => k !== before[i]).length,
    moved.toFixed(5),
    (100 * right / now.length).toFixed(2),
  ];
});
console.log(textTable({
  columns: ["step", "weights, MB", "other class", "moved at most", "accuracy %"],
  rows,
}));
