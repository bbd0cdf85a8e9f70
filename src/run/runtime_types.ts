import type { Domain } from "../domains/domain.ts";
import type { RunPhase } from "../domains/gates/finding.ts";
import type { Decision } from "../evaluate/decide.ts";
import type { Mapper, MapperSource } from "../mapper/mapper.ts";
import type { Evidence } from "./evidence.ts";
import type { ActivePoint } from "./operating_point.ts";
import type { PinnedPoint } from "../mapper/pinned_point.ts";
import type { MapperPolicy } from "./policy/mapper_policy.ts";
import type { Rails, RunRecord } from "./record/record.ts";

/** What a run is asked. */
export interface RunRequest {
  readonly prompt: string;
  /** Of who runs the program: see {@linkcode resolvePolicy}; checked here. */
  readonly policy?: unknown;
  /**
   * Of who sent the prompt: makes the policy stricter, key by key, and nothing else; see
   * {@linkcode mergePolicies}. The record says who set what. Default: nobody else has a say.
   */
  readonly callerPolicy?: unknown;
  /** See {@linkcode resolveContext}; checked here. */
  readonly context?: unknown;
  /** Default: `stage10`. */
  readonly rails?: Rails;
  /** Samples of a trace that the rails look at. Default: 180. */
  readonly T?: number;
  /** Say what would be allowed, and hand out no plan. Default: false. */
  readonly dryRun?: boolean;
  /** ARC: the grid to change, as rows of numbers. */
  readonly grid?: unknown;
  /** ARC: pairs of grids that the plan has to explain. */
  readonly pairs?: unknown;
  /** Is told when a phase begins: `parse`, `map`, `rails`. */
  readonly onPhase?: (phase: RunPhase) => void;
  /** Environment variables that the policy may honour. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A class and its probability. */
export interface RankedLabel {
  readonly label: string;
  readonly probability: number;
}

/** What an open runtime holds of operating points. */
export interface RuntimePin {
  readonly point: PinnedPoint | undefined;
  /** Whether policies can only make it stricter. */
  readonly isFloor: boolean;
  /** Keys of a policy that callers may set as they like. */
  readonly open: readonly string[];
}

/** Options of `map`. */
export interface MapOptions {
  /** Classes in {@linkcode MappedPrompt.top}. Default: 3. */
  readonly topK?: number;
  /** The operating point, instead of that of the policy. */
  readonly active?: ActivePoint;
}

/** What the mapper alone says of a prompt. */
export interface MappedPrompt extends Decision {
  /** The most probable classes, the first first; as many as were asked for. */
  readonly top: readonly RankedLabel[];
  /** Id of the certificate of the operating point, or null. */
  readonly certificate: string | null;
}

/** A domain with its mapper, ready for many runs. Runs do not influence each other. */
export interface MicroRuntime extends AsyncDisposable {
  /** Its name, or the folder that describes it. */
  readonly domain: string;
  /** The domain itself. */
  readonly opened: Domain;
  /** The mapper; null where none is there and none may stand in. */
  readonly mapper: Mapper | null;
  readonly source: MapperSource | null;
  /** True where the keyword mapper stands in for a trained one. */
  readonly isFallback: boolean;
  /**
   * The evidence beside the mapper; opened at the first call, null where there is none.
   *
   * @throws {MicroLmError} Kind `missing` if the file that was named is not there, `data` if it is damaged or
   * the evidence of another mapper.
   */
  evidence(): Promise<Evidence | null>;
  /** What {@linkcode policyOf} goes by. */
  readonly pin: RuntimePin;
  /** The operating point under a policy. */
  point(policy?: MapperPolicy): ActivePoint;
  /**
   * Maps prompts, in order. Gates, slots and guards are not asked: `run` asks them.
   *
   * @throws {MicroLmError} Kind `missing` if there is no mapper.
   */
  map(
    prompts: readonly string[],
    policy?: MapperPolicy,
    options?: MapOptions,
  ): Promise<MappedPrompt[]>;
  /**
   * From prompt to verified plan.
   *
   * @throws {MicroLmError} Kind `usage` for a policy, a context or a grid that is not understood.
   */
  run(request: RunRequest): Promise<RunRecord>;
}
