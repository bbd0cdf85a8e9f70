import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inTempFolder } from "../temp.ts";
import { runTask } from "./run_task.ts";

const LARGE = "fixtures/defi/defi_mapper_labeled_large.csv";
const MINI = "fixtures/defi/defi_mapper_labeled_mini.csv";
const FOLDER = ".artifacts/test-rails";
const MAPPER = `${FOLDER}/mapper.json`;
const CONTEXT = '{"oracle": {"age_sec": 5}}';
const PROMPT = "please borrow 500 USDC from aave";

const trained = await runTask("train", ["--labels_csv", LARGE, "--out_path", MAPPER, "--json"]);
assertEquals(trained.code, 0, trained.stderr);

/** The reader of YAML asks for two variables. */
const permissions = [
  ...["--allow-read=.", "--allow-write=.artifacts"],
  "--ignore-env=LOG_TOKENS,LOG_STREAM",
];

// deno-lint-ignore no-explicit-any -- tests look at whatever is there
async function record(name: string, ...args: string[]): Promise<any> {
  const { stdout, stderr } = await runTask(name, [...args, "--json"], { permissions });
  assert(stdout.startsWith("{"), stderr);
  return JSON.parse(stdout);
}

const run = (...args: string[]) =>
  record("run", "swap 2 ETH for USDC", "--context", CONTEXT, "--verbose", ...args);

Deno.test("train leaves evidence beside the mapper, the same bytes each time, and run asks it", async () => {
  const { rails_sha256, data_sha256 } = JSON.parse(trained.stdout);
  const file = JSON.parse(await Deno.readTextFile(`${FOLDER}/mapper.rails.json`));
  assertEquals([file.sha256, file.training.data_sha256], [rails_sha256, data_sha256]);
  for (const rails of ["stage10", "stage11"]) {
    const { verify, artifacts } = await run("--mapper_path", MAPPER, "--rails", rails, "--T", "90");
    assertEquals(verify.tags, [`rails:${rails}`, "wdd:on", "audit:wdd"]);
    assertEquals([artifacts.wdd.sha256, artifacts.wdd.T], [rails_sha256, 90]);
  }
  const none = await run("--mapper_path", MAPPER, "--rails", "none");
  assertEquals([none.verify.tags, none.artifacts.wdd], [[], null]);
  const again = `${FOLDER}/again.json`;
  await runTask("train", ["--labels_csv", LARGE, "--out_path", again]);
  assertEquals(
    await Deno.readTextFile(`${FOLDER}/again.rails.json`),
    await Deno.readTextFile(`${FOLDER}/mapper.rails.json`),
  );
  // Evidence of an older mapper does not outlive it
  await runTask("train", ["--labels_csv", MINI, "--out_path", again, "--no_rails"]);
  assertEquals(await Deno.stat(`${FOLDER}/again.rails.json`).catch(() => null), null);
});

Deno.test("a gate without evidence refuses to run, and names flags that exist", async () => {
  const path = `${FOLDER}/without.json`;
  await runTask("train", ["--labels_csv", MINI, "--out_path", path, "--no_rails"]);
  const { code, stderr } = await runTask("run", [
    ...["swap 2 ETH for USDC", "--mapper_path", path, "--policy", '{"audit": {"gate": true}}'],
  ]);
  assertEquals(code, 64, stderr);
  assertStringIncludes(stderr, "there is none");
  const { stdout } = await runTask("run", ["--help"]);
  for (const [flag] of stderr.matchAll(/--[a-z_]+/g)) assertStringIncludes(stdout, flag);
});

Deno.test("a trace of runs with rails replays bit for bit", async () => {
  await inTempFolder(async (folder) => {
    const trace = `${folder}/trace.jsonl`;
    for (const rails of ["stage10", "stage11"]) {
      await runTask("run", [PROMPT, "--mapper_path", MAPPER, "--rails", rails, "--trace", trace]);
    }
    const flags = ["--trace", trace, "--mapper_path", MAPPER];
    const { lines, equal } = await record("replay", ...flags);
    assertEquals([lines, equal], [2, 2]);
  });
});

Deno.test("m8 --rails bounds wrong actions over the grid, and its point belongs to no file", async () => {
  const grid = ["--thresholds", "0.3,0.6", "--near_margins", "0,0.1", "--min_overall_acc", "0"];
  const flags = ["--mapper_path", MAPPER, "--prompts_jsonl", MINI, ...grid];
  const alone = await record("m8", ...flags);
  const railed = await record("m8", ...flags, "--rails", "stage11", "--T", "90");
  const wrong = ({ chosen }: typeof alone) => chosen.rates.wrong_fire_rate.k;
  assert(wrong(railed) < wrong(alone), `${wrong(railed)} and ${wrong(alone)}`);
  const { stdout, stderr } = await runTask("m8", [...flags, "--rails", "stage10"]);
  assertStringIncludes(stdout, "wrong actions", stderr);
  assertEquals([...stdout.matchAll(/ of 360 /g)].length >= 4, true);
  const copy = `${FOLDER}/pinned.json`;
  await record("m8", ...flags, "--out_mapper", copy);
  assertEquals(
    await Deno.readTextFile(`${FOLDER}/pinned.rails.json`),
    await Deno.readTextFile(`${FOLDER}/mapper.rails.json`),
  );
  const pin = ["--rails", "stage10", "--pin", `${FOLDER}/pin.json`];
  const refused = await runTask("m8", [...flags, ...pin]);
  assertEquals(refused.code, 64);
  assertStringIncludes(refused.stderr, "leave out --rails");
});

Deno.test("audit-bench compares stages and T, and mapper, rails and both", async () => {
  const found = await record(
    "audit_bench",
    ...["--mapper_path", MAPPER, "--prompts_jsonl", MINI, "--out_dir", `${FOLDER}/audit`],
    ...["--rails", "none,stage10", "--T", "90,180", "--max_hallucination", "0.05"],
  );
  const kinds = found.ablations.map((one: { rails: string; T: number }) => [one.rails, one.T]);
  assertEquals(kinds, [["none", null], ["stage10", 90], ["stage10", 180]]);
  const [none, , last] = found.ablations;
  assert(last.sides.both.wrong.k <= none.sides.gated.wrong.k);
  const sides = new Set(found.curve.map(({ side }: { side: string }) => side));
  assertEquals([...sides].sort(), ["both", "gated", "mapper", "rails"]);
  for (const list of [["--rails", "stage12"], ["--rails", "none", "--T", "5"]]) {
    assertEquals((await runTask("audit_bench", list)).code, 64);
  }
});

Deno.test("wdd-fit names its file after the domain, and takes the folder of one", async () => {
  const { stdout } = await runTask("wdd_fit", ["--help"]);
  assertStringIncludes(stdout, ".artifacts/NAME_wdd.json");
  const out = ["--out_path", `${FOLDER}/home_wdd.json`];
  const home = await record(
    "wdd_fit",
    ...["--labels_csv", "examples/home/fixtures/train.csv", "--domain", "examples/home", ...out],
  );
  assertEquals(home.domain, "home");
});

Deno.test("train --evidence contextual needs an encoder of words, whose dtype the file remembers", async () => {
  const out = `${FOLDER}/seeing.json`;
  const from = ["--labels_csv", MINI, "--out_path", out, "--evidence", "contextual"];
  const refused = await runTask("train", from);
  assertEquals(refused.code, 64);
  assertStringIncludes(refused.stderr, "no vectors of words");
  const { stdout } = await runTask("train", ["--help"]);
  assertStringIncludes(stdout, "--evidence");
  const cache = ["--encoder_cache", "off"];
  const seen = ["--sbert", "use-lite+static+ngram", "--dtype", "int8", ...cache];
  const { rails_sha256 } = await record("train", ...from, ...seen);
  const file = JSON.parse(await Deno.readTextFile(`${FOLDER}/seeing.rails.json`));
  assertEquals([file.encoder.context, file.encoder.dtype], ["use-lite+static+ngram", "int8"]);
  const ran = await run("--mapper_path", out, ...cache);
  assertEquals(ran.artifacts.wdd.sha256, rails_sha256);
  const swept = ["--prompts_jsonl", MINI, "--thresholds", "0.5", "--rails", "stage10"];
  assert((await record("m8", "--mapper_path", out, ...swept, ...cache)).chosen);
});
