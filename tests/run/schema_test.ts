import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { checkRunRecord, runRecordJsonSchema } from "../../src/run/record/schema.ts";
import type { RunRecord } from "../../src/run/record/record.ts";
import { openRuntime } from "../../src/run/runtime.ts";

interface Node {
  readonly [key: string]: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
}

Deno.test("src/run/record/schema.json is what the code checks", async () => {
  const stored = await Deno.readTextFile("src/run/record/schema.json");
  assertEquals(stored, `${JSON.stringify(runRecordJsonSchema(), null, 2)}\n`);
});

Deno.test("the schema of records describes every key and allows no other", () => {
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== "object" || node === null) return;
    const { properties, additionalProperties } = node as Node;
    if (properties) {
      assertEquals(additionalProperties, false, path);
      for (const [key, value] of Object.entries(properties)) {
        const about = value["description"];
        assert(typeof about === "string" && about.length > 5, `${path}.${key}`);
      }
    }
    for (const [key, value] of Object.entries(node)) visit(value, `${path}.${key}`);
  };
  visit(runRecordJsonSchema(), "record");
});

const oracle = { age_sec: 5, max_age_sec: 30 };
const REQUESTS: readonly (readonly [string, Parameters<typeof asRecord>[0]])[] = [
  ["an approval", { prompt: "deposit 10 ETH into aave" }],
  ["several steps", {
    prompt: "swap 2 ETH to USDC then deposit it into aave",
    context: { oracle },
  }],
  ["every kind of amount", {
    prompt: "deposit half of my ETH; deposit $5 of DAI; stake all my SOL",
  }],
  ["a misspelt venue", { prompt: "deposit 1 ETH into compuond" }],
  ["a breach", { prompt: "withdraw 5 ETH", context: { oracle, risk: { ltv: 0.9, hf: 0.9 } } }],
  ["no debt", {
    prompt: "withdraw 5 ETH",
    context: { oracle, positions: { collateral_value: 1e5, debt_value: 0 } },
  }],
  ["unknown risk", { prompt: "borrow 5 ETH" }],
  ["risk switched off", { prompt: "borrow 5 ETH", policy: { risk: { require: false } } }],
  ["low confidence", { prompt: "stake xyz", policy: { mapper: { confidence_threshold: 1 } } }],
  ["no order", { prompt: "should I stake?" }],
  ["nothing", { prompt: "" }],
  ["too much", { prompt: "stake 1 ETH ".repeat(1000) }],
  ["a dry run", { prompt: "deposit 10 ETH into aave", dryRun: true }],
  ["no rails", { prompt: "deposit 10 ETH into aave", rails: "none", T: 9 }],
];

for (const [name, request] of REQUESTS) {
  Deno.test(`a record of ${name} is as the schema says, also after a journey as JSON`, async () => {
    const record = await asRecord(request);
    const stored = JSON.parse(JSON.stringify(record));
    assertEquals(checkRunRecord(stored), record);
    assertEquals(record.artifacts.schema.keys, Object.keys(record).sort());
    const { properties } = runRecordJsonSchema() as Node;
    assertEquals(Object.keys(properties!).sort(), record.artifacts.schema.keys);
  });
}

Deno.test("records of the domain arc are as the schema says", async () => {
  await using runtime = await openRuntime({ domain: "arc" });
  const grid = [[1, 2], [3, 4]];
  const pairs = [{ input: grid, output: [[3, 1], [4, 2]] }];
  for (
    const request of [
      { prompt: "rotate the grid 90 degrees clockwise" },
      { prompt: "rotate the grid 90 degrees clockwise", grid },
      { prompt: "rotate the grid 90 degrees clockwise", grid, pairs },
      { prompt: "flip it horizontally", pairs },
      { prompt: "sing a song", grid },
    ]
  ) {
    const record = await runtime.run(request);
    assertEquals(checkRunRecord(JSON.parse(JSON.stringify(record))), record);
  }
});

const WRONG: readonly (readonly [string, (record: RunRecord) => unknown, string])[] = [
  ["another type", (record) => ({ ...record, ok: "yes" }), "boolean"],
  ["another key", (record) => ({ ...record, extra: 1 }), "extra"],
  ["a reason outside the set", (record) => ({ ...record, reason: "fine" }), "option"],
  ["a plan in a refusal", (record) => ({
    ...record,
    ok: false,
  }), "a plan in a run that is not ok"],
  ["two reasons", (record) => ({ ...record, reason: "ltv" }), "the reasons ltv and ok"],
  ["another sequence", (record) => ({ ...record, sequence: [] }), "a sequence other than"],
  ["abstained", (record) => ({ ...record, abstained: true }), "abstained true"],
  ["a list of keys that is not its own", (record) => ({
    ...record,
    artifacts: { ...record.artifacts, schema: { v: 1, keys: ["ok"] } },
  }), "where it lists ok"],
  ["nothing", () => null, "object"],
];

for (const [name, change, message] of WRONG) {
  Deno.test(`checkRunRecord() refuses ${name}`, async () => {
    const record = await asRecord({ prompt: "deposit 10 ETH into aave" });
    const error = assertThrows(() => checkRunRecord(change(record)), MicroLmError);
    assertEquals(error.kind, "data");
    assertStringIncludes(error.message, message);
  });
}

async function asRecord(request: {
  readonly prompt: string;
  readonly policy?: unknown;
  readonly context?: unknown;
  readonly dryRun?: boolean;
  readonly rails?: "none";
  readonly T?: number;
}): Promise<RunRecord> {
  await using runtime = await openRuntime({ backend: "wordmap" });
  return await runtime.run(request);
}
