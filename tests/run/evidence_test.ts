import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { mapLabels, readLabeledCsv } from "../../src/data/dataset.ts";
import { createMasker } from "../../src/data/template.ts";
import { ARC_DOMAIN } from "../../src/domains/arc/domain.ts";
import { DEFI_DOMAIN } from "../../src/domains/defi/domain.ts";
import { openEncoder } from "../../src/encoders/open.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import { saveMapper } from "../../src/mapper/file/mapper_file.ts";
import { trainMapper } from "../../src/mapper/train.ts";
import { saveWarp } from "../../src/rails/warp/warp.ts";
import { saveWdd } from "../../src/rails/wdd/file.ts";
import { fitWdd } from "../../src/rails/wdd/model.ts";
import { openEvidenceEncoder } from "../../src/rails/wdd/open_encoder.ts";
import { railsPath } from "../../src/run/evidence.ts";
import { checkRunRecord } from "../../src/run/record/schema.ts";
import { openRuntime } from "../../src/run/runtime.ts";
import { DEFAULT_POLICY } from "../../src/run/policy/policy.ts";
import type { RunRecord } from "../../src/run/record/record.ts";

const FOLDER = ".artifacts/test-evidence";
const { primitives, slots } = DEFI_DOMAIN;
const raw = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_large.csv");
const data = mapLabels(raw, (label) => DEFI_DOMAIN.canonicalLabel(label));
const encoder = await openEvidenceEncoder(DEFI_DOMAIN);
const model = await fitWdd(
  data.rows.map(({ prompt, label }) => ({ prompt, label: label! })),
  encoder,
  { primitives, slots, lexicon: DEFI_DOMAIN.lexicon },
);
await Deno.mkdir(FOLDER, { recursive: true });
await saveWdd(`${FOLDER}/wdd.json`, model);
await saveWarp(`${FOLDER}/warp.json`, model.warp);
await using plain = await openEncoder("lite");
const mapper = await trainMapper(data, plain, { mask: createMasker(slots), method: "temperature" });
await saveMapper(`${FOLDER}/mapper.json`, mapper, { domain: "defi", flags: {} });

const CONTEXT = { oracle: { age_sec: 1 } };
const runtime = await openRuntime({
  modelPath: `${FOLDER}/mapper.json`,
  evidencePath: `${FOLDER}/wdd.json`,
  point: { threshold: 0.3 },
});

async function run(audit: object, prompt = "swap 2 ETH for USDC"): Promise<RunRecord> {
  const record = await runtime.run({ prompt, context: CONTEXT, policy: { audit } });
  return checkRunRecord(record);
}

Deno.test("without evidence nothing of it is claimed", async () => {
  await using without = await openRuntime({
    modelPath: `${FOLDER}/mapper.json`,
    point: { threshold: 0.3 },
  });
  const { wdd_summary, artifacts, verify } = checkRunRecord(
    await without.run({ prompt: "swap 2 ETH for USDC", context: CONTEXT, rails: "stage11" }),
  );
  assertEquals([wdd_summary, artifacts.wdd, verify.tags], [null, null, []]);
});

Deno.test("rails look where there is evidence, as the stage and T say", async () => {
  for (const rails of ["stage10", "stage11"] as const) {
    const request = { prompt: "swap 2 ETH for USDC", context: CONTEXT, rails, T: 90 };
    const { artifacts: { wdd }, verify, ok } = checkRunRecord(await runtime.run(request));
    assertEquals([ok, verify.tags[0]], [true, `rails:${rails}`]);
    assertEquals([wdd!.stage, wdd!.T, wdd!.channels.length], [rails, 90, 8]);
    const swap = wdd!.channels.find(({ name }) => name === "swap_asset")!;
    assert(swap.spans.some(({ text }) => text.includes("swap")));
  }
});

Deno.test("evidence beside a mapper is found, and refused if it is another mapper's", async () => {
  const path = `${FOLDER}/beside.json`;
  await Deno.copyFile(`${FOLDER}/mapper.json`, path);
  const run = async () => {
    await using found = await openRuntime({ modelPath: path, point: { threshold: 0.3 } });
    return await found.run({ prompt: "swap 2 ETH for USDC", context: CONTEXT });
  };
  const bound = { ...model, training: { rows: 1000, data_sha256: data.sha256 } };
  await saveWdd(railsPath(path), bound);
  assertEquals((await run()).verify.tags, ["rails:stage10", "wdd:on", "audit:wdd"]);
  await saveWdd(railsPath(path), model);
  const error = await assertRejects(run, MicroLmError, "other rows than the mapper");
  assertEquals(error.kind, "data");
});

Deno.test("the record says what mapper and checks said, as the original's output does", async () => {
  const fired = await run({});
  const { mapper: said, verify } = fired.artifacts;
  assertEquals([said!.reason, said!.score, said!.aux!.label], ["fired", fired.score, "swap_asset"]);
  assertEquals([verify.ok, verify.reason], [true, "ok"]);
  const refused = await run({}, "what is a swap?");
  assertEquals([refused.artifacts.mapper!.reason, refused.artifacts.mapper!.aux], [null, null]);
  assertEquals([refused.artifacts.verify.ok, refused.artifacts.verify.sources], [false, null]);
});

Deno.test("audit.backend wdd records, tags what ran, and as a detector changes nothing", async () => {
  const record = await run({ backend: "wdd" });
  assertEquals(record.verify.tags, ["rails:stage10", "wdd:on", "audit:wdd"]);
  assertEquals([record.ok, record.sequence], [true, ["swap_asset"]]);
  assert(record.wdd_summary!.keep.every((name) => primitives.includes(name)));
});

Deno.test("rails none leaves the evidence out", async () => {
  const record = await runtime.run({
    prompt: "swap 2 ETH for USDC",
    context: CONTEXT,
    policy: { audit: { backend: "wdd", gate: true, z_refute: 1e9 } },
    rails: "none",
  });
  assertEquals([record.ok, record.wdd_summary, record.verify.tags], [true, null, []]);
});

Deno.test("audit.gate stops a plan that the evidence does not show", async () => {
  const impossible = { backend: "wdd", z_abs: 1e9, z_refute: 1e9 };
  assertEquals((await run(impossible)).ok, true);
  const stopped = await run({ ...impossible, gate: true });
  assertEquals([stopped.ok, stopped.reason, stopped.sequence], [false, "wdd:below_gates", []]);
  const both = { about: "actions", mapper: ["swap_asset"], rails: [] };
  assertEquals(stopped.artifacts.wdd!.disagreement as unknown, both);
  const gate = stopped.aux.gates.find(({ gate }) => gate === "evidence")!;
  assertEquals((gate.detail as { disagreement: unknown }).disagreement, both);
  const passing = await run({ backend: "wdd", gate: true });
  assertEquals([passing.ok, passing.reason], [true, "ok"]);
});

Deno.test("audit.mode family supplies the plan, passthrough only records", async () => {
  const loose = { backend: "wdd", z_abs: 0, false_alarm_rate: 0.4 };
  const family = await run({ ...loose, mode: "family" });
  assertEquals([family.ok, family.reason], [true, "wdd:family:defi"]);
  assertEquals(family.sequence, family.wdd_summary!.order);
  const empty = await run({ ...loose, mode: "family", z_abs: 1e9 });
  assertEquals([empty.ok, empty.reason, empty.sequence], [false, "wdd:family:abstain", []]);
  const passed = await run({ ...loose, mode: "passthrough", gate: true, z_abs: 1e9 });
  assertEquals([passed.ok, passed.wdd_summary!.decision], [true, "ABSTAIN"]);
});

Deno.test("family mode cannot get past the guards", async () => {
  const record = await run(
    { backend: "wdd", mode: "family", z_abs: 0, false_alarm_rate: 0.4 },
    "borrow 1000 USDC from aave",
  );
  assertEquals([record.ok, record.reason], [false, "risk_unknown:ltv"]);
});

const NUMBERS: readonly (readonly [string, unknown, unknown])[] = [
  ["K", 12, 1],
  ["template_width", 64, 16],
  ["z_abs", 0, 1e9],
  ["keep_frac", 0, 1],
  ["false_alarm_rate", 0.4, 0.005],
  ["overrides", {}, { swap_asset: { z_abs: 1e9 } }],
];

for (const [key, one, other] of NUMBERS) {
  Deno.test(`audit.${key} changes what the evidence says`, async () => {
    const base = { backend: "wdd", z_abs: 0, false_alarm_rate: 0.4 };
    const seen = async (value: unknown) => {
      const prompt = "swap 2 ETH for USDC and stake it with lido";
      const policy = { audit: { ...base, [key]: value } };
      const request = { prompt, context: CONTEXT, policy, rails: "stage11" as const };
      const { wdd_summary, artifacts } = await runtime.run(request);
      return [wdd_summary, artifacts.wdd];
    };
    assertNotEquals(await seen(one), await seen(other));
  });
}

Deno.test("audit.pca_prior names the warp of a file", async () => {
  const audited = (audit: object) =>
    runtime.run({
      ...{ prompt: "swap 2 ETH for USDC", context: CONTEXT, rails: "stage11" },
      policy: { audit },
    });
  const own = await audited({});
  const given = await audited({ pca_prior: `${FOLDER}/warp.json` });
  assert(own.wdd_summary!.which_prior.startsWith("model:"));
  assert(given.wdd_summary!.which_prior.startsWith("pca_prior:"));
  const missing = { backend: "wdd", pca_prior: `${FOLDER}/none.json` };
  assertEquals((await assertRejects(() => run(missing), MicroLmError)).kind, "missing");
});

Deno.test("evidence that is not there, and actions that are not, are named", async () => {
  const unknown = { backend: "wdd", overrides: { swop_asset: { z_abs: 1 } } };
  await assertRejects(() => run(unknown), MicroLmError, 'Unknown action "swop_asset"');
  const policy = { audit: { backend: "wdd" } };
  const request = { prompt: "swap 2 ETH for USDC", context: CONTEXT, policy };
  await using without = await openRuntime({ backend: "wordmap" });
  const error = await assertRejects(() => without.run(request), MicroLmError, "there is none");
  assertEquals(error.kind, "usage");
  await using absent = await openRuntime({ backend: "wordmap", evidencePath: `${FOLDER}/x.json` });
  const hint = (await assertRejects(() => absent.run(request), MicroLmError)).hint;
  assertEquals(hint, "Fit it: deno task wdd-fit --labels_csv FILE --out_path MODEL");
});

Deno.test("a certificate is cited for a prompt that the mapper read as it is, and for no other", async () => {
  await using certified = await openRuntime({
    modelPath: `${FOLDER}/mapper.json`,
    point: { threshold: 0.3, certificate: { id: "0123456789abcdef" } },
  });
  const cited = async (prompt: string, policy = {}) =>
    (await certified.run({ prompt, context: CONTEXT, policy })).artifacts.mapper!.certificate;
  assertEquals(await cited("swap 2 ETH for USDC"), "0123456789abcdef");
  assertEquals(await cited("swap 2.4567 ETH for USDC please"), null);
  assertEquals(await cited("swap 2 ETH for USDC", { mapper: { confidence_threshold: 0.2 } }), null);
});

Deno.test("a run tells its phases in order", async () => {
  const phases: string[] = [];
  await runtime.run({ prompt: "swap 2 ETH for USDC", onPhase: (phase) => phases.push(phase) });
  assertEquals(phases, ["parse", "map", "rails"]);
});

Deno.test("ARC prompts are audited too: recorded, blocked, or ordered by the evidence", async () => {
  const arc = await readLabeledCsv("fixtures/arc/arc_steps_train.csv");
  await using spans = await openEvidenceEncoder(ARC_DOMAIN);
  const fitted = await fitWdd(
    arc.rows.map(({ prompt, label }) => ({ prompt, label: label! })),
    spans,
    { primitives: ARC_DOMAIN.primitives, slots: ARC_DOMAIN.slots },
  );
  await saveWdd(`${FOLDER}/arc.json`, fitted);
  await using arcRuntime = await openRuntime({
    domain: "arc",
    evidencePath: `${FOLDER}/arc.json`,
  });
  const ask = async (audit: object) =>
    checkRunRecord(
      await arcRuntime.run({
        prompt: "rotate the grid by 90 degrees",
        grid: [[1, 2], [3, 4]],
        policy: { audit: { backend: "wdd", ...audit } },
      }),
    );
  const recorded = await ask({});
  assertEquals([recorded.ok, recorded.sequence], [true, ["rotate"]]);
  assertEquals(recorded.verify.tags, ["rails:stage10", "wdd:on", "audit:wdd"]);
  const blocked = await ask({ gate: true, z_refute: 1e9 });
  assertEquals([blocked.ok, blocked.reason], [false, "wdd:below_gates"]);
  const family = await ask({ mode: "family", z_abs: 0, false_alarm_rate: 0.45 });
  const expected = family.ok ? "wdd:family:arc" : "wdd:family:abstain";
  assertEquals(family.reason, expected);
  assertEquals(family.sequence, family.ok ? ["rotate"] : []);
});

Deno.test("a trained mapper is a second opinion on ARC steps: recorded, and told where it differs", async () => {
  const arc = await readLabeledCsv("fixtures/arc/arc_steps_train.csv");
  const second = await trainMapper(arc, plain, { mask: createMasker(ARC_DOMAIN.slots) });
  const path = `${FOLDER}/arc_mapper.json`;
  await saveMapper(path, second, { domain: "arc", flags: {} });
  await using arcRuntime = await openRuntime({ domain: "arc", modelPath: path });
  const { aux, flags, plan, artifacts } = checkRunRecord(
    await arcRuntime.run({ prompt: "rotate the grid by 90 degrees, then flip it vertically" }),
  );
  assertEquals(aux.mappings.map(({ predicted }) => predicted), ["rotate", "flip_v"]);
  assertEquals([plan.sequence, flags], [["rotate", "flip_v"], []]);
  assertEquals(artifacts.mapper!.backend, "sbert");
  const decide = () => Promise.resolve([{ ...aux.mappings[0]!, label: "tile", threshold: 0.5 }]);
  const phase = () => {};
  const finding = await ARC_DOMAIN.planner!.run(
    { prompt: "rotate the grid by 90 degrees", policy: DEFAULT_POLICY, context: {} },
    {
      decide,
      flags: [],
      phase,
      askEvidence: () => Promise.resolve({ sequence: null, ok: true, gates: [] }),
    },
  );
  assertEquals([finding.flags, finding.plan.sequence], [["mapper:disagrees"], ["rotate"]]);
});
