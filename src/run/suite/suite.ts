import { type Rate, rate } from "../../evaluate/rate.ts";
import { sha256Hex } from "../../core/hash.ts";
import { canonicalJson } from "../../core/canonical_json.ts";
import { perturb } from "./perturb.ts";
import { isApproval, type Reason } from "../../domains/gates/reasons.ts";
import type { RunRecord } from "../record/record.ts";
import { checkRunRecord } from "../record/schema.ts";
import type { MicroRuntime } from "../runtime_types.ts";
import type { Suite, SuiteCase } from "./file.ts";

/** Options of {@linkcode runSuite}. */
export interface RunSuiteOptions {
  /** How often each case is run; all records have to be equal. Default: 5. */
  readonly runs?: number;
  /** Is told how many cases are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What became of one case. */
export interface SuiteRow {
  readonly id: string;
  readonly prompt: string;
  readonly expected: SuiteCase["expect"];
  readonly plan: readonly string[];
  readonly reason: Reason;
  readonly det_hash: string;
  /** Sha256 of the record. */
  readonly record_sha256: string;
  /** Whether all runs gave the same record. */
  readonly stable: boolean;
  /** Whether the record is the expected one, every time. */
  readonly green: boolean;
}

/** Approvals and refusals, where "positive" is an approval. */
export interface SuiteRates {
  /** Right approvals among approvals. */
  readonly precision: Rate;
  /** Right approvals among the cases that ask for one. */
  readonly recall: Rate;
  /** Wrong approvals among approvals. */
  readonly hallucination: Rate;
  /** Cases that ask for an approval and did not get the right one. */
  readonly omission: Rate;
  /** Refusals among all cases, by reason. */
  readonly abstained: Readonly<Record<string, Rate>>;
}

/** The outcome of a suite. */
export interface SuiteResult {
  readonly name: string;
  readonly runs: number;
  readonly green: boolean;
  readonly green_cases: Rate;
  /** Approvals that had to be refusals or another plan. */
  readonly false_approvals: number;
  readonly rates: SuiteRates;
  /** Sha256 over the records of all cases: equal in every process with the same mapper. */
  readonly records_sha256: string;
  readonly rows: readonly SuiteRow[];
}

/**
 * Runs every case of a suite and compares plan and reason with what is expected.
 *
 * @throws {MicroLmError} Kind `usage` for a policy or a context that is not understood, `data` for
 * a record that is not as `src/run/record/schema.json` says.
 *
 * @example
 * ```ts
 * import { openRuntime } from "micro-lm";
 * import { readSuite, runSuite } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * await using runtime = await openRuntime({ backend: "wordmap" });
 * const { cases, ...suite } = await readSuite("fixtures/suites/edges.json");
 * const result = await runSuite(runtime, { ...suite, cases: cases.slice(0, 2) });
 * assertEquals([result.green, result.false_approvals], [true, 0]);
 * ```
 */
export async function runSuite(
  runtime: MicroRuntime,
  suite: Suite,
  { runs = 5, onProgress }: RunSuiteOptions = {},
): Promise<SuiteResult> {
  const cases = expandCases(suite);
  const rows: SuiteRow[] = [];
  for (const one of cases) {
    rows.push(await runCase(runtime, one, runs));
    onProgress?.(rows.length, cases.length);
  }
  const green = rows.filter((row) => row.green).length;
  return {
    name: suite.name,
    runs,
    green: green === rows.length,
    green_cases: rate(green, rows.length),
    false_approvals: rows.filter(isFalseApproval).length,
    rates: ratesOf(rows),
    records_sha256: sha256Hex(rows.map((row) => row.record_sha256).join("\n")),
    rows,
  };
}

/** A perturbed suite runs its cases as they stand, too: a variant has to end as its original. */
function expandCases({ cases, perturb: options }: Suite): readonly SuiteCase[] {
  if (!options) return cases;
  return cases.flatMap((one, i) => [
    one,
    ...perturb(one, { k: options.k, seed: options.seed + i })
      .map((variant, j) => ({ ...variant, id: `${one.id}#${j + 1}` })),
  ]);
}

async function runCase(runtime: MicroRuntime, one: SuiteCase, runs: number): Promise<SuiteRow> {
  const { id, prompt, policy, context, expect } = one;
  const hashes = new Set<string>();
  let last: RunRecord | undefined;
  for (let i = 0; i < Math.max(1, runs); i++) {
    const record = await runtime.run({ prompt, policy: policy ?? {}, context: context ?? {} });
    hashes.add(sha256Hex(canonicalJson(record)));
    last = checkRunRecord(JSON.parse(JSON.stringify(record)));
  }
  const { plan: { sequence: plan }, reason, det_hash } = last!;
  const stable = hashes.size === 1;
  return {
    id,
    prompt,
    expected: expect,
    plan,
    reason,
    det_hash,
    record_sha256: [...hashes][0]!,
    stable,
    green: stable && isSame(plan, expect.plan) && expect.reason.includes(reason),
  };
}

function isSame(plan: readonly string[], expected: readonly string[]): boolean {
  return plan.join() === expected.join();
}

function isApproved({ reason }: SuiteRow): boolean {
  return isApproval(reason);
}

function isFalseApproval(row: SuiteRow): boolean {
  return isApproved(row) && !isSame(row.plan, row.expected.plan);
}

function ratesOf(rows: readonly SuiteRow[]): SuiteRates {
  const wanted = rows.filter((row) => row.expected.plan.length > 0);
  const approved = rows.filter(isApproved);
  const right = approved.filter((row) => !isFalseApproval(row)).length;
  const refusals = rows.filter((row) => !isApproved(row)).map((row) => row.reason);
  return {
    precision: rate(right, approved.length),
    recall: rate(right, wanted.length),
    hallucination: rate(approved.length - right, approved.length),
    omission: rate(wanted.length - right, wanted.length),
    abstained: Object.fromEntries(
      [...new Set(refusals)].sort().map((reason) => [
        reason,
        rate(refusals.filter((other) => other === reason).length, rows.length),
      ]),
    ),
  };
}
