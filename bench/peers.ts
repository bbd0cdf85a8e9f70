// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * The audit beside cleanlab, near-duplicates beside semhash, a certificate beside MAPIE, on the same rows.
 *
 *     pip install -r bench/peers_requirements.txt     # for /usr/bin/python3
 *     deno task bench:peers
 *
 * A peer that Python does not find is skipped, and said so. 3% of 3,000 labels are flipped; 200 prompts of
 * `large` are planted again with a slip; the certificate is about the mapper of quickstart on the 5k.
 */
import { certify, openDomain, openEncoder, openMapper, readLabeledCsv } from "../mod.ts";
import { createRandom, writeFileAtomic } from "../src/core/mod.ts";
import { createMasker, takeDataset } from "../src/data/mod.ts";
import { encodeGold, scoreRows } from "../src/evaluate/mod.ts";
import { predictOutOfFold } from "../src/mapper/mod.ts";
import { textTable } from "../src/report/mod.ts";
import { auditLabels, findNearDuplicates } from "../src/trust/mod.ts";

const FOLDER = ".artifacts/peers";
const [LIMIT, DELTA] = [0.05, 0.05];
const mask = createMasker((await openDomain("defi")).slots);
await using encoder = await openEncoder("lite");

const all = await readLabeledCsv("fixtures/defi/defi_mapper_train.csv");
const random = createRandom(5);
const some = takeDataset(all, random.shuffle([...all.rows.keys()]).slice(0, 3000));
const names = [...new Set(some.rows.map(({ label }) => label!))].sort();
const isFlipped = some.rows.map((_, i) => i % 33 === 0);
const rows = some.rows.map((row, i) =>
  isFlipped[i] ? { ...row, label: random.pick(names.filter((name) => name !== row.label)) } : row
);
const data = { ...some, rows };
const audited = await auditLabels(data, { encoder, mask });
const top = Math.round(rows.length * 0.05);
const flips = audited.slice(0, top).filter(({ row }) => isFlipped[rows.indexOf(row)]).length;
const { probabilities, classes } = await predictOutOfFold(data, encoder, {
  ...{ folds: 5, foldSeed: 0, mask, method: "none", classWeight: "balanced" },
  ...{ C: 8, tol: 1e-4, maxIter: 2000, seed: 0, orderHead: "off" },
});

const pool = (await readLabeledCsv("fixtures/defi/defi_mapper_labeled_large.csv")).rows
  .map(({ prompt }) => prompt);
const SLIPS: readonly ((text: string) => string)[] = [
  (text) => text.replace(/(\w)(\w)(?=\w*$)/, "$2$1"),
  (text) => `please ${text}`,
  (text) => `${text} thanks`,
  (text) => text.replace(/ \S+/, ""),
  (text) => text.replace(/[aeiou]/, ""),
];
const planted = pool.slice(0, 200).map((prompt, i) => SLIPS[i % SLIPS.length]!(prompt));
const near = await findNearDuplicates(planted, { against: pool });
const { dense } = await encoder.encode([...pool, ...planted]);

await using mapper = await openMapper(".artifacts/quickstart/large_mapper.json");
const five = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_5k.csv");
const scored = scoreRows(await mapper.predictProbabilities(five.rows.map(({ prompt }) => prompt)));
const gold = encodeGold(five.rows.map(({ label }) => label), mapper.classes);
const { certificate } = certify(scored, gold, five.rows.map(({ id }) => id), mapper.classes, {
  ...{ maxWrongRate: LIMIT, confidence: 1 - DELTA, dataSha256: five.sha256 },
});
const acts = (row: number) =>
  certificate !== undefined && certificate !== null &&
  scored.confidence[row]! >=
    (certificate.point.perClass?.[mapper.classes[scored.top[row]!]!] ??
      certificate.point.threshold) &&
  scored.margin[row]! >= (certificate.point.nearMargin ?? 0);
const covered = five.rows.filter((_, row) => acts(row)).length;

await writeFileAtomic(
  `${FOLDER}/in.json`,
  JSON.stringify({
    audit: {
      prompts: rows.map(({ prompt }) => prompt),
      labels: rows.map(({ label }) => classes.indexOf(label!)),
      flipped: isFlipped,
      probabilities: [...probabilities.data],
      classes: classes.length,
    },
    near: { pool, planted, vectors: [...dense!.data], columns: dense!.cols },
    certify: {
      confidence: [...scored.confidence],
      wrong: [...scored.top].map((k, row) => gold.labels[row] === k ? 0 : 1),
      limit: LIMIT,
      delta: DELTA,
    },
  }),
);
const count = isFlipped.filter(Boolean).length;
console.log(textTable({
  columns: ["what", "ours"],
  rows: [
    ["flips in the top 5%", `${flips} of ${count}`],
    ["planted near-duplicates", `${near.filter(({ row, of }) => row === of).length} of 200`],
    ["found that were not planted", near.filter(({ row, of }) => row !== of).length],
    [`coverage certified at ${LIMIT}`, `${(covered / 50).toFixed(1)}%`],
  ],
}));
const { code, stdout, stderr } = await new Deno.Command("/usr/bin/python3", {
  args: ["bench/peers.py", `${FOLDER}/in.json`],
}).output().catch((error) => ({ code: 127, stdout: new Uint8Array(), stderr: `${error}` }));
const text = (bytes: Uint8Array | string) =>
  typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes);
console.log(code === 0 ? text(stdout) : `skipped: ${text(stderr).trim().split("\n").at(-1)}`);
