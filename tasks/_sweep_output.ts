import { type SigningKey, writeFileAtomic, writeSigned } from "../src/core/mod.ts";
import { stringifyCsv } from "../src/data/mod.ts";
import { DECISION_COLUMNS, METRICS_COLUMNS, metricsRow } from "../src/evaluate/mod.ts";
import { type MapperArtifact, MicroLmError, type SweepOutcome } from "../mod.ts";
import { type PinnedPoint, serializeArtifact } from "../src/mapper/mod.ts";
import {
  certificateLines,
  chosenTable,
  classTable,
  evidenceLines,
  metricsTable,
  qualityLines,
  readPlotly,
  renderHtmlReport,
  type SweepContext,
  sweepMarkdown,
  sweepSummary,
  textTable,
} from "../src/report/mod.ts";
import { railsPath } from "../src/run/mod.ts";
import { toMapperConfig } from "./_mapper_config.ts";
import type { CommandContext } from "../src/cli/run_command.ts";

/** Where the outcome of a sweep goes. */
export interface SweepPaths {
  readonly rows_csv?: string | undefined;
  readonly out_summary?: string | undefined;
  readonly out_csv?: string | undefined;
  readonly out_report?: string | undefined;
  readonly out_html?: string | undefined;
  readonly pin?: string | undefined;
  readonly out_mapper?: string | undefined;
  readonly mapper_path?: string;
  readonly spreadsheet_safe?: boolean;
  readonly artifact?: MapperArtifact | undefined;
}

/** Writes what was asked for, signed if there is a key. */
export async function writeSweep(
  outcome: SweepOutcome,
  about: SweepContext,
  paths: SweepPaths,
  signer?: SigningKey,
): Promise<void> {
  const files: [string | undefined, () => string | Promise<string>][] = [
    [paths.rows_csv, () =>
      stringifyCsv(
        outcome.rows as unknown as Record<string, unknown>[],
        DECISION_COLUMNS,
        { spreadsheetSafe: paths.spreadsheet_safe ?? false },
      )],
    [paths.out_csv, () => stringifyCsv(outcome.metrics.map(metricsRow), METRICS_COLUMNS)],
    [paths.out_report, () => sweepMarkdown(outcome, about)],
    [paths.out_html, async () =>
      renderHtmlReport(
        { outcome, context: about, scored: outcome.scored, notes: certificateLines(outcome) },
        await readPlotly(),
      )],
    [paths.out_summary, () => `${JSON.stringify(sweepSummary(outcome, about), null, 2)}\n`],
    [paths.pin, () => pinned(outcome, about, paths)],
    [paths.out_mapper, () => certifiedMapper(outcome, about, paths)],
  ];
  for (const [path, render] of files) {
    if (path !== undefined) await writeSigned(path, await render(), signer);
  }
  await copyEvidence(paths);
}

/** A mapper with another point is of the same rows: its evidence goes with it. */
async function copyEvidence({ mapper_path, out_mapper }: SweepPaths): Promise<void> {
  if (mapper_path === undefined || out_mapper === undefined) return;
  const [from, to] = [railsPath(mapper_path), railsPath(out_mapper)];
  if (from === to) return;
  for (const end of ["", ".sig"]) {
    const bytes = await Deno.readFile(`${from}${end}`).catch((error: unknown) => {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    });
    if (bytes) await writeFileAtomic(`${to}${end}`, bytes);
  }
}

function configOf({ point, certification }: SweepOutcome, about: SweepContext, paths: SweepPaths) {
  const { backend } = about.mapper;
  const path = backend === "sbert" ? paths.mapper_path ?? null : null;
  return toMapperConfig(backend, path, point, certification?.certificate);
}

function pinned(outcome: SweepOutcome, about: SweepContext, paths: SweepPaths): string {
  return `${JSON.stringify(configOf(outcome, about, paths), null, 2)}\n`;
}

function certifiedMapper(outcome: SweepOutcome, about: SweepContext, paths: SweepPaths): string {
  if (!paths.artifact) {
    throw new MicroLmError("usage", "Flag --out_mapper needs a trained mapper", {
      hint: "The keyword mapper has no file; pin its operating point with --pin",
    });
  }
  const { backend: _, model_path: __, ...point } = configOf(outcome, about, paths);
  return serializeArtifact(paths.artifact, {
    ...paths.artifact,
    operating_point: point as PinnedPoint,
  });
}

/** Prints the outcome for people. */
export function printSweep(
  outcome: SweepOutcome,
  about: SweepContext,
  { say, paint }: Pick<CommandContext, "say" | "paint">,
): void {
  const { chosen, verdict } = outcome;
  const grid = metricsTable(outcome);
  const MOST = 30;
  if (grid.rows.length <= MOST) say(textTable(grid));
  else say(`${grid.rows.length} points tried; --out_csv writes them all`);
  say("");
  const margin = chosen.metrics.near_margin > 0 ? `, margin ${chosen.metrics.near_margin}` : "";
  const order = chosen.metrics.min_order > 0 ? `, order ${chosen.metrics.min_order}` : "";
  const scope = chosen.metrics.max_oos < 1 ? `, out of scope ${chosen.metrics.max_oos}` : "";
  say(`Chosen: threshold ${chosen.metrics.threshold}${margin}${order}${scope} (${chosen.why})`);
  say(textTable(chosenTable(chosen.metrics)));
  say("");
  const lines = [...certificateLines(outcome), ...qualityLines(outcome), ...evidenceLines(outcome)];
  for (const line of lines) say(line);
  say("");
  if (outcome.perClass.length > 0) say(`${textTable(classTable(outcome.perClass))}\n`);
  for (const remark of verdict.remarks) say(`The limits alone say: ${remark}`);
  const failures = verdict.failures.map((failure) => `\n  ${failure}`).join("");
  say(`${about.bench}: ${paint[verdict.ok ? "good" : "bad"](verdict.status)}${failures}`);
}
