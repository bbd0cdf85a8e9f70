import { DEFI_LEXICON } from "../domains/defi/lexicon.ts";
import type { Domain } from "../domains/domain.ts";
import { isFolderDomain } from "../domains/folder/domain.ts";
import { checkMapperDomain, openDomain } from "../domains/registry.ts";
import { MicroLmError } from "../core/errors.ts";
import { compilePoint } from "../evaluate/decide.ts";
import type { MapperArtifact, PinnedPoint } from "../mapper/file/artifact.ts";
import type { Mapper } from "../mapper/mapper.ts";
import { loadMapper, openArtifact, type OpenMapperOptions } from "../mapper/file/mapper_file.ts";
import { openWordmap } from "../mapper/wordmap.ts";
import type { Evidence } from "./evidence.ts";
import { mapPrompts } from "./map_prompts.ts";
import { resolvePoint } from "./operating_point.ts";
import { DEFAULT_POLICY, resolvePolicy } from "./policy.ts";
import type { RunRecord } from "./record/record.ts";
import { runRequest } from "./run_request.ts";
import type { MicroRuntime, RunDomain, RunRequest } from "./runtime_types.ts";

/** Options of {@linkcode openRuntime}. */
export interface OpenRuntimeOptions {
  /** A name, or the folder of a domain, with a slash: {@linkcode loadDomain}. Default: `defi`. */
  readonly domain?: RunDomain;
  /** A trained mapper, or the keyword mapper of the domain. Default: `sbert`. */
  readonly backend?: "sbert" | "wordmap";
  /** File of the mapper. Default: none; the keyword mapper stands in, if the policy allows it. */
  readonly modelPath?: string;
  /** When the mapper acts. Default: what the mapper's file says, else a threshold of 0.7. */
  readonly point?: PinnedPoint;
  /** File of the evidence that `audit.backend: "wdd"` asks for. Default: none. */
  readonly evidencePath?: string;
  /** How the mapper's encoder is opened. */
  readonly mapper?: OpenMapperOptions;
  /** Whether the keyword mapper may stand in for a file that is not there. Default: true. */
  readonly useWordmapFallback?: boolean;
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
  const { domain = "defi" } = options;
  const opened = await openDomain(domain);
  const { mapper, artifact, isFallback } = await openBackend(opened, options);
  const pinned = options.point ?? artifact?.operating_point ??
    (mapper?.source.backend === "wordmap" ? WORDMAP_POINT : undefined);
  const classes = mapper?.classes ?? [];
  // A point that names unknown classes is found out when opening, not at the first prompt.
  compilePoint(resolvePoint(pinned, DEFAULT_POLICY.mapper).point, classes);
  const evidence = lazyEvidence(options.evidencePath, domain);
  const runtime: MicroRuntime = {
    domain,
    ...(isFolderDomain(opened) && { folder: opened }),
    mapper,
    source: mapper?.source ?? null,
    isFallback,
    evidence: evidence.open,
    point: (policy = DEFAULT_POLICY.mapper) => resolvePoint(pinned, policy),
    map: (prompts, policy) => mapPrompts(runtime, prompts, policy),
    run: (request) => runRequest(runtime, request),
    [Symbol.asyncDispose]: async () => {
      await evidence.close();
      await mapper?.[Symbol.asyncDispose]();
    },
  };
  return runtime;
}

/** Few runs ask for evidence: it is opened by the first that does. */
function lazyEvidence(path: string | undefined, domain: string) {
  let opened: Promise<Evidence> | undefined;
  return {
    open: async () => {
      if (path === undefined) {
        throw new MicroLmError("usage", 'The policy asks for "wdd", but no evidence was given', {
          hint: "Fit it with deno task wdd-fit and name it with --wdd_path",
        });
      }
      const { openEvidence } = await import("./evidence.ts");
      return await (opened ??= openEvidence(path, domain));
    },
    // Evidence that could not be opened has nothing to close.
    close: async () => await (await opened?.catch(() => undefined))?.[Symbol.asyncDispose](),
  };
}

/** The keyword mapper's scores are no probabilities: its threshold is its own. */
const WORDMAP_POINT: PinnedPoint = { threshold: 0.35 };

async function openBackend(
  domain: Domain,
  options: OpenRuntimeOptions,
): Promise<{ mapper: Mapper | null; artifact?: MapperArtifact; isFallback: boolean }> {
  const { backend = "sbert", modelPath, useWordmapFallback = true } = options;
  if (backend === "wordmap") return { mapper: wordmapOf(domain), isFallback: false };
  const fallback = { mapper: useWordmapFallback ? wordmapOf(domain) : null, isFallback: true };
  if (modelPath === undefined) return fallback;
  try {
    const artifact = await loadMapper(modelPath);
    checkMapperDomain(artifact, domain, modelPath);
    const mapper = await openArtifact(artifact, modelPath, options.mapper);
    return { mapper, artifact, isFallback: false };
  } catch (error) {
    const isAbsent = error instanceof MicroLmError && error.kind === "missing";
    if (isAbsent && fallback.mapper) return fallback;
    throw error;
  }
}

/** ARC prompts are read by a parser: there is no keyword mapper, and none is needed. */
function wordmapOf(domain: Domain): Mapper | null {
  if (isFolderDomain(domain)) return openWordmap(domain.lexicon);
  return domain.name === "defi" ? openWordmap(DEFI_LEXICON) : null;
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
