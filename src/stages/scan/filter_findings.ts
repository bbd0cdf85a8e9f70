import type { OpenStageEncoder } from "../config/open_encoder.ts";
import { checkEncoder } from "../evaluate/encoded_sets.ts";
import { loadHead } from "../evaluate/load_head.ts";
import { detectionText } from "../iac/detections.ts";
import {
  type FindingPlace,
  type RawFinding,
  type ReadFindingsOptions,
  readPlace,
} from "../iac/finding_row.ts";
import { detectionRecord } from "../iac/record.ts";
import { findMismatch, openFolder, placesOf, type Script } from "../iac/scripts_folder.ts";
import type { MicroLmError } from "../../core/errors.ts";
import { openRunEncoder } from "../tune/run_encoder.ts";
import type { ScanThreshold } from "./evidence.ts";

/** What is said of a finding. */
export type FindingVerdict = "keep" | "likely_false_alarm" | "not_judged";

/** A finding and what is said of it. */
export interface JudgedFinding {
  readonly verdict: FindingVerdict;
  /** Kind of finding; empty if its rule has none. */
  readonly kind: string;
  /** p(TP); null where it was not judged. */
  readonly probability: number | null;
  /** Why it was not judged. */
  readonly reason?: string;
}

/** Options of {@linkcode filterFindings}. */
export interface FilterFindingsOptions
  extends Pick<ReadFindingsOptions, "rules" | "tech" | "roots"> {
  readonly openEncoder: OpenStageEncoder;
  readonly threshold: ScanThreshold;
}

/**
 * Judges findings by a trained run: below the threshold a finding is a likely false alarm. What cannot
 * be judged honestly stays: a rule without a kind, a kind that the run's validation set does not have,
 * a script or line that is not there.
 *
 * @param folder A run's folder, or the champion's.
 * @param scripts Folder that the paths of the findings start from.
 * @returns One entry a finding, in order.
 * @throws {MicroLmError} Kind `missing` or `data` if the run's files or the folder are not there or wrong.
 */
export async function filterFindings(
  folder: string,
  scripts: string,
  findings: readonly RawFinding[],
  { openEncoder, threshold, rules = {}, tech, roots = [] }: FilterFindingsOptions,
): Promise<JudgedFinding[]> {
  const { used, predict } = await loadHead(folder);
  const read = await openFolder(scripts);
  const options = {
    rules,
    roots: [...roots, ...await placesOf(scripts)],
    ...(tech === undefined ? {} : { tech }),
  };
  const judged: JudgedFinding[] = [];
  const asked: { readonly at: number; readonly text: string }[] = [];
  for (const [at, raw] of findings.entries()) {
    const place = readPlace(raw, options);
    const script = place && "file" in place ? await read(place.file) : undefined;
    const obstacle = findObstacle(place, script, threshold);
    const kind = place && "smell" in place ? place.smell : "";
    judged.push({
      verdict: "not_judged",
      kind,
      probability: null,
      ...(obstacle === undefined ? {} : { reason: obstacle }),
    });
    if (obstacle !== undefined) continue;
    const text = textOf(place as FindingPlace, script as Script, used.global.text_field, at + 1);
    asked.push({ at, text });
  }
  if (asked.length === 0) return judged;
  await using encoder = await openRunEncoder(folder, used, openEncoder);
  checkEncoder(encoder, used.encoder.spec, used.encoder.fingerprint);
  const probabilities = predict(await encoder.encode(asked.map(({ text }) => text)));
  asked.forEach(({ at }, i) => {
    const probability = probabilities[i]!;
    const verdict = probability >= threshold.value ? "keep" : "likely_false_alarm";
    judged[at] = { verdict, kind: judged[at]!.kind, probability };
  });
  return judged;
}

/** Why a finding cannot be judged. */
function findObstacle(
  place: ReturnType<typeof readPlace>,
  script: Script | MicroLmError | undefined,
  { byKind }: ScanThreshold,
): string | undefined {
  if (place === null) return "its rule is left out";
  if ("message" in place) return place.message;
  if (!Object.hasOwn(byKind, place.smell)) {
    return `the run has no labelled finding of the kind "${place.smell}"`;
  }
  return findMismatch(place, script!)?.message;
}

/** What the run's text field is of a finding; its label and source are in none of them. */
function textOf(place: FindingPlace, { lines }: Script, textField: string, at: number): string {
  const record = detectionRecord({ ...place, label: "TP", source: "" }, lines);
  return detectionText({ ...record }, textField, { file: place.file, line: at });
}
