import {
  type Dataset,
  type Domain,
  joinLabels,
  loadMapper,
  type Mapper,
  type MapperArtifact,
  MicroLmError,
  openDomain,
  type OperatingPoint,
  parseThresholds,
  readPrompts,
  runSweep,
  type SweepOutcome,
} from "../mod.ts";
import { checkOutputs, type FileCheck } from "../src/core/mod.ts";
import { createMasker, mapLabels, readLabels } from "../src/data/mod.ts";
import { DEFAULT_DOMAIN, extendDomain, openDomainOf } from "../src/domains/mod.ts";
import type { CertifyRequest, ChooseBy } from "../src/evaluate/mod.ts";
import { openArtifact, openWordmap } from "../src/mapper/mod.ts";
import type { RailsStage } from "../src/rails/mod.ts";
import { railMapper } from "../src/run/mod.ts";
import {
  percentWithInterval,
  type SweepContext,
  sweepSummary,
  type Table,
  textTable,
} from "../src/report/mod.ts";
import { readCostTable } from "./_cost_file.ts";
import { datasetNotes, unknownLabelNotes } from "./_dataset_notes.ts";
import { applyAbstainLabels } from "./_abstain_labels.ts";
import { readOptions } from "./_input_flags.ts";
import { encoderOptions, mapperOptions } from "./_encoder_flags.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import {
  configPoint,
  type MapperConfig,
  readMapperConfig,
  requireCertifiedMapper,
} from "./_mapper_config.ts";
import { readPerClassThresholds } from "./_per_class_file.ts";
import { openFlaggedEvidence } from "./_rails_flags.ts";
import { createProgress } from "../src/cli/progress.ts";
import type { CommandContext } from "../src/cli/run_command.ts";
import { nothingToVerify, openFileCheck, openSigner } from "./_signing.ts";
import type { SweepFlags } from "./_sweep_flags.ts";
import { printSweep, writeSweep } from "./_sweep_output.ts";

/** What differs between the sweeps. */
export interface SweepVariant {
  readonly bench: string;
  /** Margins to try with every threshold. */
  readonly nearMargins: readonly number[];
  /** Rails around the mapper. Default: none. */
  readonly rails?: {
    readonly stage: RailsStage;
    readonly T: number;
    readonly wdd_path: string | undefined;
  };
}

/** The body of `sweep` and `m8`: score once, try every point, choose, write, judge. */
export async function sweepCommand(
  given: SweepFlags,
  variant: SweepVariant,
  context: CommandContext,
): Promise<ExitCode> {
  const signer = await openSigner(given);
  const { outcome, about, flags, artifact } = await executeSweep(given, variant, context);
  await context.refuseChanges();
  await writeSweep(outcome, about, { ...flags, artifact }, signer);
  printSweep(outcome, about, context);
  if (variant.rails) context.say(`\n${textTable(wrongActionsTable(outcome))}`);
  context.result(sweepSummary(outcome, about));
  return sweepExitCode(outcome, flags, context);
}

/** What goes wrong over the whole grid, as far as so many rows can tell. */
function wrongActionsTable({ metrics }: SweepOutcome): Table {
  return {
    columns: ["threshold", "margin", "wrong actions", "at most (95%)", "coverage"],
    rows: metrics.map(({ threshold, near_margin, rates: { wrong_fire_rate: wrong, coverage } }) => [
      threshold,
      near_margin,
      `${wrong.k} of ${wrong.n}`,
      `${(100 * wrong.ci_high).toFixed(2)}%`,
      percentWithInterval(coverage),
    ]),
  };
}

/** A sweep that is done and not yet written. */
export interface ExecutedSweep {
  readonly outcome: SweepOutcome;
  readonly about: SweepContext;
  /** The flags with what a config adds. */
  readonly flags: SweepFlags;
  /** Absent for the keyword mapper. */
  readonly artifact: MapperArtifact | undefined;
}

/** Does all of a sweep but writing and printing. */
export async function executeSweep(
  given: SweepFlags,
  { bench, nearMargins, rails }: SweepVariant,
  context: CommandContext,
): Promise<ExecutedSweep> {
  const check = await openFileCheck(given);
  const { flags, point, citation, config } = await applyConfig(given, check);
  const thresholds = parseThresholds(
    flags.thresholds ?? (point ? String(point.threshold) : "0.3:0.95:0.05"),
  );
  refusePinnedPair(flags, rails);
  const { artifact, mapper: opened, domain } = await openBackend(flags, context, check);
  await using alone = opened;
  await using evidence = rails &&
    await openFlaggedEvidence(rails, artifact && flags.mapper_path, encoderOptions(flags));
  const mapper = rails && evidence ? railMapper(alone, { ...rails, domain, evidence }) : alone;
  if (config?.model_path) await refuseAsOutput(config.model_path, flags);
  if (config) requireCertifiedMapper(config, flags.config!, mapper);
  checkClassNames(flags.class_names, mapper, domain);
  const dataset = await readEvaluationSet(flags, domain, context);
  for (const note of datasetNotes(dataset, "kept")) context.warn(note);
  for (const note of unknownLabelNotes(dataset, mapper.classes)) context.warn(note);
  const perClass = flags.per_class_thresholds === undefined
    ? point?.perClass
    : await readPerClassThresholds(flags.per_class_thresholds, (name) =>
      domain.canonicalLabel(name));
  const minOrders = flags.order_thresholds === undefined
    ? point?.minOrder === undefined ? undefined : [point.minOrder]
    : parseThresholds(flags.order_thresholds, "order_thresholds");
  const maxOosScores = flags.oos === undefined
    ? point?.maxOos === undefined ? undefined : [point.maxOos]
    : parseThresholds(flags.oos, "oos");
  const maxNovelty = flags.max_novelty ?? point?.maxNovelty;
  const certify = await certifyRequest(flags, domain);
  const progress = createProgress("score");
  const outcome = await runSweep(mapper, dataset, {
    thresholds,
    nearMargins: point?.nearMargin === undefined ? nearMargins : [point.nearMargin],
    ...(perClass && { perClass }),
    ...(maxNovelty !== undefined && { maxNovelty }),
    ...(minOrders && { minOrders }),
    ...(maxOosScores && { maxOosScores }),
    ...(certify && { certify }),
    ...(citation !== undefined && { citation }),
    maxAbstainRate: flags.max_abstain_rate,
    minOverallAcc: flags.min_overall_acc,
    chooseBy: flags.choose_by as ChooseBy,
    bootstrapDraws: flags.bootstrap,
    onProgress: progress.update,
    ...(artifact && {
      training: { index: artifact.training.overlap, mask: createMasker(domain.slots) },
    }),
  });
  progress.end();
  for (const note of outcome.notes) context.warn(note);
  const about: SweepContext = {
    bench: rails ? `${bench} with gates and rails ${rails.stage}, T ${rails.T}` : bench,
    mapper: mapper.source,
    prompts: flags.prompts_jsonl,
    data_sha256: dataset.sha256,
    skipped: dataset.skipped,
    maxAbstainRate: flags.max_abstain_rate,
    minOverallAcc: flags.min_overall_acc,
    chooseBy: flags.choose_by,
    timestamp: new Date().toISOString(),
  };
  return { outcome, about, flags, artifact };
}

/** A point of mapper and rails together is no point of the mapper. */
function refusePinnedPair({ pin, out_mapper }: SweepFlags, rails: SweepVariant["rails"]): void {
  if (!rails || (pin ?? out_mapper) === undefined) return;
  throw new MicroLmError("usage", "Cannot write the point of a mapper with rails around it", {
    hint: "--pin and --out_mapper write points of the mapper alone: leave out --rails",
  });
}

/** The mapper that a config names is an input, too. */
async function refuseAsOutput(mapper: string, { pin, out_mapper }: SweepFlags): Promise<void> {
  await checkOutputs(
    [{ name: "the mapper of --config", path: mapper }],
    Object.entries({ pin, out_mapper })
      .flatMap(([flag, path]) => path === undefined ? [] : [{ name: `--${flag}`, path }]),
  );
}

interface AppliedConfig {
  readonly flags: SweepFlags;
  readonly config?: MapperConfig;
  readonly point?: OperatingPoint;
  readonly citation?: string;
}

async function applyConfig(
  flags: SweepFlags,
  check: FileCheck | undefined,
): Promise<AppliedConfig> {
  if (flags.config === undefined) return { flags };
  const config = await readMapperConfig(flags.config, check);
  const mapper_path = config.model_path ?? flags.mapper_path;
  const isUnchanged = flags.thresholds === undefined && flags.max_novelty === undefined &&
    flags.per_class_thresholds === undefined && flags.order_thresholds === undefined &&
    flags.oos === undefined;
  return {
    flags: { ...flags, backend: config.backend, mapper_path },
    config,
    point: configPoint(config),
    ...(isUnchanged && config.certificate && { citation: config.certificate.id }),
  };
}

async function certifyRequest(
  flags: SweepFlags,
  domain: Domain,
): Promise<CertifyRequest | undefined> {
  if (flags.max_wrong_rate === undefined) {
    if (flags.cost === undefined && !flags.each_class) return undefined;
    throw new MicroLmError("usage", "Flags --cost and --each_class need --max_wrong_rate");
  }
  const costs = flags.cost === undefined
    ? undefined
    : await readCostTable(flags.cost, (name) => domain.canonicalLabel(name));
  return {
    maxWrongRate: flags.max_wrong_rate,
    confidence: flags.confidence,
    split: parseSplit(flags.split),
    attempt: flags.seed + 1,
    eachClass: flags.each_class,
    ...(costs && { costs }),
  };
}

function parseSplit(text: string): [number, number, number] {
  const shares = text.split("/").map((part) => part.trim() === "" ? NaN : Number(part));
  const [a, b, c] = shares;
  if (shares.length === 3 && shares.every((share) => share > 0 && Number.isFinite(share))) {
    return [a!, b!, c!];
  }
  throw new MicroLmError("usage", `Flag "--split" takes three positive shares, got "${text}"`, {
    hint: "For example 0.2/0.7/0.1: to order the points, to certify, to report",
  });
}

async function openBackend(
  flags: SweepFlags,
  context: CommandContext,
  check: FileCheck | undefined,
): Promise<{ mapper: Mapper; domain: Domain; artifact?: MapperArtifact }> {
  const extended = async (domain: Domain) =>
    flags.taxonomy === undefined ? domain : await extendDomain(flags.taxonomy, domain);
  if (flags.backend === "wordmap") {
    if (check) throw nothingToVerify();
    const domain = await openDomain(flags.domain ?? DEFAULT_DOMAIN);
    return { mapper: openKeywords(domain), domain: await extended(domain) };
  }
  const artifact = await loadMapper(flags.mapper_path, check);
  const domain = await extended(await openDomainOf(artifact, flags.domain));
  const mapper = await openArtifact(artifact, flags.mapper_path, mapperOptions(flags, context));
  return { artifact, mapper, domain };
}

function openKeywords(domain: Domain): Mapper {
  if (domain.lexicon !== null) return openWordmap(domain.lexicon);
  throw new MicroLmError("usage", `The domain ${domain.name} has no keyword mapper`);
}

function checkClassNames(names: string | undefined, mapper: Mapper, domain: Domain): void {
  if (names === undefined) return;
  const wanted = new Set(names.split(",").map((name) => domain.canonicalLabel(name)));
  const missing = [...wanted].filter((name) => !mapper.classes.includes(name));
  const extra = mapper.classes.filter((name) => !wanted.has(name));
  if (missing.length + extra.length === 0) return;
  throw new MicroLmError(
    "data",
    `Expected a mapper for ${[...wanted].join(", ")}, found one for ${mapper.classes.join(", ")}`,
  );
}

async function readEvaluationSet(
  flags: SweepFlags,
  domain: Domain,
  { warn }: CommandContext,
): Promise<Dataset> {
  const { format, ...columns } = readOptions(flags);
  const table = { ...columns, ...(flags.group !== undefined && { group: flags.group }) };
  const { labelColumn: _, ...promptTable } = table;
  const isJoined = flags.labels_csv !== undefined;
  const prompts = await readPrompts(flags.prompts_jsonl, {
    ...(isJoined ? promptTable : table),
    ...(format && { format }),
  });
  const joined = isJoined
    ? joinLabels(prompts, await readLabels(flags.labels_csv!, table))
    : prompts;
  const labelled = applyAbstainLabels(joined, flags.abstain_label, warn);
  return mapLabels(labelled, (label) => domain.canonicalLabel(label));
}

/** The exit code of a sweep: overlap where it is to fail, then the verdict. */
export function sweepExitCode(
  { verdict, overlap }: SweepOutcome,
  flags: Pick<SweepFlags, "fail_on_overlap">,
  { warn }: CommandContext,
): ExitCode {
  if (flags.fail_on_overlap) {
    if (!overlap) {
      throw new MicroLmError("usage", "Cannot check the overlap of a mapper without training data");
    }
    const { exact, template } = overlap;
    if (exact.count + template.count > 0) {
      warn(`${exact.count} prompts and ${template.count} templates occur in the training data`);
      return EXIT.overlap;
    }
  }
  const codes = {
    pass: EXIT.ok,
    certified: EXIT.ok,
    fail: EXIT.gate,
    uncertified: EXIT.uncertified,
    refused: EXIT.overlap,
  };
  return codes[verdict.status];
}
