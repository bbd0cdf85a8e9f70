// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * What the runtime makes of prompts that a second author wrote and nothing was fitted to
 * (`fixtures/defi/reserve`): right plans, wrong actions, refusals, with the default mapper at threshold
 * 0.4 and an account that allows everything: `deno task bench:second-author`.
 */
import {
  openDomain,
  openEncoder,
  openRuntime,
  readLabeledCsv,
  saveMapper,
  trainMapper,
} from "../mod.ts";
import { createMasker } from "../src/data/mod.ts";
import { rate } from "../src/evaluate/mod.ts";
import { percentWithInterval, textTable } from "../src/report/mod.ts";

const MAPPER = ".artifacts/bench/second_author.json";
const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_large.csv");
await using encoder = await openEncoder("lite");
const mask = createMasker((await openDomain("defi")).slots);
const trained = await trainMapper(data, encoder, { mask, method: "best" });
await saveMapper(MAPPER, trained, { domain: "defi", flags: {} });
await using runtime = await openRuntime({ modelPath: MAPPER, point: { threshold: 0.4 } });
const context = {
  oracle: { age_sec: 5, max_age_sec: 30 },
  positions: { collateral_value: 1e9, debt_value: 1000 },
  prices: { ETH: 2000, USDC: 1, DAI: 1, USDT: 1, WBTC: 40_000 },
};

const rows: string[][] = [];
for (const name of ["mini", "stress", "nonexec", "plans"]) {
  const lines = (await Deno.readTextFile(`fixtures/defi/reserve/${name}.txt`)).split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => line.split("\t") as [string, string]);
  const count = { orders: 0, right: 0, wrong: 0, others: 0, acted: 0 };
  for (const [plan, prompt] of lines) {
    const { ok, sequence } = await runtime.run({ prompt, context });
    if (plan === "abstain") {
      count.others++;
      if (ok) count.acted++;
      continue;
    }
    count.orders++;
    if (ok && sequence.join(",") === plan) count.right++;
    else if (ok) count.wrong++;
  }
  rows.push([
    name,
    percentWithInterval(rate(count.right, count.orders)),
    percentWithInterval(rate(count.wrong, count.orders)),
    percentWithInterval(rate(count.acted, count.others)),
    `${count.orders} + ${count.others}`,
  ]);
}
console.log(textTable({
  columns: ["set", "right plan", "wrong action", "acted without an order", "orders + others"],
  rows,
}));
