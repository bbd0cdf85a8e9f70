// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Training on sparse and dense columns against scikit-learn, on the same features in one run:
 *
 *     deno run -A bench/train_sparse.ts [BANKING77_FOLDER]
 *
 * The folder has train.csv and test.csv (prompt,label), encoded by `lite`; the other case is generated,
 * 15,000 rows × 150 classes of the same sparsity. PYTHON names an interpreter with scikit-learn. Each fit
 * is a process of its own, so that its peak of memory is its own.
 */
import { openEncoder, readLabeledCsv } from "../mod.ts";
import { createRandom } from "../src/core/mod.ts";
import type { Features } from "../src/core/matrix.ts";
import { createPredictor, fitCalibrated } from "../src/mapper/mod.ts";
import { textTable } from "../src/report/mod.ts";

const FOLDER = ".artifacts/bench_sparse";
const PARTS = ["train", "test"] as const;

interface Part {
  readonly features: Features;
  readonly labels: Int32Array;
}

/** Words of a long-tailed vocabulary, some of which belong to a class, beside a noisy dense centre. */
function generate(rows: number, classes: number, seed: number): Part {
  const [cols, dense, words] = [1 << 18, 256, 120];
  const random = createRandom(seed);
  const centre = createRandom(7);
  const centres = Float64Array.from({ length: classes * dense }, () => centre.normal());
  const labels = Int32Array.from({ length: rows }, (_, i) => i % classes);
  const data = new Float32Array(rows * dense);
  const indptr = new Uint32Array(rows + 1);
  const indices: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < dense; j++) {
      data[i * dense + j] = (centres[labels[i]! * dense + j]! * 0.5 + random.normal()) / 18;
    }
    const own = new Set<number>();
    for (let w = 0; w < words; w++) {
      const word = Math.floor(40_000 ** random.uniform());
      own.add(random.uniform() < 0.1 ? 50_000 + labels[i]! * 40 + word % 40 : word);
    }
    for (const column of [...own].sort((a, b) => a - b)) indices.push(column);
    indptr[i + 1] = indices.length;
    if (random.uniform() < 0.03) labels[i] = random.integer(classes);
  }
  const values = new Float32Array(indices.length);
  for (let i = 0; i < rows; i++) {
    values.fill(1 / Math.sqrt(indptr[i + 1]! - indptr[i]!), indptr[i], indptr[i + 1]);
  }
  const sparse = { indptr, indices: Uint32Array.from(indices), values, rows, cols };
  return { labels, features: { rows, dense: { data, rows, cols: dense }, sparse } };
}

async function encode(folder: string): Promise<Record<"train" | "test", Part>> {
  await using encoder = await openEncoder("lite");
  const names: string[] = [];
  const parts = await Promise.all(PARTS.map(async (name) => {
    const { rows } = await readLabeledCsv(`${folder}/${name}.csv`);
    names.push(...rows.map((row) => row.label!));
    return rows;
  }));
  const classes = [...new Set(names)].sort();
  const [train, test] = await Promise.all(parts.map(async (rows): Promise<Part> => ({
    features: await encoder.encode(rows.map((row) => row.prompt)),
    labels: Int32Array.from(rows, (row) => classes.indexOf(row.label!)),
  })));
  return { train: train!, test: test! };
}

function write(name: string, { features: { dense, sparse }, labels }: Part): void {
  const arrays = { dense: dense!.data, ...sparse!, labels };
  for (const key of ["dense", "indptr", "indices", "values", "labels"] as const) {
    Deno.writeFileSync(`${FOLDER}/${name}.${key}`, new Uint8Array(arrays[key].buffer));
  }
}

function read(name: string): Part {
  const bytes = (key: string) => Deno.readFileSync(`${FOLDER}/${name}.${key}`).buffer;
  const labels = new Int32Array(bytes("labels"));
  const rows = labels.length;
  const data = new Float32Array(bytes("dense"));
  const sparse = {
    indptr: new Uint32Array(bytes("indptr")),
    indices: new Uint32Array(bytes("indices")),
    values: new Float32Array(bytes("values")),
    rows,
    cols: 1 << 18,
  };
  return { labels, features: { rows, dense: { data, rows, cols: data.length / rows }, sparse } };
}

/** What a process of its own prints: seconds, seconds of CPU, accuracy. */
function fitOurs(calibrated: boolean): void {
  const [train, test] = PARTS.map(read) as [Part, Part];
  const classes = train.labels.reduce((max, label) => Math.max(max, label), 0) + 1;
  const before = Deno.readTextFileSync("/proc/self/stat").split(" ");
  const start = performance.now();
  const method = calibrated ? "temperature" : "none";
  const { model } = fitCalibrated(train.features, train.labels, { classes, method });
  const wall = (performance.now() - start) / 1000;
  const after = Deno.readTextFileSync("/proc/self/stat").split(" ");
  const ticks = [13, 14].reduce((sum, i) => sum + Number(after[i]) - Number(before[i]), 0);
  const { data } = createPredictor(model)(test.features);
  const right = test.labels.reduce((sum, label, i) => {
    const row = data.subarray(i * classes, (i + 1) * classes);
    return sum + (row[label] === row.reduce((a, b) => Math.max(a, b)) ? 1 : 0);
  }, 0);
  const peak = Deno.readTextFileSync("/proc/self/status").match(/VmHWM:\s+(\d+)/)![1]!;
  const accuracy = right / test.labels.length;
  console.log(JSON.stringify([wall, ticks / 100, Number(peak) / 1024, accuracy]));
}

async function run(command: string, args: string[]): Promise<number[]> {
  const env = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
  const { stdout, stderr, success } = await new Deno.Command(command, { args, env }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

if (Deno.args[0] === "--ours") {
  fitOurs(Deno.args[1] === "calibrated");
  Deno.exit();
}
await Deno.mkdir(FOLDER, { recursive: true });
const python = Deno.env.get("PYTHON") ?? "python3";
const self = ["run", "-A", "--no-check", "--frozen", "bench/train_sparse.ts", "--ours"];
const rows: (string | number)[][] = [];
const generated = { train: generate(15_000, 150, 1), test: generate(3000, 150, 2) };
const banking = Deno.args[0] ? await encode(Deno.args[0]) : undefined;
for (const [name, parts] of [["BANKING77, lite", banking], ["15,000 × 150", generated]] as const) {
  if (!parts) continue;
  for (const part of PARTS) write(part, parts[part]);
  for (
    const [what, command, args] of [
      ["ours", Deno.execPath(), [...self, "plain"]],
      ["ours, calibrated", Deno.execPath(), [...self, "calibrated"]],
      ["LogisticRegression, float64", python, ["bench/train_sparse.py", FOLDER, "lr", "float64"]],
      ["LogisticRegression, float32", python, ["bench/train_sparse.py", FOLDER, "lr", "float32"]],
      ["LinearSVC", python, ["bench/train_sparse.py", FOLDER, "svc", "float64"]],
    ] as const
  ) {
    const [wall, cpu, peak, accuracy] = await run(command, [...args]);
    const share = (100 * accuracy!).toFixed(2);
    rows.push([name, what, wall!.toFixed(1), cpu!.toFixed(1), Math.round(peak!), share]);
  }
}
console.log(textTable({
  columns: ["rows", "training", "fit s", "CPU s", "peak MB", "accuracy %"],
  rows,
}));
