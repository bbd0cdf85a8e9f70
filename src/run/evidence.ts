import { MicroLmError } from "../core/errors.ts";
import type { FileCheck } from "../core/input_file.ts";
import type { OpenEncoderOptions } from "../encoders/open.ts";
import { loadWarp } from "../rails/warp/warp.ts";
import { hashWdd, loadWdd } from "../rails/wdd/file.ts";
import { openModelEncoder } from "../rails/wdd/model.ts";
import type { RailsStage } from "../rails/wdd/traces.ts";
import { openWdd, type Wdd, type WddOverride } from "../rails/wdd/wdd.ts";
import type { AuditPolicy } from "./policy/policy.ts";

/** Which rails, and how many samples they look at. */
export interface RailsRequest {
  readonly stage: RailsStage;
  /** Samples of a trace. */
  readonly T: number;
}

/** Evidence beside the mapper, ready for many runs. */
export interface Evidence extends AsyncDisposable {
  /** Hex sha256 of the model of the evidence. */
  readonly sha256: string;
  /** Hex sha256 of the rows that it was fitted on; null where they are not known. */
  readonly dataSha256: string | null;
  /**
   * The detector under a policy; each different policy, stage and `T` is calibrated once.
   *
   * @throws {MicroLmError} What reading the policy's warp throws; kind `usage` for an override of an action
   * that there is not.
   */
  detector(policy: AuditPolicy, request: RailsRequest): Promise<Wdd>;
}

/** Options of {@linkcode openEvidence}. */
export interface OpenEvidenceOptions {
  /** Sees the bytes of files before anything in them is believed. Default: nobody does. */
  readonly check?: FileCheck | undefined;
  /** How the encoder of the spans is opened. */
  readonly encoder?: OpenEncoderOptions | undefined;
}

/** Detectors that are kept: callers choose `T`, and each is calibrated for a second. */
const MOST_DETECTORS = 16;

/**
 * Opens the evidence that `train` or `wdd-fit` wrote.
 *
 * @throws {MicroLmError} Kind `missing` if there is no file, `data` if it is damaged or was made with another
 * encoder; what the check of a file's bytes throws.
 *
 * @example
 * ```ts
 * import { openDomain, readLabeledCsv } from "micro-lm";
 * import { saveWdd } from "micro-lm/rails";
 * import { DEFAULT_POLICY, fitRails, openEvidence } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * const path = ".artifacts/example_open_evidence.json";
 * await saveWdd(path, await fitRails(data, await openDomain("defi")));
 * await using evidence = await openEvidence(path);
 * await Deno.remove(path);
 * const detector = await evidence.detector(DEFAULT_POLICY.audit, { stage: "stage10", T: 180 });
 * const [found] = await detector.detect(["please repay 500 DAI of my loan"]);
 * assertEquals(found!.channels.length, 8);
 * ```
 */
export async function openEvidence(
  path: string,
  { check, encoder: how }: OpenEvidenceOptions = {},
): Promise<Evidence> {
  const model = await loadWdd(path, check).catch((error: unknown) => {
    if (!(error instanceof MicroLmError) || error.kind !== "missing") throw error;
    throw new MicroLmError("missing", error.message, {
      hint: "Fit it: deno task wdd-fit --labels_csv FILE --out_path MODEL",
      cause: error,
    });
  });
  const encoder = await openModelEncoder(model, how).catch((error: unknown) => {
    if (!(error instanceof MicroLmError) || error.kind !== "data") throw error;
    throw new MicroLmError("data", error.message, {
      at: { file: path },
      hint: "Fit it again with deno task wdd-fit",
      cause: error,
    });
  });
  const detectors = new Map<string, Promise<Wdd>>();
  const open = async (audit: AuditPolicy, { stage, T }: RailsRequest) => {
    const { K, template_width, z_abs, z_refute, refuse_rate, keep_frac, overrides, pca_prior } =
      audit;
    const unknown = Object.keys(overrides).find((name) => !model.primitives.includes(name));
    if (unknown !== undefined) {
      throw new MicroLmError("usage", `Unknown action "${unknown}" in policy.audit.overrides`, {
        hint: `Known: ${model.primitives.join(", ")}`,
      });
    }
    const policy = {
      K,
      template_width,
      z_abs,
      z_refute,
      refuse_rate,
      keep_frac,
      overrides: overrides as Readonly<Record<string, WddOverride>>,
      ...(pca_prior !== null && { pca_prior: await loadWarp(pca_prior, check) }),
    };
    return openWdd(model, encoder, { policy, falseAlarmRate: audit.false_alarm_rate, stage, T });
  };
  return {
    sha256: hashWdd(model),
    dataSha256: model.training.data_sha256,
    detector: (audit, request) => {
      const { gate: _, mode: _mode, profile: _profile, backend: _backend, ...gates } = audit;
      const key = JSON.stringify([gates, request.stage, request.T]);
      const known = detectors.get(key);
      if (known) return known;
      const [oldest] = detectors.keys();
      if (detectors.size >= MOST_DETECTORS) detectors.delete(oldest!);
      const opened = open(audit, request);
      opened.catch(() => detectors.delete(key));
      detectors.set(key, opened);
      return opened;
    },
    [Symbol.asyncDispose]: () => encoder[Symbol.asyncDispose](),
  };
}

/**
 * Where `train` leaves the evidence of a mapper.
 *
 * @example
 * ```ts
 * import { railsPath } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(railsPath(".artifacts/defi_mapper.json"), ".artifacts/defi_mapper.rails.json");
 * ```
 */
export function railsPath(mapperPath: string): string {
  return `${mapperPath.replace(/\.json$/, "")}.rails.json`;
}

/**
 * The evidence beside a mapper; null where there is none.
 *
 * @param dataSha256 Of the rows that the mapper was trained on.
 * @throws {MicroLmError} As {@linkcode openEvidence}, but for a file that is not there; kind `data` if it was
 * fitted on other rows than the mapper.
 */
export async function openEvidenceBeside(
  mapperPath: string,
  dataSha256: string,
  options: OpenEvidenceOptions,
): Promise<Evidence | null> {
  const path = railsPath(mapperPath);
  const evidence = await openEvidence(path, options).catch((error: unknown) => {
    if (error instanceof MicroLmError && error.kind === "missing") return null;
    throw error;
  });
  if (evidence === null || evidence.dataSha256 === dataSha256) return evidence;
  await evidence[Symbol.asyncDispose]();
  throw new MicroLmError(
    "data",
    "The evidence was fitted on other rows than the mapper beside it",
    {
      at: { file: path },
      hint: "Train again, which fits both; or name other evidence with --wdd_path",
    },
  );
}
