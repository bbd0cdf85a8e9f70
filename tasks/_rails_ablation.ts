import type { Domain, Encoder, Mapper, OperatingPoint } from "../mod.ts";
import { createProgress } from "../src/cli/progress.ts";
import {
  type AuditInput,
  leastShare,
  openWdd,
  PAIR_SIDES,
  pairMetrics,
  type PairRow,
  type PairSide,
  type RailsStage,
  railsWorth,
  supports,
  type WddModel,
  type WddResult,
} from "../src/rails/mod.ts";
import { percentWithInterval, type Table } from "../src/report/mod.ts";
import { decideAll } from "../src/run/mod.ts";

/** What is compared. */
export interface AblationRequest {
  readonly model: WddModel;
  /** That of the model. */
  readonly encoder: Encoder;
  readonly domain: Domain;
  readonly rows: readonly AuditInput[];
  /** The mapper, and when it acts. */
  readonly mapper: { readonly mapper: Mapper; readonly point: OperatingPoint } | null;
  readonly stages: readonly string[];
  /** Samples of a trace. */
  readonly samples: readonly number[];
}

/** How one kind of rails does. */
export interface Ablation {
  readonly rails: string;
  readonly T: number | null;
  readonly sides: Readonly<Record<string, ReturnType<typeof pairMetrics>>>;
  readonly worth: ReturnType<typeof railsWorth> | null;
  /** Milliseconds a prompt, on this machine. */
  readonly ms: number | null;
}

/** Wrong actions against coverage: one point a threshold. */
export interface CurvePoint {
  readonly side: string;
  /**
   * Which limit moves: the mapper's threshold, the least height of a lobe that shows an action (`z_abs`),
   * or the share of right orders that may be refuted (`refuse_rate`).
   */
  readonly by: "threshold" | "height" | "refuse_rate";
  readonly at: number;
  readonly coverage: number | null;
  readonly wrong: number | null;
  /** With a `refuse_rate`: shares of wrong and of right actions that it refutes. */
  readonly worth?: { readonly caught: number | null; readonly refused: number | null };
}

/** What came of a comparison. */
export interface Compared {
  readonly ablations: readonly Ablation[];
  readonly curve: readonly CurvePoint[];
  /** The rails of the curves: `stage10, T 180`, or the first that were asked for; null for none. */
  readonly curve_of: string | null;
}

/** Samples of the rails that curves show, where they were asked for. */
const DEFAULT_T = 180;
/** Thresholds of the mapper on its curves. */
const THRESHOLDS = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99];
/** Heights of lobes on the curve of the rails. */
const HEIGHTS = [0.1, 0.2, 0.3, 0.4, 0.55, 0.7, 0.85, 1, 1.2, 1.5];
/** Shares of right orders that may be refuted, on the curve of mapper and rails. */
const REFUSE_RATES = [0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3];

/** Runs every stage at every T over the rows; labels are compared at last. */
export async function ablateRails(
  request: AblationRequest,
): Promise<Compared> {
  const { model, encoder, domain, rows, mapper, stages, samples } = request;
  const prompts = rows.map(({ prompt }) => prompt);
  const forbidden = prompts.map((prompt) =>
    (domain.planner?.read(prompt).refusal ?? null) !== null
  );
  const labelsAt = async (threshold?: number) => {
    if (mapper === null) return prompts.map(() => null);
    const point = { ...mapper.point, ...(threshold !== undefined && { threshold }) };
    return (await decideAll(mapper.mapper, prompts, point)).map(({ label }) => label);
  };
  const labels = await labelsAt();
  const pair = (results: readonly WddResult[] | null, at = labels, said = saidBy): PairRow[] =>
    rows.map(({ label }, i) => ({
      gold: label,
      forbidden: forbidden[i]!,
      mapper: at[i]!,
      ...(results === null ? { keep: [], supported: [] } : said(results[i]!)),
    }));
  const ablations: Ablation[] = [];
  let shown: { readonly results: WddResult[]; readonly of: string } | undefined;
  const progress = createProgress("rails");
  for (const rails of stages) {
    if (rails === "none") {
      const sides = mapper === null ? [] : (["mapper", "gated"] as const);
      ablations.push({ rails, T: null, sides: sidesOf(pair(null), sides), worth: null, ms: null });
      continue;
    }
    for (const T of samples) {
      const detector = openWdd(model, encoder, { stage: rails as RailsStage, T });
      const started = performance.now();
      const results: WddResult[] = [];
      for (let from = 0; from < prompts.length; from += 256) {
        results.push(...await detector.detect(prompts.slice(from, from + 256)));
        progress.update(results.length, prompts.length);
      }
      const ms = (performance.now() - started) / Math.max(1, prompts.length);
      if (!shown || T === DEFAULT_T && !shown.of.endsWith(`T ${DEFAULT_T}`)) {
        shown = { results, of: `${rails}, T ${T}` };
      }
      const found = pair(results);
      const sides = PAIR_SIDES.filter((side) => mapper !== null || side === "rails");
      const worth = railsWorth(found);
      ablations.push({ rails, T, sides: sidesOf(found, sides), worth, ms });
    }
  }
  progress.end();
  const curve: CurvePoint[] = [];
  const first = shown?.results;
  const add = (
    side: PairSide,
    by: CurvePoint["by"],
    at: number,
    found: readonly PairRow[],
  ) => {
    const { coverage, wrong } = pairMetrics(found, side);
    const { caught, refused } = railsWorth(found);
    const worth = by === "refuse_rate"
      ? { worth: { caught: caught.value, refused: refused.value } }
      : {};
    curve.push({ side, by, at, coverage: coverage.value, wrong: wrong.value, ...worth });
  };
  for (const at of mapper === null ? [] : THRESHOLDS) {
    const found = pair(first ?? null, await labelsAt(at));
    for (const side of ["mapper", "gated", "both"] as const) {
      if (side !== "both" || first) add(side, "threshold", at, found);
    }
  }
  for (const at of first ? HEIGHTS : []) {
    add("rails", "height", at, pair(first!, labels, (result) => atHeight(result, at)));
  }
  for (const at of first && mapper !== null ? REFUSE_RATES : []) {
    const least_share = leastShare(model, at);
    add("both", "refuse_rate", at, pair(first!, labels, (one) => saidBy({ ...one, least_share })));
  }
  return { ablations, curve, curve_of: shown?.of ?? null };
}

function sidesOf(rows: readonly PairRow[], sides: readonly PairSide[]) {
  return Object.fromEntries(sides.map((side) => [side, pairMetrics(rows, side)]));
}

/** What the evidence shows, the strongest first, and what it does not refute. */
function saidBy(result: WddResult) {
  const { channels } = result;
  return {
    keep: namesOf(channels.filter(({ kept }) => kept)),
    supported: channels.map(({ name }) => name).filter((name) => supports(result, [name])),
  };
}

/** The same with another least height of what is shown. */
function atHeight(result: WddResult, least: number) {
  const isShown = ({ kept, verdict, height }: WddResult["channels"][number]) =>
    height! >= least && (kept || verdict === "below_height");
  return { ...saidBy(result), keep: namesOf(result.channels.filter(isShown)) };
}

function namesOf(channels: WddResult["channels"]): string[] {
  return channels.toSorted((a, b) => b.score - a.score).map(({ name }) => name);
}

/** What acts, for people. */
const SIDE_NAMES: Readonly<Record<PairSide, string>> = {
  mapper: "mapper",
  gated: "mapper, gates",
  rails: "rails, gates",
  both: "all",
};

/** The ablation as a table: one row for each kind of rails and each side. */
export function ablationTable(ablations: readonly Ablation[]): Table {
  return {
    columns: [
      ...["rails", "T", "acts", "coverage", "wrong of all", "must abstain, acts"],
      ...["several shown", "errors refuted", "right refuted"],
    ],
    rows: ablations.flatMap(({ rails, T, sides, worth }) =>
      Object.entries(sides).filter(([side]) => T === null || side === "rails" || side === "both")
        .map(([side, { coverage, wrong, non_exec }]) => [
          rails,
          T ?? "–",
          SIDE_NAMES[side as PairSide],
          percentWithInterval(coverage),
          percentWithInterval(wrong),
          percentWithInterval(non_exec),
          worth && side === "rails" ? percentWithInterval(worth.multi) : "",
          worth && side === "both" ? percentWithInterval(worth.caught) : "",
          worth && side === "both" ? percentWithInterval(worth.refused) : "",
        ])
    ),
  };
}

/** Milliseconds a prompt of each kind of rails, apart from the table: they differ from run to run. */
export function timesLine(ablations: readonly Ablation[]): string {
  const times = ablations.flatMap(({ ms }) => ms === null ? [] : [ms.toFixed(2)]);
  return `Milliseconds a prompt, in the same order: ${times.join(", ")}`;
}

/** The curves as a table: coverage and wrong actions, side by side. */
export function curveTable(curve: readonly CurvePoint[]): Table {
  const share = (x: number | null) => x === null ? "–" : `${(100 * x).toFixed(2)}%`;
  return {
    columns: ["acts", "at", "coverage", "wrong of all", "errors refuted", "right refuted"],
    rows: PAIR_SIDES.flatMap((side) =>
      curve.filter((point) => point.side === side).map(({ by, at, coverage, wrong, worth }) => [
        SIDE_NAMES[side],
        `${by} ${at}`,
        share(coverage),
        share(wrong),
        worth ? share(worth.caught) : "",
        worth ? share(worth.refused) : "",
      ])
    ),
  };
}
