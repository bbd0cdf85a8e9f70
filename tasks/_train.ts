import { writeFileAtomic, writeSigned } from "../src/core/mod.ts";
import {
  type Dataset,
  type Domain,
  MicroLmError,
  openDomain,
  openEncoder,
  readLabeledCsv,
  type TrainedMapper,
  trainMapper,
} from "../mod.ts";
import {
  concatDatasets,
  createMasker,
  mapLabels,
  splitRows,
  stringifyCsv,
  takeDataset,
} from "../src/data/mod.ts";
import { DEFAULT_DOMAIN, detectDomain, extendDomain, isDomainPath } from "../src/domains/mod.ts";
import { ABSTAIN_CLASS } from "../src/evaluate/mod.ts";
import {
  type CalibrationChoice,
  createMlTrainer,
  type OrderHeadChoice,
  predictOutOfFold,
  serializeArtifact,
  type TrainingForms,
} from "../src/mapper/mod.ts";
import { requireWords, saveWdd, type WddModel } from "../src/rails/mod.ts";
import { textTable } from "../src/report/mod.ts";
import { fitRails, railsPath } from "../src/run/mod.ts";
import { type CrossValidation, crossValidationLines, judgeOutOfFold } from "./_cross_validate.ts";
import { datasetNotes, singleRowNotes } from "./_dataset_notes.ts";
import { ENCODER_FLAGS, encoderOptions } from "./_encoder_flags.ts";
import { applyAbstainLabels } from "./_abstain_labels.ts";
import { INPUT_FLAGS, readOptions } from "./_input_flags.ts";
import { evidenceSpec } from "./_rails_flags.ts";
import { openSigner, SIGN_FLAG } from "./_signing.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { createProgress } from "../src/cli/progress.ts";
import type { CommandContext } from "../src/cli/run_command.ts";

const NO_ABSTAIN =
  `no row is labelled ${ABSTAIN_CLASS}: the mapper has seen no prompt that asks for nothing it ` +
  `does, and may act on any; add such prompts with the label ${ABSTAIN_CLASS}`;

/** What the bar calls the parts of a training. */
const PHASES = { encode: "encode", choose: "choose", fit: "fit" } as const;

/** What a training run is told. */
export interface TrainRequest
  extends FlagValues<typeof ENCODER_FLAGS>, Partial<FlagValues<typeof INPUT_FLAGS>> {
  /** A file, or several, joined by commas. */
  readonly labels_csv: string;
  readonly out_path: string;
  readonly sbert: string;
  readonly domain: string;
  /** The file that says which actions other labels ask for. */
  readonly taxonomy?: string | undefined;
  readonly C: number | "auto";
  readonly max_iter: number;
  readonly tol: number;
  readonly calibration_method: CalibrationChoice;
  readonly calibration_cv: number;
  readonly class_weight: "balanced" | "none";
  readonly solver: "lbfgs" | "ml";
  readonly seed: number;
  readonly class_names: string | undefined;
  readonly order_head: OrderHeadChoice;
  /** Fit an out-of-scope score. */
  readonly oos_score?: boolean;
  /** Learn from prompts as the domain reads them, too. */
  readonly readings: boolean;
  /** CSV column that says which rows belong together. */
  readonly group?: string | undefined;
  /** File of the key that signs the mapper. */
  readonly sign?: string | undefined;
  /** Share of the rows to hold out of the training. */
  readonly test_share?: number | undefined;
  /** Folds of a cross-validation. */
  readonly cross_validate?: number | undefined;
  /** What the evidence for the rails reads. Default: `static`. */
  readonly evidence?: string | undefined;
  /** Fit no evidence for the rails. */
  readonly no_rails?: boolean | undefined;
}

/** A finished training run. */
export interface TrainedRun {
  readonly mapper: TrainedMapper;
  readonly dataset: Dataset;
  readonly domain: Domain;
  readonly seconds: number;
  /** The file with the rows that were held out. */
  readonly testPath?: string;
  /** The evidence of the rails, beside the mapper. */
  readonly rails?: WddModel;
  readonly crossValidation?: CrossValidation;
}

/** Reads, trains, writes the mapper and, beside it, the facts of the run and the rows held out. */
export async function runTraining(
  request: TrainRequest,
  { warn, refuseChanges }: Pick<CommandContext, "warn" | "refuseChanges">,
): Promise<TrainedRun> {
  const start = performance.now();
  const signer = await openSigner({ sign: request.sign });
  const columns = request.group === undefined ? {} : { group: request.group };
  const paths = request.labels_csv.split(",");
  const reading = { ...readOptions(request), ...columns, mayLackGroup: paths.length > 1 };
  const sets = await Promise.all(
    paths.map((path) => readLabeledCsv(path, { ...reading, repeatedIds: "number" })),
  );
  const raw = applyAbstainLabels(concatDatasets(sets), request.abstain_label, warn);
  const { domain, note } = await chooseDomain(request, raw);
  if (note) warn(note);
  const all = mapLabels(raw, (label) => readLabel(domain, label));
  for (const note of datasetNotes(all, "left out")) warn(note);
  const mask = createMasker(domain.slots);
  const { train: dataset, test } = holdOut(all, mask, request);
  for (const note of singleRowNotes(dataset)) warn(note);
  await using encoder = await openEncoder(request.sbert, encoderOptions(request));
  // Before minutes of training, not after them
  if (request.evidence === "contextual" && !request.no_rails) requireWords(encoder);
  const progress = createProgress("train");
  const classNames = readClassNames(request.class_names, domain);
  const fitting = {
    C: request.C,
    maxIter: request.max_iter,
    tol: request.tol,
    classWeight: request.class_weight,
    seed: request.seed,
    method: request.calibration_method,
    cv: request.calibration_cv,
    orderHead: request.order_head,
    ...(request.oos_score && { oosScore: true }),
    ...(request.readings && { forms: formsOf(domain) }),
    ...(request.threads !== undefined && { threads: request.threads }),
    ...(request.solver === "ml" ? { trainer: await createMlTrainer() } : {}),
    mask,
  };
  const crossValidation = request.cross_validate === undefined ? undefined : judgeOutOfFold(
    dataset,
    await predictOutOfFold(dataset, encoder, {
      ...fitting,
      folds: request.cross_validate,
      foldSeed: request.seed,
      onFold: progress.update,
    }),
    request.cross_validate,
  );
  const mapper = await trainMapper(dataset, encoder, {
    ...fitting,
    ...(classNames ? { classNames } : {}),
    onPhase: (phase, done, total) => {
      progress.begin(PHASES[phase]);
      if (phase === "encode") progress.update(done, total);
      else progress.update(done / total, 1);
    },
  });
  progress.end();
  for (const note of mapper.training.notes ?? []) warn(note);
  if (!mapper.order && !mapper.classes.includes(ABSTAIN_CLASS)) warn(NO_ABSTAIN);
  if (!mapper.training.converged) {
    warn(`not converged after ${request.max_iter} iterations; raise --max_iter`);
  }
  const text = serializeArtifact(mapper, {
    domain: domain.name,
    flags: {
      ...recordedFlags(request),
      ...(domain.trainingSha256 !== null && { domain_sha256: domain.trainingSha256 }),
    },
    ...(domain.ownLabels && { ownLabels: domain.ownLabels }),
  });
  const rails = await fitEvidence(request, dataset, domain, warn);
  await refuseChanges();
  await writeSigned(request.out_path, text, signer);
  await writeRails(request.out_path, rails, signer);
  const testPath = test && besidePath(request.out_path, ".test.csv");
  if (testPath) await writeFileAtomic(testPath, labeledCsv(test));
  const seconds = (performance.now() - start) / 1000;
  await writeFileAtomic(
    besidePath(request.out_path, ".meta.json"),
    metaJson(request, seconds, crossValidation),
  );
  return {
    mapper,
    dataset,
    domain,
    seconds,
    ...(testPath && { testPath }),
    ...(rails && { rails }),
    ...(crossValidation && { crossValidation }),
  };
}

/** The evidence of the same rows; undefined where nobody wants it or nothing would ask for it. */
async function fitEvidence(
  request: TrainRequest,
  dataset: Dataset,
  domain: Domain,
  warn: CommandContext["warn"],
): Promise<WddModel | undefined> {
  if (request.no_rails || domain.planner === null) return undefined;
  const { evidence = "static", sbert } = request;
  const reads = evidenceSpec({ evidence, sbert });
  try {
    return await fitRails(dataset, domain, { ...reads, encoder: encoderOptions(request) });
  } catch (error) {
    if (!(error instanceof MicroLmError) || error.kind !== "data") throw error;
    warn(`no evidence for the rails: ${error.message}; --no_rails leaves it out without a word`);
    return undefined;
  }
}

/** Evidence of an older mapper would speak for another one: without new evidence it goes. */
async function writeRails(
  mapperPath: string,
  rails: WddModel | undefined,
  signer: Awaited<ReturnType<typeof openSigner>>,
): Promise<void> {
  const path = railsPath(mapperPath);
  if (rails) return await saveWdd(path, rails, signer);
  for (const old of [path, `${path}.sig`]) {
    await Deno.remove(old).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) {
        throw new MicroLmError("write", `Cannot remove "${old}"`, { cause: error });
      }
    });
  }
}

/** Holds whole templates out, so that the test asks for phrasings that the training has not met. */
function holdOut(
  dataset: Dataset,
  mask: (prompt: string) => string,
  { test_share, seed }: TrainRequest,
): { readonly train: Dataset; readonly test?: Dataset } {
  if (test_share === undefined) return { train: dataset };
  const shares = [1 - test_share, test_share];
  const [train, test] = splitRows(dataset, { shares, seed, mask });
  if (test!.length > 0) {
    return { train: takeDataset(dataset, train!), test: takeDataset(dataset, test!) };
  }
  throw new MicroLmError("data", `Cannot hold out ${test_share} of the rows: too few templates`, {
    at: { file: dataset.source },
    hint: "Every class needs two phrasings or more; raise --test_share, or add other phrasings",
  });
}

/** A data set as a file. */
export function labeledCsv({ rows }: Dataset): string {
  const records = rows.map(({ prompt, label }) => ({ prompt, label }));
  return stringifyCsv(records, ["prompt", "label"]);
}

/** The domain that the flag names, or the one that the labels belong to, and what to say about it. */
async function chooseDomain(
  { domain: flag, taxonomy }: TrainRequest,
  { rows }: Dataset,
): Promise<{ readonly domain: Domain; readonly note?: string }> {
  if (taxonomy !== undefined) {
    const named = flag === "auto" ? undefined : await openDomain(flag);
    const domain = await extendDomain(taxonomy, named);
    return { domain, note: ownLabelsNote(taxonomy, domain, rows) };
  }
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

/** What the labels of a taxonomy are read as, and those that no row has. */
function ownLabelsNote(path: string, { ownLabels = {} }: Domain, rows: Dataset["rows"]): string {
  const seen = new Set(rows.map(({ label }) => label!.trim().toLowerCase()));
  const entries = Object.entries(ownLabels);
  const isSeen = ([label]: readonly [string, unknown]) => seen.has(label.toLowerCase());
  const read = entries.filter(isSeen).map(([label, to]) => `${label} as ${to ?? ABSTAIN_CLASS}`);
  const unused = entries.filter((entry) => !isSeen(entry)).map(([label]) => label);
  return `${path}: read ${read.length > 0 ? read.join(", ") : "no label"}` +
    (unused.length > 0 ? `; no row has ${unused.join(", ")}` : "");
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

/** The other forms that prompts of a domain have. */
function formsOf(domain: Domain): TrainingForms {
  const forms = domain.planner?.trainingForms;
  if (forms) return forms;
  throw new MicroLmError("usage", `Flag --readings: the domain ${domain.name} reads no orders`, {
    hint: "Leave it out: prompts come to the mapper as they are",
  });
}

/** All files of a training whose mapper goes there. */
export function trainingFiles(path: string): string[] {
  const rails = railsPath(path);
  return [
    ...[path, rails].flatMap((file) => [file, `${file}.sig`]),
    ...[".test.csv", ".meta.json"].map((extension) => besidePath(path, extension)),
  ];
}

/** Where the mapper of a domain goes if nothing is said. */
export async function defaultOutPath(domain: string): Promise<string> {
  const { name } = await openDomain(isDomainPath(domain) ? domain : DEFAULT_DOMAIN);
  return `.artifacts/${name}_mapper.json`;
}

/** Paths and threads do not belong into an artifact that must have the same bytes elsewhere. */
function recordedFlags(request: TrainRequest): Record<string, unknown> {
  const left = new Set([
    "labels_csv",
    "out_path",
    "domain",
    "taxonomy",
    "json",
    "cross_validate",
    "no_rails",
    "evidence",
    ...Object.keys(INPUT_FLAGS),
    // How a model pools decides about vectors, wherever it runs.
    ...Object.keys(ENCODER_FLAGS).filter((name) => name !== "pooling"),
    ...Object.keys(SIGN_FLAG),
  ]);
  return Object.fromEntries(Object.entries(request).filter(([name]) => !left.has(name)));
}

function besidePath(path: string, extension: string): string {
  return path.replace(/\.json$/, "") + extension;
}

function metaJson(
  request: TrainRequest,
  seconds: number,
  crossValidation: CrossValidation | undefined,
): string {
  const meta = {
    labels_csv: request.labels_csv,
    trained_at: new Date().toISOString(),
    seconds: Number(seconds.toFixed(3)),
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    os: Deno.build.os,
    arch: Deno.build.arch,
    cross_validation: crossValidation ?? null,
  };
  return `${JSON.stringify(meta, null, 2)}\n`;
}

/** Prints a finished run for people. */
export function printTraining(
  { mapper, domain, testPath, rails, crossValidation }: TrainedRun,
  { say }: Pick<CommandContext, "say">,
): void {
  const { training, model, encoder } = mapper;
  const folds = training.folds > 0 ? ` in ${training.folds} folds` : "";
  const head = mapper.order ? " and an order head" : "";
  say(
    `Trained on ${training.rows} prompts, ${mapper.classes.length} classes${head}, domain ${domain.name}: ` +
      `encoder ${encoder.spec}, calibration ${model.method}${folds}`,
  );
  if (training.chosen_C) {
    const { weights = [], spread = 0 } = training.chosen_blocks ?? {};
    const blocks = weights.length > 1 ? `, weights ${weights.join(", ")}` : "";
    const within = spread > 0 ? `, spread within classes ${spread}` : "";
    say(`Chosen by held-out log-loss: C ${training.chosen_C.C}${blocks}${within}`);
  }
  if (rails) {
    const { primitives, background, training: { rows } } = rails;
    say(
      `Evidence for the rails: ${primitives.length} actions from ${rows} prompts, ` +
        `null from ${background.length} without one`,
    );
  }
  if (testPath !== undefined) say(`Held out, by template: ${testPath}`);
  if (crossValidation) { for (const line of crossValidationLines(crossValidation)) say(line); }
  if (training.calibration_losses) {
    const rows = Object.entries(training.calibration_losses);
    say(textTable({
      columns: ["calibration", "log-loss a row, cross-validated"],
      rows: rows.map(([name, loss]) => [name, loss.toFixed(4)]),
    }));
  }
}
