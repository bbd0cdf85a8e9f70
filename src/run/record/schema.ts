import { z } from "zod";
import { MicroLmError } from "../../core/errors.ts";
import { OUTCOMES } from "../../evaluate/decide.ts";
import { RUN_SCHEMA, type RunRecord } from "./record.ts";
import {
  ARC_STEP,
  DEFI_STEP,
  FOLDER_STEP,
  GRID_CHECK,
  SPAN,
  STEP_VERDICT,
} from "./schema_steps.ts";
import { REASONS } from "../reasons.ts";

const SHARE = z.number().min(0).max(1);
const REASON = z.enum(REASONS);
const SEQUENCE = z.array(z.string());

const GATE = z.strictObject({
  gate: z.enum(["input", "non_exec", "mapper", "slots", "evidence", "guards", "grid"])
    .describe("Which gate."),
  ok: z.boolean().describe("Whether it was passed."),
  reason: REASON.describe("Why not; ok if it was passed."),
  detail: z.json().optional().describe("The numbers or words behind the verdict."),
});

const MAPPING = z.strictObject({
  label: z.string().nullable().describe("The action, or null where the mapper abstains."),
  reason: z.enum(OUTCOMES).describe("Whether the mapper fired, else why not."),
  predicted: z.string().describe("The most probable class, also when abstaining."),
  confidence: SHARE.describe("Its probability."),
  margin: SHARE.describe("Its distance to the second probability."),
  threshold: SHARE.nullable()
    .describe("The threshold that applied; null for a class that never fires."),
  novelty: SHARE.optional().describe("Share of the words that the training did not know."),
  order_score: SHARE.optional()
    .describe("Probability that the prompt is an order at all, if the mapper can tell."),
  oos_score: SHARE.optional()
    .describe("Probability that the words are out of scope, if the operating point limits it."),
  span: SPAN,
  text: z.string().describe("The words of the step."),
});

const PLAN = z.strictObject({
  sequence: SEQUENCE.describe("The actions in order."),
  steps: z.array(z.union([DEFI_STEP, ARC_STEP, FOLDER_STEP])).describe(
    "The same with what the words say.",
  ),
});

const VERIFY = z.strictObject({
  ok: z.boolean().describe("Whether every gate was passed."),
  reason: REASON.describe("The gravest of failed; ok if there is none."),
  failed: z.array(REASON).describe("All that failed, the gravest first."),
  tags: z.array(z.string()).describe("What ran: rails:stage10, wdd:on, audit:wdd, dry_run."),
  steps: z.array(STEP_VERDICT).describe("Verdicts of the guards, step by step."),
  grid: GRID_CHECK.optional().describe("ARC: how the plan was checked on grids."),
});

const AUX = z.strictObject({
  gates: z.array(GATE).describe("Every gate that was asked, in order."),
  mappings: z.array(MAPPING).describe("What the mapper said of each step."),
  would_allow: SEQUENCE.optional().describe("Dry run: what would have been allowed."),
  policy: z.strictObject({
    set_by: z.record(z.string(), z.enum(["operator", "caller", "mapper"]))
      .describe("Who set a key, where it is not the default."),
    ignored: z.array(z.strictObject({
      path: z.string().describe("The key."),
      asked: z.json().describe("What the caller wanted."),
      kept: z.json().describe("What applied."),
    })).describe("What the caller asked for and did not get."),
  }).optional().describe("Where a caller had a say in the policy: who set what."),
});

const SOURCE = z.enum(["risk", "top_level", "positions"]).nullable();

const SCORED_SPAN = z.strictObject({
  text: z.string().describe("Words, with numbers and names masked."),
  score: z.number().describe("How much they speak for the action, in log-odds."),
});

const CHANNEL = z.strictObject({
  name: z.string().describe("The action."),
  kept: z.boolean().describe("Whether the evidence shows it."),
  verdict: z.string().describe("kept, or the gate that it failed first."),
  peak: z.int().describe("Sample at which its lobe stands."),
  token: z.int().describe("Token of the prompt that stands there, from 0."),
  score: z.number().describe("Robust standard deviations above the trace's own null."),
  z_min: z.number().describe("The least score that its gate takes."),
  height: z.number().nullable().describe("Of the lobe, in units of what a mean prompt shows."),
  share: SHARE.describe("What the whole prompt says for it, of all that it says for actions."),
  shape: z.number().nullable().describe("Correlation with a half-sine, -1 to 1."),
  p_value: SHARE.describe("Share of prompts without an action that score as high."),
  spans: z.array(SCORED_SPAN).describe("The words that speak for it, the strongest first."),
});

const WDD = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/).describe("Of the model of the evidence."),
  stage: z.enum(["stage10", "stage11"]).describe("How traces were made."),
  T: z.int().describe("Samples of a trace."),
  verdict: z.enum(["PASS", "ABSTAIN"]).describe("Whether an action is shown."),
  order: SEQUENCE.describe("What is shown, in the order of places."),
  disagreement: z.strictObject({
    about: z.enum(["actions", "order"])
      .describe("An action that is not shown, or is shown in another place."),
    mapper: SEQUENCE.describe("What the plan does."),
    rails: SEQUENCE.describe("What the evidence shows."),
  }).nullable().describe("Both sides where they part; null where they agree."),
  gates: z.strictObject({
    z_min: z.number().describe("Least score, before it is fitted to each action."),
    p_value: SHARE.describe("Share of prompts without an action that score as high as the best."),
    mf_peak: z.number().describe("Score of the strongest channel."),
    least_share: SHARE.describe("Below it the actions of a plan together are refuted."),
  }).describe("What applied to all actions."),
  channels: z.array(CHANNEL).describe("Every action, in canonical order."),
});

const ARTIFACTS = z.strictObject({
  mapper: z.strictObject({
    backend: z.enum(["sbert", "wordmap"]).describe("A trained mapper, or keywords."),
    encoder: z.string().nullable().describe("Encoder of a trained mapper."),
    sha256: z.string().regex(/^[0-9a-f]{64}$/).describe("Of the mapper, or of the keywords."),
    point: z.json().describe("The operating point that applied."),
    certificate: z.string().nullable().describe("Id of its certificate, or null."),
    score: SHARE.describe("Least confidence over the steps; 0 if it was not asked."),
    reason: z.enum(OUTCOMES).nullable()
      .describe("What came of the step that it was least sure of; null if it was not asked."),
    aux: z.strictObject({
      label: z.string().nullable().describe("The action of that step; null where it abstained."),
      predicted: z.string().describe("Its most probable class."),
      margin: SHARE.describe("Distance of its two greatest probabilities."),
      threshold: SHARE.nullable().describe("The threshold that applied; null for never."),
      text: z.string().describe("The words of the step."),
    }).nullable().describe("More of that step; null if it was not asked."),
  }).nullable().describe("What mapped the prompt; null if nothing could."),
  verify: z.strictObject({
    ok: z.boolean().describe("Whether every gate was passed."),
    reason: REASON.describe("The gravest of what failed; ok if nothing did."),
    sources: z.strictObject({
      ltv: SOURCE.describe("Source of the loan to value; null if unknown."),
      hf: SOURCE.describe("Source of the health factor; null if unknown."),
    }).nullable().describe("Where the context stated the ratios; null if no guard asked."),
  }).describe("What the checks said, and on what."),
  wdd: WDD.nullable().describe("What the rails saw; null if they did not run."),
  schema: z.strictObject({
    v: z.literal(1).describe("Version of the record."),
    keys: z.array(z.string()).describe("The record's keys, sorted."),
  }).describe("The record's form."),
});

const WDD_SUMMARY = z.strictObject({
  decision: z.enum(["PASS", "ABSTAIN"]).describe("What the evidence says."),
  keep: z.array(z.string()).describe("Actions with evidence."),
  order: z.array(z.string()).optional()
    .describe("The same in the order of their places; in family mode alone."),
  sigma: z.number().describe("Width of the smoothing, in samples."),
  proto_w: z.number().describe("Width of the template, in samples."),
  which_prior: z.string().describe("Prior that applied."),
  note: z.string().describe("A remark."),
});

const RECORD = z.strictObject({
  schema: z.literal(RUN_SCHEMA).describe("Name of this format."),
  domain: z.string().describe("Domain of the run."),
  prompt: z.string().describe("The prompt, unchanged."),
  rails: z.enum(["stage11", "stage10", "none"]).describe("Rails that were asked for."),
  T: z.number().describe("Samples of a trace that the rails look at."),
  label: z.string().nullable()
    .describe("First action that the prompt asks for, also if it may not be carried out."),
  score: SHARE.describe("Least confidence over the steps; 0 if the mapper was not asked."),
  ok: z.boolean().describe("Whether the plan may be carried out. False means an empty plan."),
  reason: REASON.describe("Why; one of a closed set."),
  top1: z.string().nullable().describe("First action of the plan, or null."),
  sequence: SEQUENCE.describe("The same as plan.sequence."),
  plan: PLAN.describe("What may be carried out; empty unless ok."),
  verify: VERIFY.describe("What the checks said."),
  flags: z.array(z.string()).describe("What was switched off or stood in."),
  aux: AUX.describe("How the outcome came about."),
  artifacts: ARTIFACTS.describe("What decided."),
  det_hash: z.string().regex(/^[0-9a-f]{12}$/).describe("Fingerprint of plan.sequence."),
  wdd_summary: WDD_SUMMARY.nullable().describe("Audit by the rails; null if it did not run."),
  abstained: z.boolean().describe("Whether the plan is empty."),
});

/**
 * The format of run records as a JSON Schema, draft 2020-12, with a description of every key.
 * `src/run/record/schema.json` holds it.
 *
 * @example
 * ```ts
 * import { runRecordJsonSchema } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * const schema = runRecordJsonSchema();
 * assertEquals(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
 * ```
 */
export function runRecordJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(RECORD, { target: "draft-2020-12" });
  return { $schema, $id: `urn:${RUN_SCHEMA}`, title: "Record of a run", ...schema };
}

/**
 * Checks that a value is a run record, as it is read from a file or a trace.
 *
 * Beyond the format: the keys are those that the record lists, and a run that is not ok has no
 * plan.
 *
 * @throws {MicroLmError} Kind `data`, naming the path and what was expected.
 *
 * @example
 * ```ts
 * import { runMicro } from "micro-lm";
 * import { checkRunRecord } from "micro-lm/run";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const record = await runMicro({ prompt: "check balance", backend: "wordmap" });
 * assertEquals(checkRunRecord(JSON.parse(JSON.stringify(record))).ok, false);
 * assertThrows(() => checkRunRecord({ ...record, ok: "yes" }), Error, 'at "ok"');
 * ```
 */
export function checkRunRecord(value: unknown): RunRecord {
  const parsed = RECORD.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const at = path.length === 0 ? "" : ` at "${path.join(".")}"`;
    throw new MicroLmError("data", `Expected a run record, found${at}: ${message}`);
  }
  const record = value as RunRecord;
  const fault = inconsistency(record);
  if (fault) throw new MicroLmError("data", `Expected a run record, found ${fault}`);
  return record;
}

function inconsistency(
  { ok, abstained, sequence, plan, verify, ...rest }: RunRecord,
): string | null {
  const keys = ["ok", "abstained", "sequence", "plan", "verify", ...Object.keys(rest)].sort();
  const listed = rest.artifacts.schema.keys;
  if (listed.join() !== keys.join()) return `keys ${keys} where it lists ${listed}`;
  if (!ok && plan.steps.length + plan.sequence.length > 0) return "a plan in a run that is not ok";
  if (abstained !== (plan.sequence.length === 0)) return `abstained ${abstained} beside its plan`;
  if (sequence.join() !== plan.sequence.join()) return "a sequence other than its plan's";
  if (verify.reason !== rest.reason) return `the reasons ${rest.reason} and ${verify.reason}`;
  return null;
}
