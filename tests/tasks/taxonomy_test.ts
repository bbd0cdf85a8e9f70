import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readLabeledCsv } from "../../src/data/dataset.ts";
import { stringifyCsv } from "../../src/data/csv/write_csv.ts";
import { inTempFolder, write } from "../temp.ts";
import { runTask as runAnyTask, type TaskResult } from "./run_task.ts";

const TAXONOMY = `extends: defi
labels:
  park_funds: deposit_asset
  cash_out: withdraw_asset
  trade_pair: swap_asset
  take_credit: borrow_asset
  small_talk: null
  never_used: stake_asset
`;
/** What the rows of each action are called here. */
const NAMES: Readonly<Record<string, string>> = {
  deposit_asset: "park_funds",
  withdraw_asset: "Cash_Out",
  swap_asset: "trade_pair",
  borrow_asset: "take_credit",
  abstain: "small_talk",
};
const CONTEXT = JSON.stringify({
  oracle: { age_sec: 5 },
  positions: { collateral_value: 1e6, debt_value: 0 },
  prices: { ETH: 2000, USDC: 1 },
});
/** Those of the permission set `work`. */
const permissions = [
  "--allow-read=.",
  "--allow-write=.artifacts,.cache",
  "--ignore-env=LOG_TOKENS,LOG_STREAM",
];
const SERVE_PERMISSIONS = [
  "--allow-read=.",
  "--allow-write=.cache",
  "--allow-net=127.0.0.1",
  "--allow-env",
];

const runTask = (name: string, args: readonly string[]): Promise<TaskResult> =>
  runAnyTask(name, args, { permissions });

/** The development set with labels of our own; `swap_asset` and `trade_pair` both occur. */
async function writeOwnSet(folder: string): Promise<string> {
  const { rows } = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
  const own = rows.map(({ prompt, label }, i) => ({
    prompt,
    label: label === "swap_asset" && i % 2 === 0 ? label : NAMES[label!] ?? label!,
  }));
  return await write(folder, "own.csv", stringifyCsv(own, ["prompt", "label"]));
}

Deno.test("own labels train, sweep, run, map and serve as the actions that they ask for", async () => {
  await inTempFolder(async (folder) => {
    const csv = await writeOwnSet(folder);
    const taxonomy = await write(folder, "taxonomy.yaml", TAXONOMY);
    const mapper = `${folder}/m.json`;
    const out = ["--out_path", mapper, "--json"];
    const data = await runTask("data", ["stats", "--csv", csv, "--taxonomy", taxonomy, "--json"]);
    assertEquals(JSON.parse(data.stdout).classes.length, 9, data.stderr);

    const trained = await runTask("train", ["--labels_csv", csv, "--taxonomy", taxonomy, ...out]);
    assertEquals(trained.code, 0, trained.stderr);
    const { classes } = JSON.parse(trained.stdout);
    assert(classes.includes("deposit_asset") && !classes.includes("park_funds"), classes.join());
    assertStringIncludes(trained.stderr, "park_funds as deposit_asset, cash_out as withdraw_asset");
    assertStringIncludes(trained.stderr, "no row has never_used");
    const { training } = JSON.parse(await Deno.readTextFile(mapper));
    assertEquals(training.domain, "defi");
    assertEquals(training.own_labels.small_talk, null);
    assertEquals(training.flags.taxonomy, undefined, "no path belongs into the file");

    // The mapper knows them from now on.
    const sweep = (...more: string[]) =>
      runTask("sweep", [
        ...["--prompts_jsonl", csv, "--thresholds", "0.3", "--min_overall_acc", "0.5"],
        ...["--max_abstain_rate", "0.9", "--json", ...more],
      ]);
    const pinned = `${folder}/pinned.json`;
    const swept = await sweep("--mapper_path", mapper, "--out_mapper", pinned);
    assertEquals(swept.code, 0, swept.stderr);
    const again = await sweep("--mapper_path", pinned);
    assertEquals(again.code, 0, again.stderr);
    const named = await sweep("--mapper_path", mapper, "--taxonomy", taxonomy);
    const { chosen } = JSON.parse(swept.stdout);
    assertEquals(
      chosen.overall_accuracy,
      1,
      "every own label is read as the action that was learnt",
    );
    assertEquals(JSON.parse(named.stdout).chosen, chosen);

    const run = async (prompt: string, context: string) => {
      const { stdout, stderr } = await runTask("run", [
        ...[prompt, "--mapper_path", pinned, "--context", context, "--verbose", "--json"],
      ]);
      return { ...JSON.parse(stdout), stderr };
    };
    const record = await run("deposit 10 ETH into aave", CONTEXT);
    assertEquals([record.ok, record.plan.sequence], [true, ["deposit_asset"]], record.stderr);
    assertEquals(record.plan.steps[0].amount.exact, "10");
    const guarded = await run("borrow 5000000 USDC from aave", CONTEXT);
    assertEquals([guarded.ok, guarded.reason], [false, "ltv"], guarded.stderr);

    const served = await serve(pinned, async (post) => {
      return [
        await post("/v1/map", { prompt: "deposit 10 ETH into aave" }),
        await post("/v1/run", { prompt: "deposit 10 ETH into aave", context: JSON.parse(CONTEXT) }),
      ];
    });
    assertEquals(served[0]!.label, "deposit_asset");
    assertEquals(served[1]!.plan!.sequence, ["deposit_asset"]);
  });
});

interface Answer {
  readonly label?: string;
  readonly plan?: { readonly sequence: readonly string[] };
}

/** Runs the server beside a test. */
async function serve(
  mapper: string,
  test: (post: (path: string, body: unknown) => Promise<Answer>) => Promise<Answer[]>,
): Promise<Answer[]> {
  const child = new Deno.Command("deno", {
    args: ["run", "--no-prompt", "--no-check", "--frozen", ...SERVE_PERMISSIONS, "tasks/serve.ts"]
      .concat("--port", "0", "--mapper_path", mapper),
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  const [, url] = /Listening on (\S+)/.exec(new TextDecoder().decode(value)) ?? [];
  try {
    return await test(async (path, body) => {
      const response = await fetch(`${url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return await response.json();
    });
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
}

Deno.test("the product's mapper is judged on own labels, and the keyword mapper, too", async () => {
  await inTempFolder(async (folder) => {
    const csv = await writeOwnSet(folder);
    const args = ["--backend", "wordmap", "--prompts_jsonl", csv, "--thresholds", "0.3"];
    const without = await runTask("sweep", args);
    assertEquals(without.code, 65);
    assertStringIncludes(without.stderr, 'Unknown label "park_funds"');
    const taxonomy = await write(folder, "taxonomy.yaml", TAXONOMY);
    const judged = await runTask("mapper_bench", [...args, "--taxonomy", taxonomy, "--json"]);
    assert([0, 2].includes(judged.code), judged.stderr);
  });
});

const REFUSED: readonly (readonly [
  what: string,
  flags: readonly string[],
  text: string | null,
  code: number,
  said: string,
])[] = [
  [
    "an action that does not exist",
    [],
    TAXONOMY.replace("borrow_asset", "lend_asset"),
    65,
    "taxonomy.yaml:6:16: Unknown action",
  ],
  [
    "a label that is missing there",
    [],
    TAXONOMY.replace("cash_out", "cash_in"),
    65,
    'Unknown label "Cash_Out"',
  ],
  [
    "a file for another domain",
    ["--domain", "arc"],
    TAXONOMY,
    65,
    "taxonomy.yaml:1:10: Expected labels for the domain arc",
  ],
  ["a file that does not exist", [], null, 66, "taxonomy.yaml"],
];

for (const [what, flags, text, code, said] of REFUSED) {
  Deno.test(`train --taxonomy refuses ${what}`, async () => {
    await inTempFolder(async (folder) => {
      const csv = await writeOwnSet(folder);
      const taxonomy = `${folder}/taxonomy.yaml`;
      if (text !== null) await write(folder, "taxonomy.yaml", text);
      const result = await runTask("train", [
        ...[
          "--labels_csv",
          csv,
          "--taxonomy",
          taxonomy,
          "--out_path",
          `${folder}/m.json`,
          ...flags,
        ],
      ]);
      assertEquals(result.code, code, result.stderr);
      assertStringIncludes(result.stderr, said);
    });
  });
}
