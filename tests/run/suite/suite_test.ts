import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MicroLmError } from "../../../src/core/errors.ts";
import { openRuntime } from "../../../src/run/runtime.ts";
import { runSuite } from "../../../src/run/suite/suite.ts";
import { readSuite, type Suite } from "../../../src/run/suite/file.ts";
import { runTask } from "../../tasks/run_task.ts";
import { inTempFolder, write } from "../../temp.ts";
import { POINT, trainInto } from "../natural/trained.ts";

const NAMES = ["edges", "exec", "perturbation"];

Deno.test("all suites are green with the keyword mapper", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  for (const name of NAMES) {
    const result = await runSuite(runtime, await readSuite(`fixtures/suites/${name}.json`));
    assertEquals(result.rows.filter((row) => !row.green), []);
    assertEquals([result.green, result.runs, result.false_approvals], [true, 5, 0]);
    assertEquals(result.rates.hallucination.k, 0);
    assertEquals(result.rates.omission.k, 0);
  }
});

Deno.test("all suites are green with a trained mapper, alike in two processes", async () => {
  await inTempFolder(async (folder) => {
    const modelPath = await trainInto(folder);
    const config = await write(
      folder,
      "config.json",
      JSON.stringify({ backend: "sbert", model_path: modelPath, ...POINT }),
    );
    const args = ["--config", config, "--encoder_cache", "off", "--json"];
    const [one, other] = await Promise.all([runTask("suite", args), runTask("suite", args)]);
    assertEquals([one.code, other.code], [0, 0], one.stderr);
    const hashes = (stdout: string) =>
      (JSON.parse(stdout) as { suites: { records_sha256: string; green: boolean }[] }).suites
        .map(({ records_sha256, green }) => `${green} ${records_sha256}`);
    assertEquals(hashes(one.stdout).length, 3);
    assertEquals(hashes(one.stdout), hashes(other.stdout));
    assertStringIncludes(one.stderr, "upstream, Stage-8, edges");
  });
});

Deno.test("a perturbed suite has variants that end as their originals", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  const suite = await readSuite("fixtures/suites/perturbation.json");
  for (let seed = 0; seed < 20; seed++) {
    const { rows } = await runSuite(runtime, { ...suite, perturb: { k: 3, seed } }, { runs: 1 });
    assertEquals(rows.length, suite.cases.length * 4);
    assertEquals(rows.filter((row) => !row.green), []);
  }
});

const SUITE: Suite = {
  name: "own",
  about: "",
  upstream: [],
  cases: [
    { id: "right", prompt: "deposit 1 ETH into aave", expect: yes("deposit_asset") },
    { id: "wrong plan", prompt: "deposit 1 ETH into aave", expect: yes("stake_asset") },
    { id: "false approval", prompt: "stake 1 ETH", expect: no("abstain_non_exec") },
    { id: "missed", prompt: "borrow 1 ETH", expect: yes("borrow_asset") },
    { id: "refused", prompt: "check balance", expect: no("abstain_non_exec") },
    { id: "refused otherwise", prompt: "check balance", expect: no("ltv") },
  ],
};

Deno.test("runSuite() counts approvals and refusals", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  const { rows, rates, green, green_cases, false_approvals } = await runSuite(runtime, SUITE);
  assertEquals(rows.map((row) => row.green), [true, false, false, false, true, false]);
  assertEquals([green, green_cases.k, false_approvals], [false, 2, 2]);
  const { precision, recall, hallucination, omission, abstained } = rates;
  const counts = [precision, recall, hallucination, omission].map(({ k, n }) => [k, n]);
  assertEquals(counts, [[1, 3], [1, 3], [2, 3], [2, 3]]);
  assertEquals(Object.entries(abstained).map(([reason, { k, n }]) => [reason, k, n]), [
    ["abstain_non_exec", 2, 6],
    ["risk_unknown:ltv", 1, 6],
  ]);
});

Deno.test("runSuite() tells a record that changes from run to run", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  let run = 0;
  const unstable = {
    ...runtime,
    run: async (request: { readonly prompt: string }) => ({
      ...await runtime.run(request),
      T: run++,
    }),
  };
  const { rows } = await runSuite(unstable, { ...SUITE, cases: SUITE.cases.slice(0, 1) });
  assertEquals([run, rows[0]!.stable, rows[0]!.green], [5, false, false]);
});

Deno.test("deno task suite exits with 2 if a case is not green", async () => {
  await inTempFolder(async (folder) => {
    const file = await write(folder, "suite.json", JSON.stringify(SUITE));
    const { code, stdout } = await runTask("suite", ["--backend", "wordmap", "--suite_file", file]);
    assertEquals(code, 2);
    assertStringIncludes(stdout, "2 of 6");
    const missing = await runTask("suite", ["--mapper_path", `${folder}/none.json`]);
    assertEquals(missing.code, 66);
  });
});

const FAULTS: readonly (readonly [string, string, string])[] = [
  ["no JSON", "{", "Expected JSON"],
  ["no cases", '{"name":"a","about":"","cases":[],"upstream":[]}', '"cases"'],
  ["an unknown reason", withCase({ plan: [], reason: ["fine"] }), "cases.0.expect.reason"],
  ["a plan that is refused", withCase({ plan: ["stake_asset"], reason: ["ltv"] }), "alone"],
  ["an approval of nothing", withCase({ plan: [], reason: ["ok"] }), "alone"],
  [
    "a plan that may be refused",
    withCase({ plan: ["stake_asset"], reason: ["ok", "ltv"] }),
    "alone",
  ],
];

for (const [name, text, message] of FAULTS) {
  Deno.test(`readSuite() refuses ${name}`, async () => {
    await inTempFolder(async (folder) => {
      const path = await write(folder, "suite.json", text);
      const error = await assertRejects(() => readSuite(path), MicroLmError);
      assertEquals(error.kind, "data");
      assertStringIncludes(error.message, message);
    });
  });
}

Deno.test("readSuite() refuses two cases of one id", async () => {
  await inTempFolder(async (folder) => {
    const cases = [SUITE.cases[0], SUITE.cases[0]];
    const path = await write(folder, "suite.json", JSON.stringify({ ...SUITE, cases }));
    await assertRejects(() => readSuite(path), MicroLmError, 'found "right" twice');
  });
});

Deno.test("readSuite() gives the context of the suite to cases without one", async () => {
  await inTempFolder(async (folder) => {
    const cases = [SUITE.cases[0], { ...SUITE.cases[1], context: { hf: 2 } }];
    const suite = { ...SUITE, context: { hf: 1 }, cases };
    const path = await write(folder, "suite.json", JSON.stringify(suite));
    const read = await readSuite(path);
    assertEquals(read.cases.map(({ context }) => context), [{ hf: 1 }, { hf: 2 }]);
  });
});

function yes(action: string): Suite["cases"][number]["expect"] {
  return { plan: [action], reason: ["ok"] };
}

function no(reason: "abstain_non_exec" | "ltv"): Suite["cases"][number]["expect"] {
  return { plan: [], reason: [reason] };
}

function withCase(expect: unknown): string {
  return JSON.stringify({ ...SUITE, cases: [{ id: "a", prompt: "b", expect }] });
}
