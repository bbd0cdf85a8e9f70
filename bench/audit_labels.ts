// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * How many labels that were flipped at random the audit ranks in its top 5%.
 *
 * `deno task bench:audit-labels [--files A.csv,B.csv] [--seeds 2] [--dump FOLDER]`
 *
 * 3% of the labels become another class, drawn uniformly. `--dump` writes the flipped rows, for
 * `bench/peers.py`. Scores were chosen with seeds 101 and 102; these begin with 1.
 */
import { parseArgs } from "@std/cli/parse-args";
import { openDomain, openEncoder, readLabeledCsv } from "../mod.ts";
import { createRandom, writeFileAtomic } from "../src/core/mod.ts";
import { createMasker, stringifyCsv } from "../src/data/mod.ts";
import { detectDomain } from "../src/domains/mod.ts";
import { rate } from "../src/evaluate/mod.ts";
import { percentWithInterval, textTable } from "../src/report/mod.ts";
import { auditLabels } from "../src/trust/mod.ts";

const args = parseArgs(Deno.args, { string: ["files", "seeds", "dump"] });
const files = ((args["files"] as string | undefined) ?? "fixtures/defi/defi_mapper_train.csv")
  .split(",");
await using encoder = await openEncoder("lite");
const table = [];
for (const file of files) {
  const data = await readLabeledCsv(file);
  const classes = [...new Set(data.rows.map(({ label }) => label!))].sort();
  const { domain } = await detectDomain(classes);
  const mask = createMasker((await openDomain(domain.name)).slots);
  const count = Math.round(data.rows.length * 0.03);
  const top = Math.round(data.rows.length * 0.05);
  let found = 0;
  const seeds = Number(args["seeds"] ?? 1);
  for (let seed = 1; seed <= seeds; seed++) {
    const random = createRandom(seed);
    const flipped = new Set(random.shuffle([...data.rows.keys()]).slice(0, count));
    const rows = data.rows.map((row, i) =>
      flipped.has(i)
        ? { ...row, label: random.pick(classes.filter((name) => name !== row.label)) }
        : row
    );
    const lines = new Set([...flipped].map((i) => rows[i]!.line));
    const audited = await auditLabels({ ...data, rows }, { encoder, mask });
    const hits = audited.slice(0, top).filter(({ row }) => lines.has(row.line)).length;
    found += hits;
    console.error(`${file} seed ${seed}: ${hits} of ${count}`);
    if (args["dump"]) {
      const records = rows.map((row, i) => ({ ...row, flipped: flipped.has(i) ? 1 : 0 }));
      const name = `${args["dump"]}/flips_${table.length}_${seed}.csv`;
      await writeFileAtomic(name, stringifyCsv(records, ["prompt", "label", "flipped"]));
    }
  }
  table.push([
    file.split("/").slice(-2).join("/"),
    data.rows.length,
    percentWithInterval(rate(found, count * seeds)),
    `${found}/${count * seeds}`,
  ]);
}
console.log(textTable({ columns: ["set", "rows", "flips in the top 5%", "count"], rows: table }));
