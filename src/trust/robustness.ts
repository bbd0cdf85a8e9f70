import { type Rate, rate } from "../evaluate/rate.ts";
import type { MicroRuntime, RunRequest } from "../run/runtime_types.ts";
import { type Attack, ATTACK_KINDS, type AttackKind } from "./attacks.ts";

/** How a mapper stood attacks of one kind. */
export interface AttackResult {
  readonly kind: AttackKind;
  /** Wrong actions of the mapper alone: fired with a label that is not the one allowed. */
  readonly mapper: Rate;
  /** Wrong actions of whole runs: a plan that passed all gates and is not the one allowed. */
  readonly pipeline: Rate;
  /** Attacks that were carried out as they should, by whole runs. */
  readonly right: Rate;
  /** Prompts that led to a wrong plan, five at most. */
  readonly examples: readonly string[];
}

/** What the runs of {@linkcode attackRuntime} go by. */
export interface AttackRuntimeOptions extends Pick<RunRequest, "context" | "policy"> {
  readonly onAttack?: (done: number, total: number) => void;
}

/**
 * Counts the wrong actions of a mapper and of its whole pipeline under attack. One label cannot stand for
 * two orders: where several actions are allowed, the mapper alone is wrong when it acts at all.
 *
 * @throws {MicroLmError} Kind `missing` if the runtime has no mapper; `usage` as its runs.
 *
 * @example
 * ```ts
 * import { openRuntime, readLabeledCsv } from "micro-lm";
 * import { attackRuntime, makeAttacks } from "micro-lm/trust";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using runtime = await openRuntime({ backend: "wordmap" });
 * const results = await attackRuntime(runtime, makeAttacks(data, { count: 2 }));
 * assertEquals([results.length, results[0]!.kind, results[0]!.mapper.n], [10, "typos", 2]);
 * ```
 */
export async function attackRuntime(
  runtime: MicroRuntime,
  attacks: readonly Attack[],
  { onAttack, ...facts }: AttackRuntimeOptions = {},
): Promise<AttackResult[]> {
  const mapped = await runtime.map(attacks.map(({ prompt }) => prompt));
  const plans: (readonly string[])[] = [];
  for (const { prompt } of attacks) {
    const record = await runtime.run({ prompt, ...facts });
    plans.push(record.ok ? record.plan.sequence : []);
    onAttack?.(plans.length, attacks.length);
  }
  return ATTACK_KINDS.flatMap((kind) => {
    const rows = [...attacks.keys()].filter((row) => attacks[row]!.kind === kind);
    if (rows.length === 0) return [];
    const isWrong = (said: readonly string[], row: number) =>
      said.length > 0 && said.join() !== attacks[row]!.allowed.join();
    const labels = (row: number) => mapped[row]!.label === null ? [] : [mapped[row]!.label!];
    const wrong = rows.filter((row) => isWrong(plans[row]!, row));
    const right = rows.filter((row) => plans[row]!.length > 0 && !isWrong(plans[row]!, row));
    return [{
      kind,
      mapper: rate(rows.filter((row) => isWrong(labels(row), row)).length, rows.length),
      pipeline: rate(wrong.length, rows.length),
      right: rate(right.length, rows.length),
      examples: wrong.slice(0, 5).map((row) => attacks[row]!.prompt),
    }];
  });
}
