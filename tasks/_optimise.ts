import { writeFileAtomic } from "../src/core/mod.ts";
import { createMasker, groupPrompts } from "../src/data/mod.ts";
import { detectDomain } from "../src/domains/mod.ts";
import { MicroLmError } from "../mod.ts";
import {
  type ClassifiedRow,
  crossValidateThresholds,
  evaluateThresholds,
  type Objective,
  type ThresholdOutcome,
} from "../src/evaluate/mod.ts";
import { percent, percentWithInterval, textTable } from "../src/report/mod.ts";
import { readPerClassThresholds } from "./_per_class_file.ts";
import type { CommandContext } from "../src/cli/run_command.ts";

/** What `per-class --optimise` is told. */
export interface OptimiseRequest {
  readonly objective: Objective;
  readonly max_wrong_rate: number;
  readonly folds: number;
  readonly seed: number;
  /** File with the thresholds in use, for the diff. */
  readonly current: string | undefined;
  readonly out_thresholds: string | undefined;
}

/** Optimises thresholds over labelled rows, prints what they are worth, writes them where asked. */
export async function optimiseCommand(
  all: readonly ClassifiedRow[],
  request: OptimiseRequest,
  { say, warn }: CommandContext,
): Promise<unknown> {
  const rows = all.filter((row) => row.gold !== "");
  const { domain } = await detectDomain(rows.map((row) => row.gold));
  const prompts = rows.map((row) => row.prompt);
  const groups = groupPrompts(prompts, { mask: createMasker(domain.slots) });
  if (new Set(groups).size < request.folds) {
    throw new MicroLmError("data", `Expected at least ${request.folds} different templates`, {
      hint: "Use fewer --folds, or more rows",
    });
  }
  const current = request.current === undefined
    ? undefined
    : await readPerClassThresholds(request.current, (name) => domain.canonicalLabel(name));
  const found = crossValidateThresholds(rows, groups, {
    objective: request.objective,
    maxWrongRate: request.max_wrong_rate,
    folds: request.folds,
    seed: request.seed,
  });
  const before = current && evaluateThresholds(rows, current);
  say(`\nThresholds for ${request.objective}, ${request.folds} folds by template`);
  say(textTable({
    columns: ["rows", "coverage (95%)", "wrong among actions (95%)", "macro F1"],
    rows: [
      ...(before ? [outcomeRow("current file", before)] : []),
      outcomeRow("held out (cross-validated)", found.held_out),
      outcomeRow("the rows that chose", found.in_sample),
    ],
  }));
  say("");
  say(textTable({
    columns: ["class", ...(current ? ["current", "change"] : []), "optimised", "over the folds"],
    rows: Object.entries(found.thresholds).map(([name, value]) => {
      const old = current?.[name] ?? 0;
      const change = value === null ? "" : signed(value - old);
      const [low, high] = found.range[name] ?? [];
      return [
        name,
        ...(current ? [show(old), change] : []),
        show(value),
        `${show(low ?? null)} to ${show(high ?? null)}`,
      ];
    }),
  }));
  if (request.out_thresholds !== undefined) {
    const text = `${JSON.stringify(found.thresholds, null, 2)}\n`;
    await writeFileAtomic(request.out_thresholds, text);
    say(`\nWrote ${request.out_thresholds}`);
    warn("expect the held-out line, not the last one, on new prompts like these");
  }
  return { ...found, current: before ?? null };
}

function outcomeRow(name: string, outcome: ThresholdOutcome): string[] {
  return [
    name,
    percentWithInterval(outcome.coverage),
    percentWithInterval(outcome.wrong_rate),
    percent(outcome.macro_f1),
  ];
}

function show(threshold: number | null): string {
  return threshold === null ? "never" : threshold.toFixed(3);
}

function signed(difference: number): string {
  return `${difference < 0 ? "−" : "+"}${Math.abs(difference).toFixed(3)}`;
}
