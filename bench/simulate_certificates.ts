// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * How often certificates break their promise, and how much they certify: draws from laws whose true error
 * rates are known, certified by the product as a black box, beside Bonferroni, Holm, fixed-sequence testing
 * and six such sequences on the same rows. With few draws the bounds of many cells cross by chance: 100, the
 * default, is about the least that says something.
 *
 *     deno task simulate certificates
 *     deno task simulate certificates --part templates,attempts --draws 200
 *     deno task simulate certificates --part real --data FOLDER
 *
 * `--dump FILE` writes the draws of the score laws for `bench/certificates_mapie.py`.
 */
import { type Certificate, certify } from "../mod.ts";
import { textTable } from "../src/report/mod.ts";
import {
  type Cell,
  cellOf,
  cells,
  note,
  printFewer,
  printNames,
  printPart,
} from "./certificate_cells.ts";
import { printHalvings } from "./certificate_halvings.ts";
import {
  ABSTAIN_LAW,
  classLaw,
  type Drawn,
  drawRows,
  drawTemplates,
  type Law,
  MARGIN_LAW,
  newTemplateRisk,
  oracleCoverage,
  type Rule,
  SCORE_LAWS,
  truthOf,
  uniform,
} from "./certificate_laws.ts";
import { RIVALS, type Scored } from "./certificate_rivals.ts";

const SIZES = [100, 300, 1000, 5000];
const LIMITS = [0.01, 0.02, 0.05];
const DELTAS = [0.05, 0.1];
/** A rate above the limit by less than this is rounding of the truth. */
const ROUNDING = 1e-4;

interface Asked {
  readonly limit: number;
  readonly delta: number;
  readonly classes?: number;
  readonly more?: object;
}

/** The product, as a black box: class 0 is right, and a wrong row must abstain or is of another class. */
function ask(
  drawn: Drawn,
  { limit, delta, classes = 1, more = {} }: Asked,
): Certificate | undefined {
  const { top, confidence, margin, wrong, groups } = drawn;
  const names = [...Array.from({ length: classes }, (_, k) => `class ${k}`), "other"];
  const labels = Int32Array.from(top, (k, row) => wrong[row] ? row % 2 === 0 ? -1 : classes : k);
  const gold = { labels, labeled: labels.length };
  return certify({ top, confidence, margin }, gold, groups, names, {
    maxWrongRate: limit,
    confidence: 1 - delta,
    dataSha256: "0".repeat(64),
    ...more,
  }).certificate;
}

/** The rule of a certificate. */
function ruleOf({ point }: Certificate, classes: number): Rule {
  const thresholds = Array.from({ length: classes }, (_, k) => {
    const own = point.perClass?.[`class ${k}`];
    return own === undefined ? point.threshold : own ?? Infinity;
  });
  return { thresholds, margin: point.nearMargin ?? 0 };
}

/** A share of the rows, for rivals: they get the parts that the product's default gives. */
function share({ confidence, wrong }: Drawn, from: number, to: number): Scored {
  const a = Math.round(from * wrong.length);
  const b = Math.round(to * wrong.length);
  return { confidence: confidence.slice(a, b), wrong: wrong.slice(a, b) };
}

function simulateScores(draws: number): void {
  for (const law of SCORE_LAWS) {
    const truth = truthOf(law);
    for (const n of SIZES) {
      const next = uniform(n + law.name.length);
      for (let draw = 0; draw < draws; draw++) {
        const drawn = drawRows(law, n, next);
        for (const limit of LIMITS) {
          for (const delta of DELTAS) {
            const certificate = ask(drawn, { limit, delta });
            const judge = (threshold: number | null) => {
              if (threshold === null) return null;
              const { coverage, risk } = truth({ thresholds: [threshold], margin: 0 });
              return { coverage, broken: risk > limit + ROUNDING };
            };
            note(
              cellOf("scores", law.name, n, limit, delta),
              judge(certificate?.point.threshold ?? null),
            );
            const tuning = share(drawn, 0, 0.2);
            const certifying = share(drawn, 0.2, 0.9);
            for (const [name, rival] of Object.entries(RIVALS)) {
              const found = judge(rival(tuning, certifying, limit, delta));
              note(cellOf(name, law.name, n, limit, delta), found);
            }
          }
        }
      }
    }
  }
}

/** Margins, costs, rows that must abstain, and classes certified one by one. */
function simulateRules(draws: number): void {
  const cases: readonly (readonly [string, Law, object])[] = [
    ["margins", MARGIN_LAW, { nearMargins: [0, 0.15, 0.3, 0.45] }],
    ["must abstain", ABSTAIN_LAW, {}],
    ["costs", classLaw(2), { perClass: { "class 0": 0.35, "class 1": 0.8 } }],
    ...[2, 8, 20].map((k) => [`each of ${k} classes`, classLaw(k), { eachClass: true }] as const),
  ];
  for (const [name, law, more] of cases) {
    const truth = truthOf(law);
    const next = uniform(name.length);
    for (const n of [300, 1000, 5000]) {
      for (let draw = 0; draw < draws; draw++) {
        const drawn = drawRows(law, n, next);
        for (const limit of [0.02, 0.05]) {
          for (const delta of DELTAS) {
            const certificate = ask(drawn, { limit, delta, classes: law.classes, more });
            const found = certificate && truth(ruleOf(certificate, law.classes));
            const risk = found && (certificate.classes ? Math.max(...found.risks) : found.risk);
            note(
              cellOf("rules", name, n, limit, delta),
              found ? { coverage: found.coverage, broken: risk! > limit + ROUNDING } : null,
            );
          }
        }
      }
    }
  }
}

const TEMPLATES: readonly (readonly [string, readonly number[]])[] = [
  ...([[2000, 1], [1000, 2], [400, 5], [250, 20], [100, 20], [107, 47], [40, 50]] as const)
    .map(([count, size]) => [`${count} × ${size}`, new Array<number>(count).fill(size)] as const),
  ["one with 30%", [600, ...new Array<number>(700).fill(2)]],
  ["sizes 1 to 20", Array.from({ length: 400 }, (_, i) => 1 + i % 20)],
];

/** Dependent rows: is the promise kept for new templates, and for more rows of the known ones? */
function simulateTemplates(draws: number): void {
  const fresh = newTemplateRisk();
  for (const [name, sizes] of TEMPLATES) {
    const next = uniform(name.length + sizes.length);
    const n = sizes.reduce((a, b) => a + b);
    for (let draw = 0; draw < draws; draw++) {
      const drawn = drawTemplates(sizes, next);
      for (const limit of LIMITS) {
        for (const delta of DELTAS) {
          const threshold = ask(drawn, { limit, delta })?.point.threshold;
          const coverage = drawn.confidence.filter((c) => c >= (threshold ?? Infinity)).length / n;
          for (const [who, risk] of [["new", fresh], ["known", drawn.known]] as const) {
            const broken = threshold !== undefined && risk(threshold) > limit + 0.001;
            note(
              cellOf("templates", `${name}, ${who}`, n, limit, delta),
              threshold === undefined ? null : { coverage, broken },
            );
          }
        }
      }
    }
  }
}

/** Several attempts on the same rows, the widest certificate kept. */
function simulateAttempts(draws: number): void {
  for (
    const law of SCORE_LAWS.filter(({ name }) => ["falling", "near 1", "flat 4%"].includes(name))
  ) {
    const truth = truthOf(law);
    const next = uniform(5);
    for (let draw = 0; draw < draws; draw++) {
      const drawn = drawRows(law, 1000, next);
      let coverage = 0;
      let broken = false;
      let certified = false;
      for (let attempt = 1; attempt <= 20; attempt++) {
        const certificate = ask(drawn, { limit: 0.05, delta: 0.05, more: { attempt } });
        if (certificate) {
          const found = truth(ruleOf(certificate, 1));
          // Broken if any of the certificates is: whoever tries may keep each.
          broken ||= found.risk > 0.05 + ROUNDING;
          coverage = Math.max(coverage, found.coverage);
          certified = true;
        }
        if ([1, 3, 10, 20].includes(attempt)) {
          note(
            cellOf("attempts", `${law.name}, ${attempt} attempts`, 1000, 0.05, 0.05),
            certified ? { coverage, broken } : null,
          );
        }
      }
    }
  }
}

/** Draws for other programs: the score laws on their grid, and some rows of each. */
async function dumpDraws(path: string, draws: number): Promise<void> {
  const laws = SCORE_LAWS.map((law) => {
    const rows = Array.from({ length: 4000 }, (_, i) => law.row((i + 0.5) / 4000, 0.5));
    return { confidence: rows.map((row) => row.confidence), wrong: rows.map((row) => row.wrong) };
  });
  const list = SCORE_LAWS.flatMap((law, number) =>
    SIZES.flatMap((n) => {
      const next = uniform(n + law.name.length);
      return Array.from({ length: draws }, () => {
        const { confidence, wrong } = drawRows(law, n, next);
        return { law: number, n, confidence: [...confidence], wrong: [...wrong] };
      });
    })
  );
  const text = JSON.stringify({ laws, limits: LIMITS, deltas: DELTAS, draws: list });
  await Deno.writeTextFile(path, text);
}

function printScores(): void {
  const methods = ["scores", ...Object.keys(RIVALS)];
  const rows = [
    ...SIZES.map((n) => [`${n} rows`, (cell: Cell) => cell.n === n] as const),
    [
      "all",
      () => true,
    ] as const,
  ].map(([name, isIn]) => [
    name,
    ...methods.map((part) => {
      const list = [...cells.values()].filter((cell) => cell.part === part && isIn(cell));
      return (list.reduce((sum, cell) => sum + cell.coverage / cell.draws, 0) / list.length)
        .toFixed(3);
    }),
  ]);
  const oracle = SCORE_LAWS.flatMap((law) => {
    const truth = truthOf(law);
    return LIMITS.map((limit) => oracleCoverage(truth, limit));
  });
  console.log(textTable({ columns: ["mean coverage", "certify", ...methods.slice(1)], rows }));
  console.log(`oracle ${(oracle.reduce((a, b) => a + b) / oracle.length).toFixed(3)}`);
}

/**
 * Mean coverage at a limit and an allowance of 5% over the shapes and sizes, and with each shape left out:
 * a mean over laws says as much of the choice of laws as of a method.
 */
function printPower(): void {
  const methods = ["scores", "Holm", "six starts", "fixed sequence, 1.5 times zero-error rows"];
  const oracle = new Map(
    SCORE_LAWS.map((law) => [law.name, oracleCoverage(truthOf(law), 0.05)]),
  );
  const row = (title: string, names: readonly string[]) => {
    const mean = (part: string) => {
      const list = names.flatMap((name) => SIZES.map((n) => cellOf(part, name, n, 0.05, 0.05)));
      return list.reduce((sum, cell) => sum + cell.coverage / cell.draws, 0) / list.length;
    };
    const best = names.reduce((sum, name) => sum + oracle.get(name)!, 0) / names.length;
    return [title, ...[...methods.map(mean), best].map((value) => value.toFixed(3))];
  };
  const names = SCORE_LAWS.map(({ name }) => name);
  const rows = [
    row("all 11 shapes, 44 cells", names),
    ...names.map((left) => row(`40 cells, without ${left}`, names.filter((name) => name !== left))),
  ];
  const columns = [
    "limit 5%, allowance 5%",
    "certify",
    "Holm",
    "six starts",
    "1.5 times",
    "oracle",
  ];
  console.log(textTable({ columns, rows }));
}

/** The value after a flag. */
function flag(name: string): string | undefined {
  const at = Deno.args.indexOf(`--${name}`);
  return at < 0 ? undefined : Deno.args[at + 1];
}

if (Deno.args[0] !== "certificates") {
  console.error("Usage: deno task simulate certificates [--draws N] [--part A,B] [--data FOLDER]");
  Deno.exit(64);
}
const count = Number(flag("draws") ?? 100);
const dump = flag("dump");
if (dump !== undefined) await dumpDraws(dump, count);
const parts = (flag("part") ?? "scores,rules,templates,attempts,real").split(",");
const PARTS: Readonly<Record<string, (draws: number) => void>> = {
  scores: simulateScores,
  rules: simulateRules,
  templates: simulateTemplates,
  attempts: simulateAttempts,
};
let isKept = true;
for (const [name, run] of Object.entries(PARTS)) {
  if (!parts.includes(name)) continue;
  run(count);
  console.log("");
  isKept = printPart(name) && isKept;
  printNames(name);
  if (name === "scores" || name === "rules") isKept = printFewer(name) && isKept;
  if (name !== "scores") continue;
  for (const rival of Object.keys(RIVALS)) printPart(rival);
  printScores();
  printPower();
}
if (parts.includes("real")) {
  isKept = await printHalvings(Math.max(20, 5 * count), flag("data")) && isKept;
}
if (!isKept) Deno.exit(2);
