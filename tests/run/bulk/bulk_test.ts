import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { MicroLmError } from "../../../src/core/errors.ts";
import { mapFile } from "../../../src/run/bulk/bulk.ts";
import type { MapFileOptions } from "../../../src/run/bulk/job.ts";
import { parseShard, shardRange } from "../../../src/run/bulk/input.ts";
import { readByteLines } from "../../../src/run/bulk/lines.ts";
import { openRuntime } from "../../../src/run/runtime.ts";
import { inTempFolder, write } from "../../temp.ts";

const runtime = await openRuntime({ backend: "wordmap" });

const VERBS = ["swap 2 ETH for USDC", "deposit 10 ETH into aave", "hello", "claim my rewards"];

/** A file with `count` prompts in several forms, and blank lines between. */
function promptLines(count: number): string {
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    const prompt = `${VERBS[i % VERBS.length]} ${i}`;
    if (i % 3 === 0) lines.push(JSON.stringify(prompt));
    else lines.push(JSON.stringify({ prompt, id: i, ...(i % 3 === 1 && { label: "swap_asset" }) }));
    if (i % 7 === 0) lines.push("  ");
  }
  return `${lines.join("\n")}\n`;
}

async function inFolder(
  run: (at: (name: string) => string, input: string) => Promise<void>,
  content: string | Uint8Array = promptLines(1300),
): Promise<void> {
  await inTempFolder(async (folder) => {
    await run((name) => `${folder}/${name}`, await write(folder, "in.jsonl", content));
  });
}

async function rowsOf(path: string): Promise<Record<string, unknown>[]> {
  const text = await Deno.readTextFile(path);
  return text === "" ? [] : text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("mapFile() writes one row a prompt, in order, with line, id, label and decision", async () => {
  const input = '\uFEFF"swap 2 ETH for USDC"\r\n\n{"prompt":"hello","id":7,"label":"abstain"}\n' +
    '{"prompt":"claim my rewards","label":"claim_rewards","extra":[1]}';
  await inFolder(async (at, path) => {
    const summary = await mapFile(runtime, path, at("out"));
    const rows = await rowsOf(at("out"));
    assertEquals(
      rows.map(({ row, id, gold_label, prompt, label }) => [
        row,
        id,
        gold_label,
        prompt,
        label,
      ]),
      [
        [1, undefined, undefined, "swap 2 ETH for USDC", "swap_asset"],
        [3, "7", "abstain", "hello", null],
        [4, undefined, "claim_rewards", "claim my rewards", "claim_rewards"],
      ],
    );
    const [mapped] = await runtime.map(["swap 2 ETH for USDC"]);
    assertEquals(rows[0], { row: 1, prompt: "swap 2 ETH for USDC", ...mapped } as unknown);
    assertEquals(summary.rows, 3);
    assertEquals(summary.labels, { claim_rewards: 1, swap_asset: 1 });
    assertEquals(
      [summary.labelled, summary.labelled_fired, summary.labelled_correct, summary.resumed],
      [2, 1, 1, 0],
    );
    const left = (await Array.fromAsync(Deno.readDir(at("")))).map(({ name }) => name).sort();
    assertEquals(left, ["in.jsonl", "out", "out.meta.json"]);
  }, input);
});

const BAD: readonly [string, string | Uint8Array, string][] = [
  ["no JSON", '"a"\n{"prompt": x}\n', ":2:12: Expected JSON, found x"],
  ["half a line", '"a"\n{"prompt": "x', "Expected JSON"],
  ["no prompt", '{"text": "x"}\n', ':1:1: Expected a "prompt" text'],
  ["a number", "\n\n5\n", ':3:1: Expected a "prompt" text, found 5'],
  ["an odd label", '{"prompt": "x", "label": {}}', ':1:1: Expected "label" to be a text'],
  ["no text", new Uint8Array([34, 255, 34, 10]), ":1:2: Expected text, found bytes"],
];

for (const [name, content, message] of BAD) {
  Deno.test(`mapFile() says where it found ${name}, and leaves the old output`, async () => {
    await inFolder(async (at, path) => {
      await Deno.writeTextFile(at("out"), "old");
      const error = await assertRejects(
        () => mapFile(runtime, path, at("out")),
        MicroLmError,
        message,
      );
      assertEquals(error.kind, "data");
      assertEquals(await Deno.readTextFile(at("out")), "old");
    }, content);
  });
}

Deno.test("mapFile() takes an empty file and a prompt of a megabyte", async () => {
  await inFolder(async (at, path) => {
    assertEquals((await mapFile(runtime, path, at("out"))).rows, 0);
    assertEquals(await Deno.readTextFile(at("out")), "");
  }, "");
  await inFolder(async (at, path) => {
    assertEquals((await mapFile(runtime, path, at("out"))).rows, 2);
  }, `${JSON.stringify("x".repeat(1 << 20))}\n"claim my rewards"\n`);
});

Deno.test("the outputs of all shards, one after the other, are the whole", async () => {
  await inFolder(async (at, path) => {
    await mapFile(runtime, path, at("whole"));
    const whole = await Deno.readTextFile(at("whole"));
    for (const count of [1, 2, 3, 7, 40]) {
      let union = "";
      for (let index = 1; index <= count; index++) {
        await mapFile(runtime, path, at("part"), { shard: { index, count } });
        union += await Deno.readTextFile(at("part"));
      }
      assertEquals(union, whole, `${count} shards`);
    }
  }, promptLines(150));
});

Deno.test("shardRange() divides any number of lines without gap or overlap", () => {
  fc.assert(fc.property(fc.nat(2 ** 40), fc.integer({ min: 1, max: 300 }), (lines, count) => {
    let last = 0;
    for (let index = 1; index <= count; index++) {
      const { from, to } = shardRange({ index, count }, lines);
      assertEquals(from, last);
      assert(to - from >= Math.floor(lines / count) && to - from <= Math.ceil(lines / count));
      last = to;
    }
    assertEquals(last, lines);
  }));
});

Deno.test("parseShard() takes 1/1 to N/N and nothing else", () => {
  assertEquals(parseShard("3/3"), { index: 3, count: 3 });
  for (const text of ["0/3", "4/3", "1", "1/", "a/b", "-1/3", "1/3/4", "1.5/3", "1/0", " 1/2"]) {
    assertEquals(assertThrows(() => parseShard(text), MicroLmError, text).kind, "usage");
  }
});

Deno.test("readByteLines() gives the lines of any file in any pieces", async () => {
  await inTempFolder(async (folder) => {
    const content = fc.array(fc.constantFrom(10, 10, 13, 65, 0, 255), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(content, fc.nat(5), async (bytes, skip) => {
        const path = await write(folder, "bytes", new Uint8Array(bytes));
        const text = String.fromCharCode(...bytes);
        const expected = text.split("\n").slice(skip);
        if (text.endsWith("\n") || text === "") expected.pop();
        const lines = await Array.fromAsync(readByteLines(path, { skip }));
        assertEquals(lines.map((line) => String.fromCharCode(...line.bytes)), expected);
      }),
      { numRuns: 60 },
    );
    const long = await write(folder, "long", `${"a".repeat(200_000)}\nb\n${"c".repeat(70_000)}`);
    const lines = await Array.fromAsync(readByteLines(long));
    assertEquals(lines.map(({ bytes, isWhole }) => [bytes.length, isWhole]), [
      [200_000, true],
      [1, true],
      [70_000, false],
    ]);
  });
});

/** Stops a run after its first blocks, as an error does. */
async function interrupt(
  input: string,
  output: string,
  options: MapFileOptions = {},
): Promise<void> {
  await assertRejects(
    () =>
      mapFile(runtime, input, output, {
        ...options,
        onProgress: () => {
          throw new Error("stopped");
        },
      }),
    Error,
    "stopped",
  );
}

Deno.test("mapFile() goes on after a tail that is torn anywhere, with the same bytes", async () => {
  await inFolder(async (at, path) => {
    const shard = { index: 2, count: 2 };
    await mapFile(runtime, path, at("whole"), { shard });
    const whole = await Deno.readTextFile(at("whole"));
    await interrupt(path, at("out"), { shard });
    const part = await Deno.readFile(at("out.part"));
    const job = await Deno.readTextFile(at("out.part.json"));
    assert(part.length > 10_000 && part.length < whole.length);
    const edges = [0, 1, part.length, part.indexOf(10), part.indexOf(10) + 1, part.length - 1];
    const random = Array.from({ length: 12 }, () => Math.floor(Math.random() * part.length));
    for (const length of [...edges, ...random]) {
      await Deno.writeFile(at("out.part"), part.subarray(0, length));
      await Deno.writeTextFile(at("out.part.json"), job);
      const { rows, resumed } = await mapFile(runtime, path, at("out"), { shard, resume: true });
      assertEquals(await Deno.readTextFile(at("out")), whole, `cut at ${length}`);
      const before = part.subarray(0, length).filter((byte) => byte === 10).length;
      assertEquals([rows, resumed], [whole.split("\n").length - 1, before]);
      await Deno.remove(at("out"));
    }
    // What a crash of the machine may leave: zeros where data was, a long tail of something else,
    // rows that were written before.
    const holed = part.slice();
    holed.fill(0, 5000, 9000);
    const tail = new Uint8Array(2 * whole.length).fill(10, 5);
    const row = part.subarray(0, part.indexOf(10) + 1);
    for (const pieces of [[holed], [part, tail], [part, row], [row, row, part]]) {
      await Deno.writeFile(at("out.part"), new Uint8Array(await new Blob(pieces).arrayBuffer()));
      await Deno.writeTextFile(at("out.part.json"), job);
      await mapFile(runtime, path, at("out"), { shard, resume: true });
      assertEquals(await Deno.readTextFile(at("out")), whole);
      await Deno.remove(at("out"));
    }
  }, promptLines(2600));
});

Deno.test("mapFile() has nothing to do for a job that is finished", async () => {
  await inFolder(async (at, path) => {
    const first = await mapFile(runtime, path, at("out"), { resume: true });
    const { mtime } = await Deno.stat(at("out"));
    const again = await mapFile(runtime, path, at("out"), { resume: true });
    assertEquals(again, { ...first, resumed: first.rows });
    assertEquals((await Deno.stat(at("out"))).mtime, mtime);
    // Another job begins anew.
    const shard = { index: 1, count: 2 };
    const other = await mapFile(runtime, path, at("out"), { resume: true, shard });
    assert(other.resumed === 0 && other.rows < first.rows);
  });
});

Deno.test("mapFile() refuses to resume another job, and begins anew without resume", async () => {
  const changed: readonly [string, MapFileOptions][] = [
    ["shard", { shard: { index: 1, count: 2 } }],
    ["mode, request, top_k", { run: {} }],
    [
      "operating_point",
      {
        policy: {
          model_path: null,
          confidence_threshold: 0.9,
          near_margin: 0,
          use_wordmap_fallback: true,
        },
      },
    ],
  ];
  await inFolder(async (at, path) => {
    await interrupt(path, at("out"));
    for (const [what, options] of changed) {
      const error = await assertRejects(
        () => mapFile(runtime, path, at("out"), { ...options, resume: true }),
        MicroLmError,
        `Cannot resume: ${what} changed since`,
      );
      assertEquals(error.kind, "data");
    }
    await Deno.writeTextFile(path, promptLines(1301));
    await assertRejects(
      () => mapFile(runtime, path, at("out"), { resume: true }),
      MicroLmError,
      "Cannot resume: input changed since",
    );
    assertEquals((await mapFile(runtime, path, at("out"))).resumed, 0);
    assertEquals((await rowsOf(at("out"))).length, 1301);
  });
});

Deno.test("mapFile() refuses an output that another run is writing", async () => {
  await inFolder(async (at, path) => {
    let second: Promise<unknown> | undefined;
    const summary = await mapFile(runtime, path, at("out"), {
      onProgress: () => {
        second ??= assertRejects(
          () => mapFile(runtime, path, at("out")),
          MicroLmError,
          "another process is writing it",
        );
      },
    });
    await second!;
    assertEquals([summary.rows, (await rowsOf(at("out"))).length], [20_000, 20_000]);
    // Long enough for the second to come while the first is at work
  }, promptLines(20_000));
});

Deno.test("mapFile() runs rows with a policy and a context of their own", async () => {
  const oracle = { age_sec: 1 };
  const lines = [
    { prompt: "swap 2 ETH for USDC", label: "swap_asset" },
    { prompt: "swap 2 ETH for USDC", context: { oracle: { age_sec: 99 } } },
    { prompt: "swap 2 ETH for USDC", policy: { mapper: { confidence_threshold: 0.99 } } },
    { prompt: "check balance", context: null },
  ];
  await inFolder(async (at, path) => {
    const run = { context: { oracle }, rails: "none" } as const;
    const summary = await mapFile(runtime, path, at("out"), { run });
    const rows = await rowsOf(at("out")) as { record: { reason: string; rails: string } }[];
    assertEquals(rows.map(({ record }) => record.reason), [
      "ok",
      "oracle_stale",
      "low_confidence",
      "abstain_non_exec",
    ]);
    assertEquals(
      rows[0]!.record,
      JSON.parse(JSON.stringify(await runtime.run({ prompt: lines[0]!.prompt, ...run }))),
    );
    assertEquals([summary.labels, summary.labelled_correct], [{ swap_asset: 1 }, 1]);
  }, lines.map((line) => JSON.stringify(line)).join("\n"));
  await inFolder(async (at, path) => {
    const error = await assertRejects(
      () => mapFile(runtime, path, at("out"), { run: {} }),
      MicroLmError,
      'in.jsonl:2: Unknown key "policy.ltv_maxx"',
    );
    assertEquals(error.kind, "data");
  }, '"swap"\n{"prompt": "swap", "policy": {"ltv_maxx": 1}}\n');
});

Deno.test("mapFile() takes grids of rows for arc", async () => {
  await using arc = await openRuntime({ domain: "arc" });
  await inFolder(async (at, path) => {
    await mapFile(arc, path, at("out"), { run: {} });
    const [row] = await rowsOf(at("out")) as { record: { plan: { steps: { grid: unknown }[] } } }[];
    assertEquals(row!.record.plan.steps[0]!.grid, [[3, 1], [4, 2]]);
  }, '{"prompt": "rotate the grid 90 degrees clockwise", "grid": [[1, 2], [3, 4]]}');
});

Deno.test("mapFile() says which wishes need files", async () => {
  await inFolder(async (at, path) => {
    const cases: readonly [string, string, MapFileOptions][] = [
      ["-", at("out"), { shard: { index: 1, count: 2 } }],
      ["-", at("out"), { resume: true }],
      [path, "-", { resume: true }],
      [path, path, {}],
    ];
    for (const [input, output, options] of cases) {
      const error = await assertRejects(() => mapFile(runtime, input, output, options));
      assertEquals((error as MicroLmError).kind, "usage");
    }
    const missing = await assertRejects(() => mapFile(runtime, at("absent"), at("out")));
    assertEquals((missing as MicroLmError).kind, "missing");
  });
});

for (
  const [what, spoil] of [
    ["an empty output", () => ""],
    ["half of the output", (text: string) => text.slice(0, text.length >> 1)],
    ["an edited row", (text: string) => text.replace("swap_asset", "borrow_asset")],
  ] as const
) {
  Deno.test(`mapFile() that resumes a finished job does not believe ${what}`, async () => {
    await inFolder(async (at, path) => {
      await mapFile(runtime, path, at("out"));
      const whole = await Deno.readTextFile(at("out"));
      assertEquals((await mapFile(runtime, path, at("out"), { resume: true })).resumed, 129);
      await Deno.writeTextFile(at("out"), spoil(whole));
      const again = await mapFile(runtime, path, at("out"), { resume: true });
      assertEquals([again.rows, again.resumed], [129, 0]);
      assertEquals(await Deno.readTextFile(at("out")), whole);
    }, promptLines(129));
  });
}

for (
  const [what, change] of [
    ["shorter", (text: string) => text.slice(0, text.lastIndexOf("\n", text.length - 2) + 1)],
    ["another text of the same length", (text: string) => text.replaceAll("hello", "HELLO")],
  ] as const
) {
  Deno.test(`mapFile() refuses an input that becomes ${what} under it, and keeps the old output`, async () => {
    await inFolder(async (at, path) => {
      await Deno.writeTextFile(at("out"), "old");
      const text = await Deno.readTextFile(path);
      let isChanged = false;
      const onProgress = () => {
        if (!isChanged) Deno.writeTextFileSync(path, change(text));
        isChanged = true;
      };
      const error = await assertRejects(
        () => mapFile(runtime, path, at("out"), { onProgress }),
        MicroLmError,
        "that the run began with",
      );
      assertEquals(error.kind, "data");
      assertEquals(await Deno.readTextFile(at("out")), "old");
    });
  });
}
