import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { MicroLmError } from "../../../src/core/errors.ts";
import { sha256Hex } from "../../../src/core/hash.ts";
import { canonicalJson } from "../../../src/core/canonical_json.ts";
import { openRuntime } from "../../../src/run/runtime.ts";
import type { RunRequest } from "../../../src/run/runtime_types.ts";
import { openTrace, readTraceHead, type TraceHead } from "../../../src/run/trace/trace.ts";
import { sealTraceLine, TRACE_START, type TraceLine } from "../../../src/run/trace/line.ts";
import { MICRO_LM_VERSION } from "../../../src/core/version.ts";
import { verifyTrace } from "../../../src/run/trace/verify.ts";
import { inTempFolder } from "../../temp.ts";

const runtime = await openRuntime({ backend: "wordmap" });

const REQUESTS: readonly RunRequest[] = [
  { prompt: "swap 2 ETH for USDC", context: { oracle: { age_sec: 5, max_age_sec: 30 } } },
  {
    prompt: "withdraw 5 ETH",
    policy: { ltv_max: 0.6 },
    context: {
      oracle: { age_sec: 5 },
      positions: { collateral_value: 20_000, debt_value: 0 },
      prices: { ETH: 2000 },
    },
    env: { MICRO_LM_MAPPER_THRESHOLD: "0.1", SECRET: "hidden" },
  },
  { prompt: "do not swap anything", dryRun: true },
];

/** Appends runs; returns the heads. */
async function appendAll(path: string, requests = REQUESTS): Promise<TraceHead[]> {
  const trace = openTrace(path, { durable: false, now: () => new Date(0) });
  const heads: TraceHead[] = [];
  for (const request of requests) {
    heads.push(trace.append(await runtime.run(request), request, runtime));
  }
  return heads;
}

async function linesOf(path: string): Promise<string[]> {
  return (await Deno.readTextFile(path)).trimEnd().split("\n");
}

async function inTrace(
  run: (path: string, lines: readonly string[], heads: readonly TraceHead[]) => Promise<void>,
): Promise<void> {
  await inTempFolder(async (folder) => {
    const path = `${folder}/trace.jsonl`;
    const heads = await appendAll(path);
    await run(path, await linesOf(path), heads);
  });
}

Deno.test("openTrace() writes inputs, hashes, versions, gates and the record, one line a run", async () => {
  await inTrace(async (path, lines, heads) => {
    const [first, second, third] = lines.map((line) => JSON.parse(line) as TraceLine);
    assertEquals([first!.n, second!.n, third!.n], [1, 2, 3]);
    assertEquals([first!.prev, second!.prev, third!.prev], [
      TRACE_START,
      first!.hash,
      second!.hash,
    ]);
    assertEquals(second!.inputs.prompt, "withdraw 5 ETH");
    assertEquals(second!.inputs.policy, { ltv_max: 0.6 });
    assertEquals(second!.inputs.env, { MICRO_LM_MAPPER_THRESHOLD: "0.1" });
    assertEquals(second!.hashes.prompt, sha256Hex("withdraw 5 ETH"));
    assertEquals(second!.hashes.policy, sha256Hex('{"ltv_max":0.6}'));
    assertEquals(second!.hashes.grid, null);
    // Without debt the health factor is infinite, which is not the same as unknown.
    assertEquals((second!.resolved.context as { hf: unknown }).hf, "infinite");
    assertEquals(second!.artifacts.mapper, runtime.source as unknown);
    assertEquals(second!.versions.micro_lm, MICRO_LM_VERSION);
    assertEquals(second!.versions.deno, Deno.version.deno);
    const [, mapper] = second!.gates;
    const [{ confidence }] = mapper!.numbers as [{ confidence: number }];
    assertEquals(confidence, second!.record.aux.mappings[0]!.confidence);
    assertEquals(third!.record.reason, "abstain_non_exec");
    assertEquals(readTraceHead(path), heads[2]!);
    assertEquals((await verifyTrace(path)).head, heads[2]!);
  });
});

Deno.test("the version in traces is that of deno.json", async () => {
  assertEquals(JSON.parse(await Deno.readTextFile("deno.json")).version, MICRO_LM_VERSION);
});

/** All paths to values below a value, itself left out. */
function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [...path, key],
    ...pathsOf(inner, [...path, key]),
  ]);
}

function edited(line: string, path: readonly string[], edit: "change" | "remove"): TraceLine {
  const root = JSON.parse(line);
  const key = path.at(-1)!;
  // deno-lint-ignore no-explicit-any -- any value of the line
  const parent = path.slice(0, -1).reduce<any>((value, name) => value[name], root);
  if (edit === "remove") {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
    return root;
  }
  const old = parent[key];
  if (typeof old === "string") {
    parent[key] = old === "" ? "x" : (old[0] === "0" ? "1" : "0") + old.slice(1);
  } else if (typeof old === "number") parent[key] = old + 1;
  else if (typeof old === "boolean") parent[key] = !old;
  else if (old === null) parent[key] = 0;
  else parent[key] = Array.isArray(old) ? [...old, 1] : { ...old, more: 1 };
  return root;
}

Deno.test("verifyTrace() finds a change of every field of a line, and says the line", async () => {
  await inTrace(async (path, lines) => {
    const paths = pathsOf(JSON.parse(lines[1]!));
    assert(paths.length > 100, `${paths.length} fields`);
    for (const field of paths) {
      for (const edit of ["change", "remove"] as const) {
        const line = edited(lines[1]!, field, edit);
        await Deno.writeTextFile(path, `${[lines[0], canonicalJson(line), lines[2]].join("\n")}\n`);
        const { fault } = await verifyTrace(path);
        assertEquals(fault?.line, 2, `${edit} ${field.join(".")}`);
      }
    }
  });
});

Deno.test("verifyTrace() finds an edit that was sealed again at the line that follows", async () => {
  await inTrace(async (path, lines, heads) => {
    const { hash: _, ...body } = edited(lines[1]!, ["record", "ok"], "change");
    const sealed = sealTraceLine(body);
    await Deno.writeTextFile(path, `${[lines[0], sealed.text, lines[2]].join("\n")}\n`);
    const { fault } = await verifyTrace(path);
    assertEquals(fault?.line, 3);
    assertStringIncludes(fault!.message, "does not follow the line before");
    // At the end it takes the anchor.
    await Deno.writeTextFile(path, `${[lines[0], sealed.text].join("\n")}\n`);
    assertEquals((await verifyTrace(path)).ok, true);
    assertEquals((await verifyTrace(path, { expectHash: heads[1]!.hash })).ok, false);
  });
});

const A = 0;
const B = 1;
const C = 2;
const TAMPERED: readonly [string, number, (lines: readonly string[]) => string][] = [
  ["a line cut out", 2, (l) => `${l[A]}\n${l[C]}\n`],
  ["the first line cut off", 1, (l) => `${l[B]}\n${l[C]}\n`],
  ["lines swapped", 2, (l) => `${l[A]}\n${l[C]}\n${l[B]}\n`],
  ["a line doubled", 3, (l) => `${l[A]}\n${l[B]}\n${l[B]}\n${l[C]}\n`],
  ["an empty line", 2, (l) => `${l[A]}\n\n${l[B]}\n${l[C]}\n`],
  ["a byte-order mark", 1, (l) => `\uFEFF${l.join("\n")}\n`],
  ["other line ends", 1, (l) => `${l.join("\r\n")}\r\n`],
  ["a space", 2, (l) => `${l[A]}\n${l[B]!.replace('"schema":', '"schema": ')}\n${l[C]}\n`],
  ["a key given twice", 2, (l) => `${l[A]}\n${l[B]!.replace("{", '{"at":"then",')}\n${l[C]}\n`],
  ["an escape", 2, (l) => `${l[A]}\n${l[B]!.replace("withdraw 5", "withdraw \\u0035")}\n${l[C]}\n`],
  ["a zero byte", 3, (l) => `${l[A]}\n${l[B]}\n${l[C]}\0\n`],
  ["no end of line", 3, (l) => l.join("\n")],
  ["half a line", 3, (l) => `${l[A]}\n${l[B]}\n${l[C]!.slice(0, 100)}`],
  ["another schema", 1, () => '{"schema":"micro-lm/run@1"}\n'],
  ["a list", 1, () => "[]\n"],
  ["null", 1, () => "null\n"],
  ["deep brackets", 1, () => `${"[".repeat(200_000)}\n`],
  [
    "nested deeply",
    1,
    () => `{"schema":"micro-lm/trace@1","x":${"[".repeat(9e4)}${"]".repeat(9e4)}}\n`,
  ],
];

for (const [name, line, tamper] of TAMPERED) {
  Deno.test(`verifyTrace() finds ${name}`, async () => {
    await inTrace(async (path, lines) => {
      await Deno.writeTextFile(path, tamper(lines));
      const { ok, fault, head } = await verifyTrace(path);
      assertEquals([ok, fault?.line, head.count], [false, line, line - 1]);
    });
  });
}

Deno.test("verifyTrace() finds bytes that are not UTF-8", async () => {
  await inTrace(async (path) => {
    const bytes = await Deno.readFile(path);
    bytes[20] = 0xff;
    await Deno.writeFile(path, bytes);
    assertEquals((await verifyTrace(path)).fault?.line, 1);
  });
});

Deno.test("verifyTrace() finds a cut at the end by the hash that was expected", async () => {
  await inTrace(async (path, lines, heads) => {
    const expectHash = heads[2]!.hash;
    assertEquals((await verifyTrace(path, { expectHash })).lines_after_expected, 0);
    const earlier = await verifyTrace(path, { expectHash: heads[0]!.hash });
    assertEquals([earlier.ok, earlier.lines_after_expected], [true, 2]);
    await Deno.writeTextFile(path, `${lines[A]}\n${lines[B]}\n`);
    assertEquals((await verifyTrace(path)).ok, true);
    const cut = await verifyTrace(path, { expectHash });
    assertEquals([cut.ok, cut.fault?.line], [false, 3]);
    assertStringIncludes(cut.fault!.message, "cut off at the end");
    await Deno.writeTextFile(path, `${lines[A]}\n${lines[C]}\n`);
    assertEquals(
      (await verifyTrace(path)).fault?.message,
      "is out of place: it was written as line 3, here it is line 2",
    );
    await Deno.writeTextFile(path, "");
    assertEquals((await verifyTrace(path, { expectHash })).fault?.line, 1);
    assertEquals((await verifyTrace(path, { expectHash: TRACE_START })).ok, true);
  });
});

Deno.test("append() cuts off a torn tail of any length, and its line says so", async () => {
  await inTrace(async (path, lines) => {
    const encoder = new TextEncoder();
    const whole = encoder.encode(`${lines[A]}\n${lines[B]}\n`);
    const last = encoder.encode(lines[C]!);
    const [request] = REQUESTS;
    const record = await runtime.run(request!);
    const lengths = [1, 2, 10, last.length - 1, last.length, 100, 1000];
    for (const length of lengths) {
      const torn = last.subarray(0, length);
      await Deno.writeFile(path, new Uint8Array([...whole, ...torn]));
      const { count } = openTrace(path).append(record, request!, runtime);
      assertEquals(count, 3);
      const { ok, repairs } = await verifyTrace(path);
      assertEquals([ok, repairs], [true, [{ line: 3, bytes: length, sha256: sha256Hex(torn) }]]);
    }
    // Longer than the line that is written over it, and in a file that has nothing else.
    const long = encoder.encode("x".repeat(1_000_000));
    await Deno.writeFile(path, long);
    openTrace(path).append(record, request!, runtime);
    const { ok, repairs } = await verifyTrace(path);
    assertEquals([ok, repairs[0]?.bytes], [true, 1_000_000]);
  });
});

Deno.test("append() goes on after a line of megabytes", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/trace.jsonl`;
    const big = { prompt: "swap 2 ETH for USDC".padEnd(600_000, " please") };
    await appendAll(path, [big, REQUESTS[0]!, big]);
    assertEquals((await verifyTrace(path)).head.count, 3);
  });
});

Deno.test("append() refuses to go on after a last line that was edited", async () => {
  await inTrace(async (path, lines) => {
    const edit = lines[C]!.replace("swap anything", "swap everything");
    await Deno.writeTextFile(path, `${lines[A]}\n${lines[B]}\n${edit}\n`);
    const [request] = REQUESTS;
    const record = await runtime.run(request!);
    const error = assertThrows(
      () => openTrace(path).append(record, request!, runtime),
      MicroLmError,
      "The last line was edited",
    );
    assertEquals(error.kind, "data");
    assertThrows(() => readTraceHead(path), MicroLmError, "The last line was edited");
  });
});

Deno.test("openTrace() makes the folder, and says what it cannot write", async () => {
  await inTempFolder((folder) => {
    const { path } = openTrace(`${folder}/a/b/trace.jsonl`);
    assertEquals(readTraceHead(path), { count: 0, hash: TRACE_START });
    const error = assertThrows(() => openTrace(folder), MicroLmError, "Cannot write");
    assertEquals(error.kind, "write");
    return Promise.resolve();
  });
});

/** A process that appends `lines` runs and says so after the first. */
function appender(path: string, lines: number): Deno.ChildProcess {
  const script = `
    import { openRuntime } from "./src/run/runtime.ts";
    import { openTrace } from "./src/run/trace/trace.ts";
    const runtime = await openRuntime({ backend: "wordmap" });
    const trace = openTrace(${JSON.stringify(path)}, { durable: false });
    for (let i = 0; i < ${lines}; i++) {
      const request = { prompt: "swap " + (i + 1) + " ETH for USDC" };
      trace.append(await runtime.run(request), request, runtime);
      if (i === 0) console.log("started");
    }`;
  return new Deno.Command("deno", {
    args: ["eval", "--no-check", script],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("two processes append to one trace at once", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/trace.jsonl`;
    const results = await Promise.all(
      [appender(path, 150), appender(path, 150)].map((process) => process.output()),
    );
    for (const { code, stderr } of results) {
      assertEquals(code, 0, new TextDecoder().decode(stderr));
    }
    const { ok, head, repairs } = await verifyTrace(path);
    assertEquals([ok, head.count, repairs], [true, 300, []]);
    const prompts = (await linesOf(path)).map((line) => JSON.parse(line).inputs.prompt);
    for (let i = 1; i <= 150; i++) {
      assertEquals(prompts.filter((prompt) => prompt === `swap ${i} ETH for USDC`).length, 2);
    }
  });
});

Deno.test("a process that is killed while it appends leaves a trace that goes on", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/trace.jsonl`;
    let count = 0;
    for (let round = 0; round < 3; round++) {
      const process = appender(path, 1e9);
      const reader = process.stdout.getReader();
      const { value } = await reader.read();
      assertMatch(new TextDecoder().decode(value), /started/);
      await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 60));
      process.kill("SIGKILL");
      await Promise.all([process.status, reader.cancel(), process.stderr.cancel()]);
      const [request] = REQUESTS;
      const head = openTrace(path).append(await runtime.run(request!), request!, runtime);
      assert(head.count > count + 1, `${head.count} lines after ${count}`);
      count = head.count;
      assertEquals((await verifyTrace(path)).head, head);
    }
  });
});
