import { z } from "zod";
import { MicroLmError } from "../../core/errors.ts";
import { readJsonFile } from "../../core/text/json_text.ts";
import type { Reason } from "../../domains/gates/reasons.ts";
import { REASONS } from "../reasons.ts";

/** One run of a suite and what has to come out. */
export interface SuiteCase {
  readonly id: string;
  readonly prompt: string;
  readonly policy?: unknown;
  readonly context?: unknown;
  readonly expect: {
    /** The plan's actions; empty for a refusal. */
    readonly plan: readonly string[];
    /** Any of these. */
    readonly reason: readonly Reason[];
  };
}

/** What another system scored on the same kind of cases. */
export interface SuiteReference {
  readonly run: string;
  readonly cases: number;
  readonly green: number;
  /** Runs that were approved and had to be refused; null where not stated. */
  readonly false_approvals: number | null;
}

/** Runs with their expected outcomes. */
export interface Suite {
  readonly name: string;
  readonly about: string;
  /** Variants of each case instead of the cases themselves. */
  readonly perturb?: { readonly k: number; readonly seed: number };
  readonly cases: readonly SuiteCase[];
  readonly upstream: readonly SuiteReference[];
}

const COUNT = z.int().min(0);
const OBJECT = z.record(z.string(), z.json());
const CASE = z.strictObject({
  id: z.string().min(1),
  prompt: z.string(),
  policy: OBJECT.optional(),
  context: OBJECT.optional(),
  expect: z.strictObject({ plan: z.array(z.string()), reason: z.array(z.enum(REASONS)).min(1) }),
});
const SUITE = z.strictObject({
  name: z.string(),
  about: z.string(),
  context: OBJECT.optional(),
  perturb: z.strictObject({ k: z.int().min(1), seed: z.int() }).optional(),
  cases: z.array(CASE).min(1),
  upstream: z.array(z.strictObject({
    run: z.string(),
    cases: COUNT,
    green: COUNT,
    false_approvals: COUNT.nullable(),
  })),
});

/**
 * Reads a suite. A case without a context has that of the suite, if there is one.
 *
 * @throws {MicroLmError} Kind `missing`, `permission`, or `data` for anything but a suite, for two
 * cases of one id, and for an expected plan beside a reason to refuse.
 *
 * @example
 * ```ts
 * import { readSuite } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * const { cases } = await readSuite("fixtures/suites/edges.json");
 * assertEquals(cases[0]?.expect.plan, ["deposit_asset"]);
 * ```
 */
export async function readSuite(path: string): Promise<Suite> {
  const fault = (message: string) => new MicroLmError("data", message, { at: { file: path } });
  const parsed = SUITE.safeParse(await readJsonFile(path));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw fault(`${issue.message} at "${issue.path.join(".")}"`);
  }
  const { context, cases, ...suite } = parsed.data;
  const seen = new Set<string>();
  for (const { id, expect } of cases) {
    if (seen.has(id)) throw fault(`Expected each id once, found "${id}" twice`);
    seen.add(id);
    const approves = expect.reason.includes("ok");
    if (approves !== (expect.plan.length > 0) || (approves && expect.reason.length > 1)) {
      throw fault(`Expected a plan with the reason "ok" alone, found other in case "${id}"`);
    }
  }
  return {
    ...suite,
    cases: cases.map((one) => context === undefined ? one : { context, ...one }),
  } as Suite;
}
