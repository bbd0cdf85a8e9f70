// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Certificates on real rows: half of them certify, the other half stands for the prompts that follow. The
 * promise counts as broken where the error rate there is above the limit by more than 1.645 standard
 * errors, which chance alone does in one of twenty.
 */
import {
  certify,
  joinLabels,
  type Mapper,
  openDomain,
  openEncoder,
  readLabeledCsv,
  readPrompts,
  trainMapper,
} from "../mod.ts";
import { createMasker, groupPrompts } from "../src/data/mod.ts";
import { encodeGold, type ScoredRows, scoreRows } from "../src/evaluate/mod.ts";
import { openArtifact, parseArtifact, serializeArtifact } from "../src/mapper/mod.ts";
import { textTable } from "../src/report/mod.ts";
import { GRAMMARS, phrasingsOf } from "../fixtures/defi/grammar/generate.ts";
import { type Uniform, uniform } from "./certificate_laws.ts";

interface RealRows {
  readonly name: string;
  readonly scored: ScoredRows;
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  /** What is taken as independent, by name. */
  readonly units: Readonly<Record<string, readonly string[]>>;
}

const LIMITS = [0.02, 0.05, 0.1];

/** Trains on one file and scores another. */
async function scoreFile(
  [name, train, test, domain]: readonly [string, string, string, string],
): Promise<RealRows> {
  const mask = createMasker((await openDomain(domain)).slots);
  await using encoder = await openEncoder("lite");
  const training = await readLabeledCsv(train);
  const trained = await trainMapper(training, encoder, { mask, method: "temperature", tol: 1e-4 });
  const artifact = parseArtifact(serializeArtifact(trained, { domain, flags: {} }));
  await using mapper: Mapper = await openArtifact(artifact, name);
  const dataset = joinLabels(
    await readPrompts(test),
    await readLabeledCsv(test, { empty: "keep" }),
  );
  const prompts = dataset.rows.map((row) => row.prompt);
  const scored = scoreRows(await mapper.predictProbabilities(prompts));
  const { labels } = encodeGold(dataset.rows.map((row) => row.label), mapper.classes);
  const column = domain === "defi" ? dataset.rows.map(phrasingOf) : undefined;
  const units = {
    row: prompts.map((_, row) => `row ${row}`),
    template: groupPrompts(prompts, { mask }),
    ...(column && { phrasing: groupPrompts(prompts, { mask, column }) }),
  };
  return { name, scored, labels, classes: mapper.classes, units };
}

/** The phrasing that the generator of the fixtures made a row from; empty where none is found. */
function phrasingOf({ prompt, label }: { readonly prompt: string; readonly label: string | null }) {
  const grammar = GRAMMARS.find((one) => one.label === label);
  if (!grammar) return "";
  const found = phrasingsOf("5k", grammar).map(({ predicate }) => predicate)
    .sort((a, b) => b.length - a.length)
    .find((predicate) => {
      const parts = predicate.split(/ ?… ?/).map((part) => part.replace(/[.*+?()]/g, "\\$&"));
      return new RegExp(parts.join(".*?"), "i").test(prompt);
    });
  return found === undefined ? "" : `${label} ${found}`;
}

function take({ scored }: RealRows, rows: readonly number[]): ScoredRows {
  return {
    top: Uint32Array.from(rows, (row) => scored.top[row]!),
    confidence: Float64Array.from(rows, (row) => scored.confidence[row]!),
    margin: Float64Array.from(rows, (row) => scored.margin[row]!),
  };
}

/** Half of the units at random, and the other half. */
function halve(units: readonly string[], next: Uniform): [number[], number[]] {
  const side = new Map<string, boolean>();
  const halves: [number[], number[]] = [[], []];
  units.forEach((unit, row) => {
    if (!side.has(unit)) side.set(unit, next() < 0.5);
    halves[side.get(unit) ? 0 : 1].push(row);
  });
  return halves;
}

/** Whether a half breaks a promise beyond noise; units are what is independent. */
function isBroken(
  data: RealRows,
  rows: readonly number[],
  units: readonly string[],
  threshold: number,
  limit: number,
): { readonly broken: boolean; readonly coverage: number } {
  const abstain = data.classes.indexOf("abstain");
  const excess = new Map<string, number>();
  let acted = 0;
  let wrong = 0;
  for (const row of rows) {
    const top = data.scored.top[row]!;
    if (top === abstain || data.scored.confidence[row]! < threshold) continue;
    const isWrong = data.labels[row] === top ? 0 : 1;
    acted++;
    wrong += isWrong;
    excess.set(units[row]!, (excess.get(units[row]!) ?? 0) + isWrong - limit);
  }
  const spread = Math.sqrt([...excess.values()].reduce((sum, value) => sum + value * value, 0));
  return {
    broken: acted > 0 && wrong - limit * acted > 1.645 * spread,
    coverage: acted / rows.length,
  };
}

/** Halves each set so many times, by row, template and phrasing, and prints how often the promise broke. */
export async function printHalvings(halvings: number, data: string | undefined): Promise<boolean> {
  const fixtures = "fixtures/defi/defi_mapper_labeled";
  const files = [
    ["5k set", `${fixtures}_large.csv`, `${fixtures}_5k.csv`, "defi"] as const,
    ...(data === undefined ? [] : [
      [
        "BANKING77",
        `${data}/banking77/train.csv`,
        `${data}/banking77/test.csv`,
        "generic",
      ] as const,
    ]),
  ];
  const table: string[][] = [];
  let isKept = true;
  for (const file of files) {
    const set = await scoreFile(file);
    for (const [unit, units] of Object.entries(set.units)) {
      for (const limit of LIMITS) {
        const next = uniform(halvings + limit * 1000);
        let certified = 0;
        let broken = 0;
        let coverage = 0;
        for (let i = 0; i < halvings; i++) {
          const [mine, others] = halve(units, next);
          const labels = Int32Array.from(mine, (row) => set.labels[row]!);
          const { certificate } = certify(
            take(set, mine),
            { labels, labeled: labels.length },
            mine.map((row) => units[row]!),
            set.classes,
            { maxWrongRate: limit, dataSha256: `${i}` },
          );
          if (!certificate) continue;
          certified++;
          const found = isBroken(set, others, units, certificate.point.threshold, limit);
          coverage += found.coverage;
          if (found.broken) broken++;
        }
        const share = (value: number, of: number) =>
          of === 0 ? "–" : `${(100 * value / of).toFixed(1)}%`;
        if (broken > 0.05 * halvings) isKept = false;
        table.push([
          set.name,
          unit,
          String(limit),
          share(certified, halvings),
          share(coverage, certified),
          share(broken, halvings),
        ]);
      }
    }
  }
  console.log(`\nreal rows, ${halvings} halvings each`);
  console.log(textTable({
    columns: [
      "rows",
      "halved and grouped by",
      "limit",
      "certified",
      "coverage there",
      "broken beyond noise",
    ],
    rows: table,
  }));
  return isKept;
}
