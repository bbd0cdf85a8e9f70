import type { Domain } from "../domains/domain.ts";
import { DEFAULT_DOMAIN, openDomain, openDomainOf, openLabels } from "../domains/registry.ts";
import { MicroLmError } from "../core/errors.ts";
import type { FileCheck } from "../core/input_file.ts";
import { compilePoint } from "../evaluate/decide.ts";
import { requireNovelty, requireOos } from "../evaluate/decide_texts.ts";
import type { MapperArtifact, PinnedPoint } from "../mapper/file/artifact.ts";
import type { Mapper } from "../mapper/mapper.ts";
import { loadMapper, openArtifact, type OpenMapperOptions } from "../mapper/file/mapper_file.ts";
import { pinnedFault } from "../mapper/pinned_point.ts";
import type { Evidence } from "./evidence.ts";
import { mapPrompts } from "./map_prompts.ts";
import { resolvePoint } from "./operating_point.ts";
import { DEFAULT_MAPPER_POLICY } from "./policy/mapper_policy.ts";
import type { RunRecord } from "./record/record.ts";
import type { MicroRuntime, RunRequest } from "./runtime_types.ts";

/** Options of {@linkcode openRuntime}. */
export interface OpenRuntimeOptions {
  /**
   * A name, or the folder of a domain, with a slash: {@linkcode loadDomain}. Default: the domain that
   * the mapper's file names; `defi` without a mapper.
   */
  readonly domain?: string;
  /** A trained mapper, or the keyword mapper of the domain. Default: `sbert`. */
  readonly backend?: "sbert" | "wordmap";
  /** File of the mapper. Default: none; the keyword mapper stands in, if the policy allows it. */
  readonly modelPath?: string;
  /** When the mapper acts. Default: what the mapper's file says, else a threshold of 0.7. */
  readonly point?: PinnedPoint;
  /**
   * Whether policies can only make `point` stricter, but for `openKeys`. Default: false: who runs the
   * program may change it.
   */
  readonly isPointFloor?: boolean;
  /** Keys of a policy that callers may set as they like: `ltv_max`. Default: none. */
  readonly openKeys?: readonly string[];
  /** File of the evidence. Default: what `train` left beside the mapper (`.rails.json`), if anything. */
  readonly evidencePath?: string;
  /** How the mapper's encoder is opened. */
  readonly mapper?: OpenMapperOptions;
  /**
   * Sees the bytes of the mapper, the evidence and a policy's warp before anything in them is believed,
   * and throws to refuse them. Default: none.
   */
  readonly check?: FileCheck;
  /** Whether the keyword mapper may stand in for a file that is not there. Default: true. */
  readonly useWordmapFallback?: boolean;
  /**
   * Whether prompts will only be mapped, which opens sooner: `opened` may have no planner, and `run` refuses.
   * Default: false.
   */
  readonly mapsOnly?: boolean;
}

/**
 * Opens a domain for runs: loads the mapper once.
 *
 * @throws {MicroLmError} As {@linkcode openMapper}, but for a file that is not there while the keyword
 * mapper may stand in.
 *
 * @example
 * ```ts
 * import { openRuntime } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * await using runtime = await openRuntime({ backend: "wordmap" });
 * const context = { oracle: { age_sec: 5, max_age_sec: 30 } };
 * const record = await runtime.run({ prompt: "swap 2 ETH for USDC", context });
 * assertEquals(record.plan.sequence, ["swap_asset"]);
 * const refused = await runtime.run({ prompt: "do not swap 2 ETH for USDC", context });
 * assertEquals([refused.ok, refused.reason], [false, "abstain_non_exec"]);
 * ```
 */
export async function openRuntime(options: OpenRuntimeOptions = {}): Promise<MicroRuntime> {
  const { opened, mapper, artifact, isFallback } = await openBackend(options);
  const domain = options.domain ?? opened.name;
  const pinned = options.point ?? artifact?.operating_point ??
    (mapper?.source.backend === "wordmap" ? WORDMAP_POINT : undefined);
  requireCertificate(pinned, mapper);
  const classes = mapper?.classes ?? [];
  const { openKeys: open = [], isPointFloor: isFloor = false } = options;
  // A point that names unknown classes, or what nobody measures, is found out when opening, not at the first prompt.
  const { point } = resolvePoint(pinned, DEFAULT_MAPPER_POLICY);
  compilePoint(point, classes);
  if (mapper) {
    requireNovelty(mapper, point.maxNovelty);
    requireOos(mapper, point.maxOos);
  }
  const evidence = lazyEvidence(options, artifact);
  const runtime: MicroRuntime = {
    domain,
    opened,
    mapper,
    source: mapper?.source ?? null,
    isFallback,
    evidence: evidence.open,
    pin: { point: pinned, isFloor, open },
    point: (policy = DEFAULT_MAPPER_POLICY) => resolvePoint(pinned, policy, { open, isFloor }),
    map: (prompts, policy, options) => mapPrompts(runtime, prompts, policy, options),
    // Loaded at the first run: whoever maps or trains needs no reader, guard or record.
    run: async (request) => {
      if (options.mapsOnly) throw onlyMaps();
      return await (await import("./run_request.ts")).runRequest(runtime, request);
    },
    [Symbol.asyncDispose]: async () => {
      await evidence.close();
      await mapper?.[Symbol.asyncDispose]();
    },
  };
  return runtime;
}

function onlyMaps(): MicroLmError {
  return new MicroLmError("usage", "Cannot run a prompt: this runtime was opened to map alone", {
    hint: "Open it without mapsOnly",
  });
}

/** A whole certificate names its mapper; an id alone, as a trace has it, is taken at its word. */
function requireCertificate(pinned: PinnedPoint | undefined, mapper: Mapper | null): void {
  if (!mapper || !pinned?.certificate || !("mapper_sha256" in pinned.certificate)) return;
  const fault = pinnedFault(pinned, mapper.coreSha256 ?? mapper.source.sha256);
  if (fault === null) return;
  throw new MicroLmError("data", `Cannot use this operating point: ${fault}`, {
    hint: "Certify this mapper: deno task m8 --max_wrong_rate … --pin",
  });
}

/** The first run opens the evidence: whoever maps needs none. */
function lazyEvidence(
  { evidencePath, modelPath, check, mapper }: OpenRuntimeOptions,
  artifact: MapperArtifact | undefined,
) {
  let opened: Promise<Evidence | null> | undefined;
  const open = async () => {
    const { openEvidence, openEvidenceBeside } = await import("./evidence.ts");
    const how = { check, encoder: mapper };
    if (evidencePath !== undefined) return await openEvidence(evidencePath, how);
    return artifact && modelPath !== undefined
      ? await openEvidenceBeside(modelPath, artifact.training.data_sha256, how)
      : null;
  };
  return {
    open: async () => await (opened ??= open()),
    // Evidence that could not be opened has nothing to close.
    close: async () => await (await opened?.catch(() => null))?.[Symbol.asyncDispose](),
  };
}

/** The keyword mapper's scores are no probabilities: its threshold is its own. */
const WORDMAP_POINT: PinnedPoint = { threshold: 0.35 };

interface OpenedBackend {
  readonly opened: Domain;
  readonly mapper: Mapper | null;
  readonly artifact?: MapperArtifact;
  readonly isFallback: boolean;
}

async function openBackend(options: OpenRuntimeOptions): Promise<OpenedBackend> {
  const { backend = "sbert", modelPath, useWordmapFallback = true, domain: given } = options;
  const open = options.mapsOnly ? openLabels : openDomain;
  const withoutMapper = async (isFallback: boolean): Promise<OpenedBackend> => {
    const opened = await open(given ?? DEFAULT_DOMAIN);
    const isAllowed = !isFallback || useWordmapFallback;
    const mapper = isAllowed && opened.lexicon ? await openKeywords(opened.lexicon) : null;
    return { opened, mapper, isFallback };
  };
  if (backend === "wordmap") return await withoutMapper(false);
  if (modelPath === undefined) return await withoutMapper(true);
  try {
    const artifact = await loadMapper(modelPath, options.check);
    const opened = await openDomainOf(artifact, given, modelPath, open);
    const mapper = await openArtifact(artifact, modelPath, options.mapper);
    return { opened, mapper, artifact, isFallback: false };
  } catch (error) {
    if (!(error instanceof MicroLmError) || error.kind !== "missing") throw error;
    const fallback = await withoutMapper(true);
    if (fallback.mapper) return fallback;
    throw error;
  }
}

async function openKeywords(lexicon: NonNullable<Domain["lexicon"]>): Promise<Mapper> {
  const { openWordmap } = await import("../mapper/wordmap.ts");
  return openWordmap(lexicon);
}

/** Options of {@linkcode runMicro}. */
export interface RunMicroOptions extends OpenRuntimeOptions, RunRequest {}

/**
 * One run, from prompt to verified plan: opens the domain, runs, closes it. For many prompts open a
 * runtime once: {@linkcode openRuntime}.
 *
 * The mapper is `policy.mapper.model_path`, else `modelPath`.
 *
 * @throws {MicroLmError} As {@linkcode openRuntime} and its `run`.
 *
 * @example
 * ```ts
 * import { runMicro } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * const { plan, reason } = await runMicro({ prompt: "borrow 1000 USDC", backend: "wordmap" });
 * assertEquals([plan.sequence, reason], [[], "risk_unknown:ltv"]);
 * ```
 */
export async function runMicro(options: RunMicroOptions): Promise<RunRecord> {
  const { resolvePolicy } = await import("./policy/policy.ts");
  const { mapper } = resolvePolicy(options.policy, {
    ...(options.env && { env: options.env }),
  });
  const modelPath = mapper.model_path ?? options.modelPath;
  await using runtime = await openRuntime({
    ...options,
    useWordmapFallback: options.useWordmapFallback ?? mapper.use_wordmap_fallback,
    ...(modelPath !== undefined && { modelPath }),
  });
  return await runtime.run(options);
}
