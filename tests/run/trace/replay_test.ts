import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { readLabeledCsv } from "../../../src/data/dataset.ts";
import { createMasker } from "../../../src/data/template.ts";
import { openEncoder } from "../../../src/encoders/open.ts";
import { MicroLmError } from "../../../src/core/errors.ts";
import type { PinnedPoint } from "../../../src/mapper/file/artifact.ts";
import { saveMapper } from "../../../src/mapper/file/mapper_file.ts";
import { trainMapper } from "../../../src/mapper/train.ts";
import { type ReplayDifference, replayTrace } from "../../../src/run/trace/replay.ts";
import { diffJson } from "../../../src/run/trace/replay_diff.ts";
import { openRuntime } from "../../../src/run/runtime.ts";
import type { MicroRuntime, RunRequest } from "../../../src/run/runtime_types.ts";
import { openTrace } from "../../../src/run/trace/trace.ts";
import { sealTraceLine, TRACE_START } from "../../../src/run/trace/line.ts";
import { inTempFolder } from "../../temp.ts";

const ORACLE = { age_sec: 5, max_age_sec: 30 };
const POSITIONS = { collateral_value: 20_000, debt_value: 3000.1 };

const DEFI: readonly RunRequest[] = [
  { prompt: "swap 2 ETH for USDC", context: { oracle: ORACLE } },
  { prompt: "withdraw 5 ETH from aave", context: { oracle: ORACLE, positions: POSITIONS } },
  { prompt: "borrow 1000 USDC", policy: { hf_min: 1.3 }, context: { oracle: ORACLE } },
  {
    prompt: "swap 2 ETH to USDC then deposit 100 USDC into aave",
    policy: { mapper: { confidence_threshold: 0.3, near_margin: 0.01 } },
    context: { oracle: ORACLE, prices: { ETH: 2000.3, USDC: 1 }, positions: POSITIONS },
    rails: "none",
    T: 64,
  },
  { prompt: "stake 5 ETH with lido", env: { MICRO_LM_MAPPER_THRESHOLD: "0.99" } },
  { prompt: "deposit 10 ETH into aave", dryRun: true, context: { oracle: ORACLE } },
  { prompt: "do not swap my ETH" },
  { prompt: "" },
  { prompt: "\u202eswap 2 ETH \ud800 for USDC\0" },
];

const ARC: readonly RunRequest[] = [
  { prompt: "rotate the grid by 90 degrees", grid: [[1, 2], [3, 4]] },
  { prompt: "flip it horizontally", pairs: [{ input: [[1, 2]], output: [[2, 1]] }] },
  { prompt: "sing a song" },
];

async function log(
  path: string,
  runtime: MicroRuntime,
  requests: readonly RunRequest[],
): Promise<void> {
  const trace = openTrace(path, { durable: false });
  for (const request of requests) {
    trace.append(await runtime.run(request), request, runtime);
  }
}

async function trainTo(path: string, seed: string): Promise<string> {
  const { rows, ...data } = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
  await using encoder = await openEncoder("lite");
  const mask = createMasker([]);
  const mapper = await trainMapper({ ...data, rows }, encoder, { mask, method: "none" });
  await saveMapper(path, mapper, { domain: "defi", flags: { seed } });
  return path;
}

Deno.test("replayTrace() reproduces runs of both domains bit for bit", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/trace.jsonl`;
    await using wordmap = await openRuntime({ backend: "wordmap" });
    await log(path, wordmap, DEFI);
    await using fallback = await openRuntime({ modelPath: `${folder}/absent.json` });
    assertEquals(fallback.isFallback, true);
    await log(path, fallback, DEFI);
    await using arc = await openRuntime({ domain: "arc" });
    await log(path, arc, ARC);
    await using none = await openRuntime({ useWordmapFallback: false });
    await log(path, none, DEFI.slice(0, 1));
    const differences: ReplayDifference[] = [];
    const progress: number[] = [];
    const summary = await replayTrace(path, {
      onDifference: (difference) => differences.push(difference),
      onProgress: (lines) => progress.push(lines),
    });
    assertEquals(differences, []);
    const lines = 2 * DEFI.length + ARC.length + 1;
    assertEquals(summary, { lines, equal: lines, different: 0, other_versions: 0 });
    assertEquals(progress.at(-1), lines);
  });
});

Deno.test("replayTrace() finds mappers by their hash and refuses others", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/trace.jsonl`;
    const [one, two] = [
      await trainTo(`${folder}/one.json`, "one"),
      await trainTo(`${folder}/two.json`, "two"),
    ];
    const point: PinnedPoint = {
      threshold: 0.4,
      per_class_thresholds: { swap_asset: null, borrow_asset: 0.2 },
      near_margin: 0.05,
      max_novelty: 0.9,
      certificate: { id: "c1" },
    };
    for (const options of [{ modelPath: one, point }, { modelPath: two }]) {
      await using runtime = await openRuntime(options);
      await log(path, runtime, DEFI);
    }
    const lines = 2 * DEFI.length;
    const summary = await replayTrace(path, { modelPaths: [two, one] });
    assertEquals([summary.lines, summary.equal], [lines, lines]);
    const missing = await assertRejects(
      () => replayTrace(path, { modelPaths: [one] }),
      MicroLmError,
      `trace.jsonl:${DEFI.length + 1}: Expected the mapper `,
    );
    assertEquals(missing.kind, "data");
    assertStringIncludes(missing.hint!, "--mapper_path");
    await assertRejects(() => replayTrace(path), MicroLmError, "trace.jsonl:1: Expected");
    // Edited in place: its own hash gives it away.
    const text = await Deno.readTextFile(one);
    await Deno.writeTextFile(one, text.replace('"max_iter"', '"max_itor"').replace("one", "uno"));
    await assertRejects(
      () => replayTrace(path, { modelPaths: [one, two] }),
      MicroLmError,
      "Cannot load mapper",
    );
  });
});

/** Writes a trace anew after an edit of its lines, with a chain that is right. */
async function forge(
  path: string,
  // deno-lint-ignore no-explicit-any -- any part of a line
  edit: (line: any) => void,
): Promise<void> {
  let prev = TRACE_START;
  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n").map((text) => {
    const { hash: _, ...line } = JSON.parse(text);
    edit(line);
    const sealed = sealTraceLine({ ...line, prev });
    prev = sealed.hash;
    return sealed.text;
  });
  await Deno.writeTextFile(path, `${lines.join("\n")}\n`);
}

Deno.test("replayTrace() lists what a forged record, gate or context says otherwise", async () => {
  // deno-lint-ignore no-explicit-any -- any part of a line
  const cases: readonly [string, (line: any) => void][] = [
    ["record.ok", (line) => line.record.ok = true],
    [
      "record.aux.mappings.0.confidence",
      (line) => line.record.aux.mappings[0].confidence *= 1 + 2 ** -51,
    ],
    ["gates.1.reason", (line) => line.gates[1].reason = "hf"],
    ["hashes.context", (line) => line.hashes.context = line.hashes.policy],
    ["resolved.policy.hf_min", (line) => line.resolved.policy.hf_min = 0],
    ["record.flags.0", (line) => line.artifacts.is_fallback = true],
    ["record", (line) => line.inputs.policy = { unknown_key: 1 }],
    ["record.more", (line) => line.record.more = null],
  ];
  await inTempFolder(async (folder) => {
    await using runtime = await openRuntime({ backend: "wordmap" });
    for (const [expected, edit] of cases) {
      const path = `${folder}/${expected}.jsonl`;
      await log(path, runtime, [DEFI[0]!, DEFI[2]!]);
      await forge(path, (line) => line.n === 2 && edit(line));
      const found: ReplayDifference[] = [];
      const summary = await replayTrace(path, { onDifference: (one) => found.push(one) });
      assertEquals([summary.equal, summary.different], [1, 1], expected);
      assertEquals([found.length, found[0]!.line], [1, 2]);
      assert(found[0]!.differences.some(({ path }) => path === expected), JSON.stringify(found));
    }
  });
});

Deno.test("replayTrace() refuses a trace that was changed, and counts other versions", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/trace.jsonl`;
    await using runtime = await openRuntime({ backend: "wordmap" });
    await log(path, runtime, DEFI);
    await forge(path, (line) => line.versions.deno = line.n === 1 ? "1.0.0" : Deno.version.deno);
    const { equal, other_versions } = await replayTrace(path);
    assertEquals([equal, other_versions], [DEFI.length, 1]);
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, `${text}{"torn`);
    assertEquals((await replayTrace(path)).equal, DEFI.length);
    await Deno.writeTextFile(path, text.replace("deposit 10 ETH", "deposit 11 ETH"));
    await assertRejects(
      () => replayTrace(path),
      MicroLmError,
      "trace.jsonl:6: The line was edited",
    );
  });
});

const DIFFERENCES: readonly [unknown, unknown, string[]][] = [
  [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
  [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, ["a.1.b"]],
  [{ a: 1 }, { b: 1 }, ["a", "b"]],
  [[1, 2], [1], ["1"]],
  [{ a: [] }, { a: {} }, ["a"]],
  [null, {}, [""]],
  [0.1 + 0.2, 0.3, [""]],
  [JSON.parse('{"__proto__": 1}'), {}, ["__proto__"]],
  [{}, { constructor: 1 }, ["constructor"]],
];

for (const [i, [logged, replayed, paths]] of DIFFERENCES.entries()) {
  Deno.test(`diffJson() lists where values differ, case ${i}`, () => {
    assertEquals(diffJson(logged, replayed).map(({ path }) => path), paths);
  });
}
