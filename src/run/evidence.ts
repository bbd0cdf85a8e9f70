import { openDomain } from "../domains/registry.ts";
import { composeEncoders } from "../encoders/compose.ts";
import type { Encoder } from "../encoders/encoder.ts";
import { openEncoder } from "../encoders/open.ts";
import { MicroLmError } from "../core/errors.ts";
import type { FileCheck } from "../core/input_file.ts";
import { loadWarp } from "../rails/warp/warp.ts";
import { openWdd, type Wdd, type WddOverride } from "../rails/wdd/wdd.ts";
import { hashWdd, loadWdd } from "../rails/wdd/file.ts";
import { openTermEncoder } from "../rails/wdd/terms.ts";
import type { AuditPolicy } from "./policy/policy.ts";

/** Evidence beside the mapper, ready for many runs. */
export interface Evidence extends AsyncDisposable {
  /** Hex sha256 of the model of the evidence. */
  readonly sha256: string;
  /**
   * The detector under a policy; each different policy is calibrated once.
   *
   * @throws {MicroLmError} What reading the policy's warp throws; kind `usage` for an override of an action
   * that there is not.
   */
  detector(policy: AuditPolicy): Promise<Wdd>;
}

/** Weight of the lexicon beside the encoder. */
const TERM_WEIGHT = 4;

/**
 * The encoder that evidence is read with: that of the mapper's kind, and the domain's own words, which no
 * mapper sees.
 */
export async function openEvidenceEncoder(domain: string, spec = "lite"): Promise<Encoder> {
  const encoder = await openEncoder(spec);
  const { lexicon, slots } = await openDomain(domain);
  if (lexicon === null) return encoder;
  return composeEncoders([
    { encoder, weight: 1 },
    { encoder: openTermEncoder(lexicon, { slots }), weight: TERM_WEIGHT },
  ], `${spec}+terms*${TERM_WEIGHT}`);
}

/**
 * Opens the evidence that `wdd-fit` wrote.
 *
 * @throws {MicroLmError} Kind `missing` if there is no file, `data` if it is damaged or was made with another
 * encoder; what the check of a file's bytes throws.
 */
export async function openEvidence(
  path: string,
  domain: string,
  check?: FileCheck,
): Promise<Evidence> {
  const model = await loadWdd(path, check).catch((error: unknown) => {
    if (!(error instanceof MicroLmError) || error.kind !== "missing") throw error;
    throw new MicroLmError("missing", error.message, {
      hint: "Fit it: deno task wdd-fit --labels_csv FILE --out_path MODEL",
      cause: error,
    });
  });
  const spec = model.encoder.spec.split("+terms")[0]!;
  const encoder = await openEvidenceEncoder(domain, spec);
  if (encoder.fingerprint !== model.encoder.fingerprint) {
    await encoder[Symbol.asyncDispose]();
    throw new MicroLmError("data", `The evidence was fitted with another version of "${spec}"`, {
      at: { file: path },
      hint: "Fit it again with deno task wdd-fit",
    });
  }
  const detectors = new Map<string, Promise<Wdd>>();
  const open = async (audit: AuditPolicy) => {
    const { K, template_width, z_abs, keep_frac, overrides, pca_prior } = audit;
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
      keep_frac,
      overrides: overrides as Readonly<Record<string, WddOverride>>,
      ...(pca_prior !== null && { pca_prior: await loadWarp(pca_prior, check) }),
    };
    return openWdd(model, encoder, { policy, falseAlarmRate: audit.false_alarm_rate });
  };
  return {
    sha256: hashWdd(model),
    detector: (audit) => {
      const key = JSON.stringify(audit);
      const known = detectors.get(key);
      if (known) return known;
      const opened = open(audit);
      opened.catch(() => detectors.delete(key));
      detectors.set(key, opened);
      return opened;
    },
    [Symbol.asyncDispose]: () => encoder[Symbol.asyncDispose](),
  };
}
