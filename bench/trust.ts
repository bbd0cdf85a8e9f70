// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * How often `compare` and `monitor` claim what is not so, and how soon they see what is.
 *
 * `deno task bench:trust [--streams 200]`
 *
 * compare: mappers of two draws of half the rows of `large` each differ by noise only; the second pair
 * is the mapper of a tenth against one of all. Judged on mini. monitor: scores of the 5k under the
 * mapper of `defi_mapper_train.csv`, a reference of 500, a stream of 1,000 in a seeded order; new intents are orders for a
 * home, and an action that a mapper has not been taught.
 */
import { parseArgs } from "@std/cli/parse-args";
import {
  type Decision,
  openDomain,
  openEncoder,
  readLabeledCsv,
  type TrainedDecidingMapper,
  trainMapper,
} from "../mod.ts";
import { createRandom } from "../src/core/mod.ts";
import { createMasker, groupPrompts, takeDataset } from "../src/data/mod.ts";
import { rate } from "../src/evaluate/mod.ts";
import { percentWithInterval, textTable } from "../src/report/mod.ts";
import { compareDecisions, type MonitoredScores, openMonitor } from "../src/trust/mod.ts";

const args = parseArgs(Deno.args, { string: ["streams"] });
const STREAMS = Number(args["streams"] ?? 200);
const POINT = { threshold: 0.5 };
const mask = createMasker((await openDomain("defi")).slots);
await using encoder = await openEncoder("lite");
const large = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_large.csv");
const mini = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
const five = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_5k.csv");
const home = await readLabeledCsv("examples/home/fixtures/train.csv");

const train = (rows: typeof large) =>
  trainMapper(rows, encoder, {
    ...{ mask, method: "none", C: 8, tol: 1e-4, orderHead: "on", classWeight: "balanced" },
  });
const draw = (seed: number, size: number) =>
  takeDataset(large, createRandom(seed).shuffle([...large.rows.keys()]).slice(0, size));
const textsOf = ({ rows }: typeof large) => rows.map(({ prompt }) => prompt);
const decide = (mapper: TrainedDecidingMapper, texts: readonly string[]) =>
  mapper.decide(texts, POINT);

const gold = mini.rows.map(({ label }) => label!);
const groups = groupPrompts(textsOf(mini), { mask });
const labels = async (size: number, seed: number) =>
  (await decide(await train(draw(seed, size)), textsOf(mini))).map(({ label }) => label);
let claims = 0;
let found = 0;
for (let i = 0; i < STREAMS; i++) {
  const [first, second] = [await labels(500, 10_000 + 2 * i), await labels(500, 10_001 + 2 * i)];
  if (compareDecisions({ gold, first, second, groups }).different) claims++;
  const less = await labels(100, 10_000 + 2 * i);
  if (compareDecisions({ gold, first: less, second, groups }).different) found++;
}

const scoresOf = (decisions: readonly Decision[]): MonitoredScores[] =>
  decisions.map(({ confidence, label, order_score: order }) => ({
    ...{ confidence, fired: label !== null },
    ...(order !== undefined && { order }),
  }));
const all = await readLabeledCsv("fixtures/defi/defi_mapper_train.csv");
const taught = await train(all);
const known = scoresOf(await decide(taught, textsOf(five)));
const foreign = scoresOf(await decide(taught, textsOf(home)));
const untaught = await train(
  takeDataset(all, [...all.rows.keys()].filter((i) => all.rows[i]!.label !== "borrow_asset")),
);
const isNew = five.rows.map(({ label }) => label === "borrow_asset");
const lessKnown = scoresOf(await decide(untaught, textsOf(five)));

/** How many of the streams alarm, and after how many prompts in the middle. */
function streams(old: readonly MonitoredScores[], fresh: readonly MonitoredScores[], most: number) {
  const alarms: number[] = [];
  for (let seed = 0; seed < STREAMS; seed++) {
    const random = createRandom(seed);
    const rows = random.shuffle([...old]);
    const monitor = openMonitor(rows.slice(0, 500), { seed });
    for (const row of rows.slice(500, 500 + most)) {
      monitor.add(fresh.length > 0 && random.uniform() < 0.3 ? random.pick(fresh) : row);
    }
    if (monitor.alarm !== null) alarms.push(monitor.alarm);
  }
  const median = alarms.sort((a, b) => a - b)[alarms.length >> 1];
  return [percentWithInterval(rate(alarms.length, STREAMS)), median ?? "–"];
}

const share = (k: number) => percentWithInterval(rate(k, STREAMS));
console.log(textTable({
  columns: ["what", `share of ${STREAMS}`, "prompts until then, median"],
  rows: [
    ["compare, noise only: claims a difference", share(claims), "–"],
    ["compare, 100 rows against 500: finds it", share(found), "–"],
    ["monitor, no change, 1,000 prompts: alarms", ...streams(known, [], 1000)],
    ["monitor, 30% orders for a home: alarms within 300", ...streams(known, foreign, 300)],
    [
      "monitor, 30% an untaught action: alarms within 300",
      ...streams(
        lessKnown.filter((_, i) => !isNew[i]),
        lessKnown.filter((_, i) => isNew[i]),
        300,
      ),
    ],
  ],
}));
