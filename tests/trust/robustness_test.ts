import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createDataset, readLabeledCsv } from "../../src/data/dataset.ts";
import { openRuntime } from "../../src/run/runtime.ts";
import { ATTACK_KINDS, makeAttacks } from "../../src/trust/attacks.ts";
import { attackRuntime } from "../../src/trust/robustness.ts";
import { inTempFolder, write } from "../temp.ts";
import { runTask } from "../tasks/run_task.ts";

const MINI = "fixtures/defi/defi_mapper_labeled_mini.csv";
const FACTS = {
  context: {
    oracle: { age_sec: 5, max_age_sec: 30 },
    positions: { collateral_value: 1e12, debt_value: 1e8 },
    prices: { ETH: 2000, WETH: 2000, STETH: 2000, WBTC: 60000, USDC: 1, USDT: 1, DAI: 1, GHO: 1 },
  },
  policy: { risk: { require: false } },
};

Deno.test("makeAttacks() makes different prompts of every kind, the same for the same seed", async () => {
  const data = await readLabeledCsv(MINI);
  const attacks = makeAttacks(data, { count: 20, seed: 3 });
  assertEquals(attacks, makeAttacks(data, { count: 20, seed: 3 }));
  assert(JSON.stringify(attacks) !== JSON.stringify(makeAttacks(data, { count: 20, seed: 4 })));
  for (const kind of ATTACK_KINDS) {
    const prompts = attacks.filter((attack) => attack.kind === kind).map(({ prompt }) => prompt);
    assertEquals([new Set(prompts).size, kind], [20, kind]);
  }
  const known = new Set(data.rows.map(({ prompt }) => prompt));
  assert(attacks.filter(({ prompt }) => known.has(prompt)).length <= 2);
});

Deno.test("makeAttacks() makes none where no order begins with a verb", () => {
  const options = { empty: "skip", repeatedIds: "number", notes: [], labeled: true } as const;
  const rows = [{ line: 1, prompt: "x", label: "a" }];
  assertEquals(makeAttacks(createDataset("d", rows, options)), []);
});

Deno.test("negations, questions and quotations pass the gates in at most 2% of runs", async () => {
  const attacks = makeAttacks(await readLabeledCsv(MINI), { count: 100, seed: 1 });
  await using runtime = await openRuntime({ backend: "wordmap" });
  const results = await attackRuntime(runtime, attacks, FACTS);
  const of = (kind: string) => results.find((result) => result.kind === kind)!;
  for (const kind of ["negation", "question", "quotation", "injection"]) {
    assert(of(kind).pipeline.value! <= 0.02, `${kind}: ${JSON.stringify(of(kind))}`);
    assert(of(kind).mapper.value! > 0.5, `${kind} does not attack the keyword mapper`);
  }
  // The bench could not tell a mapper that is safe from one that does nothing
  assert(of("case").right.value! > 0.5);
  assert(of("several intents").right.value! > 0.3);
});

Deno.test("robust-bench writes what card reads; the gate exits with 2", async () => {
  await inTempFolder(async (folder) => {
    const permissions = ["--allow-read=.", "--allow-write=.artifacts,.cache"];
    const run = (task: string, args: readonly string[]) =>
      runTask(task, args, { permissions: [...permissions, "--ignore-env=LOG_TOKENS,LOG_STREAM"] });
    const csv = "fixtures/defi/defi_mapper_labeled_large.csv";
    const mapper = `${folder}/m.json`;
    const trained = await run("train", [
      "--labels_csv",
      csv,
      "--out_path",
      mapper,
      "--tol",
      "0.001",
    ]);
    assertEquals(trained.code, 0, trained.stderr);
    const robust = `${folder}/robust.json`;
    const attack = [
      "--labels_csv",
      MINI,
      "--mappers",
      mapper,
      "--count",
      "5",
      "--out_json",
      robust,
    ];
    assertEquals((await run("robust_bench", attack)).code, 0);
    const args = ["--mapper_path", mapper, "--robust_json", robust, "--labels_csv", MINI];
    const made = await run("card", [...args, "--authors", "<b>we</b> | you"]);
    assertEquals(made.code, 0, made.stderr);
    const card = await Deno.readTextFile(`${folder}/m.card.md`);
    for (
      const text of ["## Known failures", "near-miss verb", "overall_accuracy", "None: nothing"]
    ) {
      assertStringIncludes(card, text);
    }
    assert(!card.includes("<b>"));
    const other = await write(folder, "other.json", '{"results": {}}');
    const refused = await run("card", ["--mapper_path", mapper, "--robust_json", other]);
    assertEquals(refused.code, 65);
    assertStringIncludes(refused.stderr, "Expected results of");
    const none = await write(folder, "none.csv", "prompt,label\na,b\nc,d\n");
    assertEquals((await run("robust_bench", ["--labels_csv", none])).code, 65);
  });
});
