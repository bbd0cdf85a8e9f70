import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { openRuntime } from "../../src/run/runtime.ts";
import { openTrace } from "../../src/run/trace/trace.ts";
import { inTempFolder, write } from "../temp.ts";
import { runTask } from "./run_task.ts";

const PROMPTS = "fixtures/defi/defi_mapper_5k_prompts.jsonl";

for (const task of ["map", "trace", "replay"]) {
  Deno.test(`${task} --help shows a sentence, an example and the flags`, async () => {
    const { code, stdout } = await runTask(task, ["--help"]);
    assertEquals(code, 0);
    for (const part of ["Usage: deno task", "Example: deno task", "--json", "--help"]) {
      assertStringIncludes(stdout, part);
    }
  });
}

/** Runs `map` until its unfinished output has more than `bytes`, then kills it; false if it was done. */
async function killAt(args: readonly string[], part: string, bytes: number): Promise<boolean> {
  const permissions = ["--allow-read=.", "--allow-write=.artifacts"];
  const child = new Deno.Command("deno", {
    args: ["run", "--no-prompt", "--no-check", "--frozen", ...permissions, "tasks/map.ts", ...args],
    stdout: "null",
    stderr: "null",
  }).spawn();
  let isDone = false;
  const status = child.status.then((found) => {
    isDone = true;
    return found;
  });
  const size = async () => (await Deno.stat(part).catch(() => ({ size: -1 }))).size;
  while (!isDone && await size() <= bytes) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  if (!isDone) child.kill("SIGKILL");
  return (await status).signal === "SIGKILL";
}

Deno.test("map that is killed at random moments and resumed writes the same bytes", async () => {
  await inTempFolder(async (folder) => {
    const args = (out: string, ...more: string[]) => [
      "--in",
      PROMPTS,
      "--out",
      `${folder}/${out}`,
      "--backend",
      "wordmap",
      "--run",
      ...more,
    ];
    const whole = await runTask("map", args("whole", "--json"));
    assertEquals(whole.code, 0, whole.stderr);
    assertEquals(JSON.parse(whole.stdout).rows, 5000);
    const { size } = await Deno.stat(`${folder}/whole`);
    let last = -1;
    let kills = 0;
    for (let round = 0; round < 3; round++) {
      const target = Math.floor(size * (round + Math.random()) / 4);
      const isKilled = await killAt(args("out", "--resume"), `${folder}/out.part`, target);
      if (!isKilled) break;
      kills++;
      const now = (await Deno.stat(`${folder}/out.part`)).size;
      assert(now >= last && now < size, `${now} bytes after ${last}`);
      last = now;
    }
    assert(kills > 0, "the task was never killed in the middle");
    const resumed = await runTask("map", args("out", "--resume", "--json"));
    assertEquals(resumed.code, 0, resumed.stderr);
    const { rows, resumed: before } = JSON.parse(resumed.stdout);
    assert(rows === 5000 && before > 0 && before < 5000, `${before} of ${rows} resumed`);
    assertEquals(
      await Deno.readTextFile(`${folder}/out`),
      await Deno.readTextFile(`${folder}/whole`),
    );
  });
});

Deno.test("map reads standard input and writes standard output", async () => {
  const args = ["--in", "-", "--out", "-", "--backend", "wordmap"];
  const { code, stdout, stderr } = await runTask("map", args, {
    stdin: '"claim my rewards"\n{"prompt": "hello", "id": 2}\n',
  });
  assertEquals([code, stderr], [0, ""]);
  const rows = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(rows.map(({ row, id, label }) => [row, id, label]), [
    [1, undefined, "claim_rewards"],
    [2, "2", null],
  ]);
});

const REFUSED: readonly [readonly string[], number, string][] = [
  [["--in", "-", "--out", "-", "--shard", "1/2"], 64, "A shard needs files"],
  [
    ["--in", PROMPTS, "--out", ".artifacts/x", "--shard", "3/2"],
    64,
    "Expected a shard from 1/2 to 2/2",
  ],
  [
    ["--in", PROMPTS, "--out", ".artifacts/x", "--context", "{}"],
    64,
    'Flag "--context" needs --run',
  ],
  [["--in", PROMPTS, "--out", "-", "--json"], 64, 'Flag "--json" needs another --out'],
  [
    ["--in", PROMPTS, "--out", ".artifacts/x", "--policy", '{"ltv":1}'],
    64,
    'Unknown key "policy.ltv"',
  ],
  [
    ["--in", ".artifacts/no.jsonl", "--out", ".artifacts/x", "--backend", "wordmap"],
    66,
    "no.jsonl",
  ],
  [["--in", PROMPTS, "--out", ".artifacts/x", "--mapper_path", ".artifacts/no.json"], 66, "train"],
  [["--in", PROMPTS, "--out", "x", "--backend", "wordmap"], 77, "--allow-write"],
];

for (const [args, expected, message] of REFUSED) {
  Deno.test(`map ${args.slice(2).join(" ")} exits with ${expected}`, async () => {
    const { code, stderr } = await runTask("map", args);
    assertStringIncludes(stderr, message);
    assertEquals(code, expected);
  });
}

Deno.test("trace and replay check a trace and exit as it is", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/trace.jsonl`;
    await using runtime = await openRuntime({ backend: "wordmap" });
    const trace = openTrace(path);
    for (const prompt of ["swap 2 ETH for USDC", "check balance"]) {
      const request = { prompt };
      trace.append(await runtime.run(request), request, runtime);
    }
    const head = await runTask("trace", ["head", path, "--json"]);
    const { count, hash } = JSON.parse(head.stdout);
    assertEquals([head.code, count], [0, 2]);
    assertMatch(hash, /^[0-9a-f]{64}$/);
    const right = await runTask("trace", ["verify", path, "--expect-hash", hash]);
    assertEquals(right.code, 0);
    assertStringIncludes(right.stdout, `right: 2 lines, head ${hash}`);
    const same = await runTask("replay", ["--trace", path]);
    assertEquals(same.code, 0, same.stderr);
    assertStringIncludes(same.stdout, "2 of 2 runs came out the same, bit for bit");

    const lines = await Deno.readTextFile(path);
    await write(folder, "trace.jsonl", lines.slice(0, lines.indexOf("\n") + 1));
    const cut = await runTask("trace", ["verify", path, "--expect_hash", hash]);
    assertEquals(cut.code, 2);
    assertStringIncludes(cut.stdout, `${path}:2: no line has the expected hash`);
    await write(folder, "trace.jsonl", lines.replace("check balance", "check  balance"));
    const changed = await runTask("trace", ["verify", path]);
    assertEquals(changed.code, 2);
    assertStringIncludes(changed.stdout, `${path}:2: was edited`);
    const refused = await runTask("replay", ["--trace", path]);
    assertEquals(refused.code, 65);
    assertStringIncludes(refused.stderr, `${path}:2: The line was edited`);
    assertEquals((await runTask("trace", ["forget", path])).code, 64);
    assertEquals((await runTask("trace", ["verify", `${folder}/absent`])).code, 66);
  });
});

Deno.test("replay prints what differs and exits with 2", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/trace.jsonl`;
    await using runtime = await openRuntime({ backend: "wordmap" });
    const request = { prompt: "swap 2 ETH for USDC" };
    const record = await runtime.run(request);
    openTrace(path).append({ ...record, ok: !record.ok }, request, runtime);
    const { code, stdout } = await runTask("replay", ["--trace", path]);
    assertEquals(code, 2);
    assertStringIncludes(stdout, `record.ok: logged ${!record.ok}, replayed ${record.ok}`);
    assertStringIncludes(stdout, "0 of 1 runs came out the same");
  });
});

Deno.test("map and run take the folder of a domain", async () => {
  await inTempFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/in.jsonl`, '{"prompt": "turn off the fan"}\n');
    const flags = ["--domain", "examples/home", "--backend", "wordmap"];
    const files = ["--in", `${folder}/in.jsonl`, "--out", `${folder}/out.jsonl`];
    const permissions = [
      "--allow-read=.",
      "--allow-write=.artifacts",
      "--ignore-env=LOG_TOKENS,LOG_STREAM",
    ];
    const mapped = await runTask("map", [...flags, ...files], { permissions });
    assertEquals([mapped.code, mapped.stderr], [0, ""]);
    assertEquals(JSON.parse(await Deno.readTextFile(`${folder}/out.jsonl`)).label, "turn_off");
    const { code, stdout } = await runTask("run", [...flags, "--json", "turn off the fan"], {
      permissions,
    });
    assertEquals([code, JSON.parse(stdout).plan.sequence], [0, ["turn_off"]]);
  });
});
