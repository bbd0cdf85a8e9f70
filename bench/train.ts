// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Times training against scikit-learn on the same features, in one run:
 *
 *     deno task bench [train.csv]
 *
 * With a CSV of prompts and labels, its `static` features are a third case. Needs python3 with
 * scikit-learn.
 */
import { openEncoder, readLabeledCsv } from "../mod.ts";
import { createRandom } from "../src/core/mod.ts";
import { fitCalibrated } from "../src/mapper/mod.ts";
import { textTable } from "../src/report/mod.ts";

const FOLDER = ".artifacts/bench";
const REPEATS = 5;

interface Case {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  readonly calibrated: boolean;
  readonly x: Float32Array;
  readonly y: Int32Array;
}

/** Unit vectors in noisy clusters with a falling spectrum, as embeddings have; 3% wrong labels. */
function clusters(name: string, rows: number, classes: number, calibrated: boolean): Case {
  const columns = 512;
  const random = createRandom(1);
  const spread = Float64Array.from({ length: columns }, (_, j) => 1 / Math.sqrt(1 + j));
  const centres = Float64Array.from(
    { length: classes * columns },
    (_, i) => random.normal() * spread[i % columns]!,
  );
  const x = new Float32Array(rows * columns);
  const y = Int32Array.from({ length: rows }, (_, i) => i % classes);
  for (let i = 0; i < rows; i++) {
    const row = x.subarray(i * columns, (i + 1) * columns);
    const centre = y[i]! * columns;
    row.forEach((_, j) => row[j] = 0.75 * centres[centre + j]! + random.normal() * spread[j]!);
    const length = Math.hypot(...row);
    row.forEach((value, j) => row[j] = value / length);
    if (random.uniform() < 0.03) y[i] = random.integer(classes);
  }
  return { name, rows, columns, classes, calibrated, x, y };
}

async function fromCsv(path: string): Promise<Case> {
  const data = await readLabeledCsv(path);
  const names = [...new Set(data.rows.map((row) => row.label!))].sort();
  await using encoder = await openEncoder("static");
  const { dense } = await encoder.encode(data.rows.map((row) => row.prompt));
  return {
    name: `${path.split("/").slice(-2).join("/")}, static`,
    rows: data.rows.length,
    columns: dense!.cols,
    classes: names.length,
    calibrated: false,
    x: dense!.data,
    y: Int32Array.from(data.rows, (row) => names.indexOf(row.label!)),
  };
}

function timeOurs({ x, y, rows, columns, classes, calibrated }: Case): number[] {
  const features = { rows, dense: { data: x, rows, cols: columns } };
  return Array.from({ length: REPEATS }, () => {
    const start = performance.now();
    fitCalibrated(features, y, {
      classes,
      classWeight: "balanced",
      method: calibrated ? "isotonic" : "none",
    });
    return performance.now() - start;
  });
}

async function timeScikitLearn({ x, y, rows, columns, calibrated }: Case): Promise<number[]> {
  await Deno.mkdir(FOLDER, { recursive: true });
  await Deno.writeFile(`${FOLDER}/x.bin`, new Uint8Array(x.buffer));
  await Deno.writeFile(`${FOLDER}/y.bin`, new Uint8Array(y.buffer));
  const { stdout, stderr, success } = await new Deno.Command("/usr/bin/python3", {
    args: [
      "bench/train_sklearn.py",
      FOLDER,
      `${rows}`,
      `${columns}`,
      `${calibrated}`,
      `${REPEATS}`,
    ],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout)) as number[];
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

const cases = [
  clusters("1,000 × 512, 8 classes, isotonic cv 3", 1000, 8, true),
  clusters("10,003 × 512, 77 classes", 10003, 77, false),
];
if (Deno.args[0]) cases.push(await fromCsv(Deno.args[0]));
const rows: (string | number)[][] = [];
for (const one of cases) {
  const ours = timeOurs(one);
  const theirs = await timeScikitLearn(one);
  rows.push([
    one.name,
    Math.round(ours[0]!),
    Math.round(median(ours)),
    Math.round(median(theirs)),
    (median(ours) / median(theirs)).toFixed(2),
  ]);
}
console.log(textTable({
  columns: ["training", "ours first ms", "ours ms", "scikit-learn ms", "ratio"],
  rows,
}));
