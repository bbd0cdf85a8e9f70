import { MicroLmError } from "../../core/errors.ts";
import { toPinned } from "../../mapper/pinned_point.ts";
import { loadMapper, type OpenMapperOptions } from "../../mapper/file/mapper_file.ts";
import { resolvePoint } from "../operating_point.ts";
import { diffJson, type JsonDifference } from "./replay_diff.ts";
import { runRequest } from "../run_request.ts";
import { openRuntime } from "../runtime.ts";
import type { MicroRuntime } from "../runtime_types.ts";
import { type TraceLine, traceVersions } from "./line.ts";
import { describeRun, requestOf } from "./run.ts";
import { readTrace } from "./verify.ts";

/** A logged run that came out otherwise. */
export interface ReplayDifference {
  /** Number of the line, from 1. */
  readonly line: number;
  readonly prompt: string;
  readonly differences: readonly JsonDifference[];
}

/** What {@linkcode replayTrace} found. */
export interface ReplaySummary {
  readonly lines: number;
  readonly equal: number;
  readonly different: number;
  /** Lines that other versions of micro-lm, Deno or V8, or another kind of machine, wrote. */
  readonly other_versions: number;
}

/** Options of {@linkcode replayTrace}. */
export interface ReplayTraceOptions {
  /** Files of the mappers that the trace speaks of. The keyword mapper needs none. Default: none. */
  readonly modelPaths?: readonly string[];
  /** File of the evidence. Default: what `train` left beside a mapper. */
  readonly evidencePath?: string;
  /** How the encoders of the mappers are opened. */
  readonly mapper?: OpenMapperOptions;
  /** Called for each run that came out otherwise. */
  readonly onDifference?: (difference: ReplayDifference) => void;
  /** Called with the number of lines that were replayed. */
  readonly onProgress?: (lines: number) => void;
}

/**
 * Runs every request of a trace again and compares what comes out, bit for bit: resolved policy and
 * context, gates, numbers, record. The operating point is the logged one; the mapper is found by its
 * hash. Each line is checked before it is replayed. Constant memory.
 *
 * @throws {MicroLmError} Kind `data` at the first line that was changed, or whose mapper is not among
 * `modelPaths`; as {@linkcode openRuntime} for the mappers.
 *
 * @example
 * ```ts
 * import { openRuntime } from "micro-lm";
 * import { openTrace, replayTrace } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * await using runtime = await openRuntime({ backend: "wordmap" });
 * const trace = openTrace(".artifacts/example-replay.jsonl");
 * const request = { prompt: "stake 5 ETH with lido" };
 * trace.append(await runtime.run(request), request, runtime);
 *
 * const { lines, equal } = await replayTrace(trace.path);
 * assertEquals([lines, equal], [1, 1]);
 * await Deno.remove(trace.path);
 * ```
 */
export async function replayTrace(
  path: string,
  options: ReplayTraceOptions = {},
): Promise<ReplaySummary> {
  await using shelf = new RuntimeShelf(path, options);
  const versions = JSON.stringify(Object.entries(traceVersions()).sort());
  let lines = 0;
  let equal = 0;
  let others = 0;
  for await (const line of readTrace(path)) {
    lines++;
    const differences = await replayLine(line, await shelf.find(line));
    if (differences.length === 0) equal++;
    else options.onDifference?.({ line: line.n, prompt: line.inputs.prompt, differences });
    if (JSON.stringify(Object.entries(line.versions).sort()) !== versions) others++;
    options.onProgress?.(lines);
  }
  return { lines, equal, different: lines - equal, other_versions: others };
}

async function replayLine(line: TraceLine, found: MicroRuntime): Promise<JsonDifference[]> {
  const request = requestOf(line.inputs);
  const { point, certificate } = line.inputs.point;
  const pinned = toPinned(point, certificate === null ? undefined : { id: certificate });
  const runtime: MicroRuntime = {
    ...found,
    isFallback: line.artifacts.is_fallback,
    pin: { point: pinned, isFloor: false, open: [] },
    point: (policy) => policy ? resolvePoint(pinned, policy) : line.inputs.point,
  };
  const { inputs, hashes, resolved, artifacts, gates, record } = line;
  const logged = { inputs, hashes, resolved, artifacts, gates, record };
  try {
    const again = describeRun(await runRequest(runtime, request), request, runtime);
    return diffJson(logged, again);
  } catch (error) {
    if (!(error instanceof MicroLmError)) throw error;
    return [{ path: "record", logged: record, replayed: { error: error.message } }];
  }
}

/** Runtimes by what they are made of; each is opened once, when a line needs it. */
class RuntimeShelf implements AsyncDisposable {
  readonly #path: string;
  readonly #options: ReplayTraceOptions;
  readonly #open = new Map<string, MicroRuntime>();
  #pathsByHash: Map<string, string> | undefined;

  constructor(path: string, options: ReplayTraceOptions) {
    this.#path = path;
    this.#options = options;
  }

  async find(line: TraceLine): Promise<MicroRuntime> {
    const { inputs: { domain }, artifacts: { mapper } } = line;
    const key = `${domain} ${mapper?.backend} ${mapper?.sha256}`;
    const known = this.#open.get(key);
    if (known) return known;
    const modelPath = mapper?.backend === "sbert"
      ? await this.#pathOf(mapper.sha256, line.n)
      : undefined;
    const runtime = await openRuntime({
      domain,
      useWordmapFallback: false,
      ...(mapper?.backend === "wordmap" && { backend: "wordmap" }),
      ...(modelPath !== undefined && { modelPath }),
      ...(this.#options.evidencePath !== undefined && {
        evidencePath: this.#options.evidencePath,
      }),
      ...(this.#options.mapper && { mapper: this.#options.mapper }),
    });
    this.#open.set(key, runtime);
    if (runtime.source?.sha256 !== mapper?.sha256) {
      throw this.#refuse(line.n, `the mapper ${mapper?.sha256}`, runtime.source?.sha256);
    }
    return runtime;
  }

  async #pathOf(sha256: string, line: number): Promise<string> {
    if (!this.#pathsByHash) {
      const { modelPaths = [] } = this.#options;
      const pairs = modelPaths.map(async (path) =>
        [(await loadMapper(path)).sha256, path] as const
      );
      this.#pathsByHash = new Map(await Promise.all(pairs));
    }
    const path = this.#pathsByHash.get(sha256);
    if (path !== undefined) return path;
    const found = [...this.#pathsByHash].map(([hash, name]) => `${hash} in ${name}`).join(", ");
    throw this.#refuse(line, `the mapper ${sha256}`, found);
  }

  #refuse(line: number, expected: string, found = ""): MicroLmError {
    return new MicroLmError("data", `Expected ${expected}, found ${found || "none"}`, {
      at: { file: this.#path, line },
      hint: "Name the file that the run used with --mapper_path; several are separated by commas",
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const runtime of this.#open.values()) await runtime[Symbol.asyncDispose]();
  }
}
