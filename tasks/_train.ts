import { writeFileAtomic } from "../src/core/mod.ts";
import {
  type Dataset,
  type Domain,
  MicroLmError,
  openDomain,
  openEncoder,
  readLabeledCsv,
  saveMapper,
  type TrainedMapper,
  trainMapper,
} from "../mod.ts";
import { detectDomain, isDomainPath, isFolderDomain, loadDomain } from "../src/domains/mod.ts";
import { createMasker, mapLabels } from "../src/data/mod.ts";
import { ABSTAIN_CLASS } from "../src/evaluate/mod.ts";
import { type CalibrationChoice, createMlTrainer } from "../src/mapper/mod.ts";
import { textTable } from "../src/report/mod.ts";
import { datasetNotes } from "./_dataset_notes.ts";
import { ENCODER_FLAGS, encoderOptions } from "./_encoder_flags.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { createProgress } from "../src/cli/progress.ts";
import type { CommandContext } from "../src/cli/run_command.ts";

const NO_ABSTAIN =
  `no row is labelled ${ABSTAIN_CLASS}: the mapper has seen no prompt that asks for nothing it ` +
  `does, and may act on any; add such prompts with the label ${ABSTAIN_CLASS}`;

/** What a training run is told. */
export interface TrainRequest extends FlagValues<typeof ENCODER_FLAGS> {
  readonly labels_csv: string;
  readonly out_path: string;
  readonly sbert: string;
  readonly domain: string;
  readonly C: number;
  readonly max_iter: number;
  readonly tol: number;
  readonly calibration_method: CalibrationChoice;
  readonly calibration_cv: number;
  readonly class_weight: "balanced" | "none";
  readonly solver: "lbfgs" | "ml";
  readonly seed: number;
  readonly class_names: string | undefined;
  /** CSV column that says which rows belong together. */
  readonly group?: string | undefined;
}

/** A finished training run. */
export interface TrainedRun {
  readonly mapper: TrainedMapper;
  readonly dataset: Dataset;
  readonly domain: Domain;
  readonly seconds: number;
}

/** Reads, trains, writes the mapper and, beside it, the facts of the run. */
export async function runTraining(
  request: TrainRequest,
  { warn }: Pick<CommandContext, "warn">,
): Promise<TrainedRun> {
  const start = performance.now();
  const columns = request.group === undefined ? {} : { group: request.group };
  const raw = await readLabeledCsv(request.labels_csv, columns);
  const { domain, note } = await chooseDomain(request.domain, raw);
  if (note) warn(note);
  const dataset = mapLabels(raw, (label) => readLabel(domain, label));
  for (const note of datasetNotes(dataset, "left out")) warn(note);
  await using encoder = await openEncoder(request.sbert, encoderOptions(request));
  const progress = createProgress("train");
  const classNames = readClassNames(request.class_names, domain);
  const mapper = await trainMapper(dataset, encoder, {
    C: request.C,
    maxIter: request.max_iter,
    tol: request.tol,
    classWeight: request.class_weight,
    seed: request.seed,
    method: request.calibration_method,
    cv: request.calibration_cv,
    ...(classNames ? { classNames } : {}),
    ...(request.solver === "ml" ? { trainer: await createMlTrainer() } : {}),
    mask: createMasker(domain.slots),
    onPhase: (_, done, total) => progress.update(done, total),
  });
  progress.end();
  for (const note of mapper.training.notes ?? []) warn(note);
  if (!mapper.classes.includes(ABSTAIN_CLASS)) warn(NO_ABSTAIN);
  if (!mapper.training.converged) {
    warn(`not converged after ${request.max_iter} iterations; raise --max_iter`);
  }
  await saveMapper(request.out_path, mapper, {
    domain: domain.name,
    flags: {
      ...recordedFlags(request),
      ...(isFolderDomain(domain) && { domain_sha256: domain.trainingSha256 }),
    },
  });
  const seconds = (performance.now() - start) / 1000;
  await writeFileAtomic(metaPath(request.out_path), metaJson(request, seconds));
  return { mapper, dataset, domain, seconds };
}

/** The domain that the flag names, or the one that the labels belong to, and what to say about it. */
async function chooseDomain(
  flag: string,
  { rows }: Dataset,
): Promise<{ readonly domain: Domain; readonly note?: string }> {
  if (flag !== "auto") return { domain: await openDomain(flag) };
  const { domain, renamed, nearly } = await detectDomain(rows.map((row) => row.label!));
  if (nearly) {
    return {
      domain,
      note: `some labels are actions of the domain ${nearly.name}, but not ` +
        `${nearly.others.slice(0, 5).join(", ")}: all stay as they stand; ` +
        `--domain ${nearly.name} checks them`,
    };
  }
  if (renamed.size === 0) return { domain };
  const list = [...renamed].map(([label, action]) => `${label} as ${action}`).join(", ");
  return {
    domain,
    note: `the labels are those of the domain ${domain.name}: read ${list}; ` +
      "--domain generic keeps them as they stand",
  };
}

/** The classes that a flag names; two spellings of one action are one class, a name twice is a slip. */
function readClassNames(flag: string | undefined, domain: Domain): string[] | undefined {
  if (flag === undefined) return undefined;
  const given = flag.split(",").map((name) => name.trim());
  const twice = given.find((name, i) => given.indexOf(name) !== i);
  if (twice !== undefined) throw new MicroLmError("usage", `Class "${twice}" is named twice`);
  return [...new Set(given.map((name) => readLabel(domain, name)))];
}

/** Reads a label; where a domain refuses it, the user learns how to keep it. */
function readLabel(domain: Domain, label: string): string {
  try {
    return domain.canonicalLabel(label);
  } catch (error) {
    if (!(error instanceof MicroLmError)) throw error;
    throw new MicroLmError(error.kind, error.message, {
      hint: `${error.hint ?? ""}\n  To keep labels as they stand: --domain generic`,
      cause: error,
    });
  }
}

/** Where the mapper of a domain goes if nothing is said. */
export async function defaultOutPath(domain: string): Promise<string> {
  const name = isDomainPath(domain) ? (await loadDomain(domain)).name : "defi";
  return `.artifacts/${name}_mapper.json`;
}

/** Paths and threads do not belong into an artifact that must have the same bytes elsewhere. */
function recordedFlags(request: TrainRequest): Record<string, unknown> {
  const left = new Set(["labels_csv", "out_path", "domain", ...Object.keys(ENCODER_FLAGS)]);
  return Object.fromEntries(Object.entries(request).filter(([name]) => !left.has(name)));
}

function metaPath(path: string): string {
  return `${path.replace(/\.json$/, "")}.meta.json`;
}

function metaJson(request: TrainRequest, seconds: number): string {
  const meta = {
    labels_csv: request.labels_csv,
    trained_at: new Date().toISOString(),
    seconds: Number(seconds.toFixed(3)),
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    os: Deno.build.os,
    arch: Deno.build.arch,
  };
  return `${JSON.stringify(meta, null, 2)}\n`;
}

/** Prints a finished run for people. */
export function printTraining(
  { mapper, domain }: TrainedRun,
  { say }: Pick<CommandContext, "say">,
): void {
  const { training, model, encoder } = mapper;
  const folds = training.folds > 0 ? ` in ${training.folds} folds` : "";
  say(
    `Trained on ${training.rows} prompts, ${mapper.classes.length} classes, domain ${domain.name}: ` +
      `encoder ${encoder.spec}, calibration ${model.method}${folds}`,
  );
  if (training.calibration_losses) {
    const rows = Object.entries(training.calibration_losses);
    say(textTable({
      columns: ["calibration", "log-loss a row, cross-validated"],
      rows: rows.map(([name, loss]) => [name, loss.toFixed(4)]),
    }));
  }
}
