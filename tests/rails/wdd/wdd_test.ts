import { assert, assertEquals, assertLessOrEqual, assertRejects, assertThrows } from "@std/assert";
import { openNgramEncoder } from "../../../src/encoders/lite/ngram.ts";
import { MicroLmError } from "../../../src/core/errors.ts";
import { openWdd } from "../../../src/rails/wdd/wdd.ts";
import { supports } from "../../../src/rails/wdd/shares.ts";
import { applyWdd, disagreementOf } from "../../../src/rails/wdd/decide.ts";
import { shuffleTracks } from "../../../src/rails/wdd/null.ts";
import { openTermEncoder } from "../../../src/rails/wdd/terms.ts";
import { hashWdd, loadWdd, saveWdd } from "../../../src/rails/wdd/file.ts";
import { fitWdd } from "../../../src/rails/wdd/model.ts";
import { createSpanReader } from "../../../src/rails/spans.ts";
import { fitWarp } from "../../../src/rails/warp/warp.ts";
import { inTempFolder } from "../../temp.ts";
import { TOY_ACTIONS, toyModel, toyPrompts } from "../wdd_toy.ts";

const { model, encoder } = await toyModel();
const steps = { template_width: 16 };

Deno.test("createSpanReader() reads what C.1 says: lower case, gaps, all runs of tokens", () => {
  const read = createSpanReader({ maxTokens: 2 });
  assertEquals(read("  ").spans, []);
  assertEquals(read("Don't STAKE!").spans.map(({ text, first, size }) => [text, first, size]), [
    ["don", 0, 1],
    ["t", 1, 1],
    ["stake", 2, 1],
    ["don t", 0, 2],
    ["t stake", 1, 2],
  ]);
  assertEquals(createSpanReader({ maxPromptTokens: 3 })("a b c d e").tokens, ["a", "b", "c"]);
  assertThrows(() => createSpanReader({ maxTokens: 0 }), RangeError);
});

Deno.test("openWdd() scores every action and finds the one asked for", async () => {
  const rows = toyPrompts(25, 99).filter(({ label }) => label !== "abstain");
  const results = await openWdd(model, encoder).detect(rows.map(({ prompt }) => prompt));
  for (const result of results) assertEquals(result.channels.map(({ name }) => name), TOY_ACTIONS);
  const right = results.filter(({ keep }, i) => keep.length === 1 && keep[0] === rows[i]!.label);
  assert(right.length >= 0.8 * rows.length, `${right.length} of ${rows.length} right`);
});

Deno.test("openWdd() keeps to the false-alarm rate on new noise and on other prompts", async () => {
  const wdd = openWdd(model, encoder, { falseAlarmRate: 0.05 });
  const other = toyPrompts(100, 7).filter(({ label }) => label === "abstain");
  const results = await wdd.detect(other.map(({ prompt }) => prompt));
  const alarms = results.filter(({ decision }) => decision === "PASS").length;
  // Twice the rate is two standard deviations away.
  assertLessOrEqual(alarms, 0.1 * other.length);
  assertEquals(shuffleTracks(model.background, 3, 5), shuffleTracks(model.background, 3, 5));
});

Deno.test("openWdd() abstains on nothing, and never passes with an empty keep", async () => {
  const results = await openWdd(model, encoder).detect(["", "🙂 !!!", "water the fern"]);
  assertEquals(results.map(({ decision }) => decision), ["ABSTAIN", "ABSTAIN", "PASS"]);
  for (const { decision, keep, order, p_value } of results) {
    assertEquals(decision === "PASS", keep.length > 0);
    assertEquals([...keep].sort(), [...order].sort());
    assert(p_value > 0 && p_value <= 1);
  }
});

Deno.test("openWdd() gives equal results for equal prompts, whatever stands beside them", async () => {
  const alone = await openWdd(model, encoder).detect(["paint the chair today"]);
  const beside = await openWdd(model, encoder).detect(["water it", "paint the chair today"]);
  assertEquals(alone[0], beside[1]);
});

Deno.test("openWdd() reads several steps in the order of their words", async () => {
  // A low share of the highest peak: how many peaks are kept is another test's matter
  const policy = { ...steps, z_abs: 0.1, keep_frac: 0.2 };
  const [forth, back] = await openWdd(model, encoder, { falseAlarmRate: 0.05, policy }).detect([
    "water the fern and then much later on paint the chair",
    "paint the chair and afterwards over there water the fern",
  ]);
  assertEquals(forth!.order, ["water", "paint"]);
  assertEquals(back!.order, ["paint", "water"]);
  assertEquals([...forth!.keep].sort(), ["paint", "water"]);
  const [water, paint] = ["water", "paint"].map((name) =>
    forth!.channels.find((channel) => channel.name === name)
  );
  assert(water!.token < paint!.token);
});

Deno.test("openWdd() obeys every key of its policy", async () => {
  const prompts = toyPrompts(15, 3).map(({ prompt }) => prompt);
  const detect = (policy: object) =>
    openWdd(model, encoder, { policy, stage: "stage11" }).detect(prompts);
  const base = await detect({});
  const kept = (results: typeof base) => results.reduce((sum, { keep }) => sum + keep.length, 0);
  const scores = (results: typeof base) => results.map(({ mf_peak }) => mf_peak);
  assert(kept(base) > 0);
  assert(kept(await detect({ z_abs: 50 })) === 0);
  assertLessOrEqual(kept(await detect({ keep_frac: 1 })), kept(await detect({ keep_frac: 0 })));
  assert(String(scores(await detect({ K: 1 }))) !== String(scores(base)));
  assert(String(scores(await detect({ template_width: 32 }))) !== String(scores(base)));
  const strict = await detect({ overrides: { water: { z_abs: 50 } } });
  assert(base.some(({ keep }) => keep.includes("water")));
  assert(strict.every(({ keep }) => !keep.includes("water")));
  const n = model.evidence.classes.length;
  const points = {
    data: Float64Array.from({ length: 9 * n }, (_, i) => i * i % 7),
    rows: 9,
    cols: n,
  };
  const other = await detect({ pca_prior: fitWarp(points, { k: 3 }) });
  assert(String(scores(other)) !== String(scores(base)));
  assert(other[0]!.which_prior.startsWith("pca_prior:"));
});

Deno.test("openWdd() with a stricter rate never keeps more", async () => {
  const prompts = toyPrompts(20, 4).map(({ prompt }) => prompt);
  let before = Infinity;
  let gate = -Infinity;
  for (const falseAlarmRate of [0.5, 0.2, 0.05, 0.01]) {
    const wdd = openWdd(model, encoder, { falseAlarmRate });
    const kept = (await wdd.detect(prompts)).filter(({ decision }) => decision === "PASS").length;
    assertLessOrEqual(kept, before);
    assert(wdd.zMin >= gate);
    [before, gate] = [kept, wdd.zMin];
  }
});

const FAULTS: readonly [string, object, RegExp][] = [
  ["an unknown action", { overrides: { fly: {} } }, /Unknown action "fly"/],
  ["a K of zero", { K: 0 }, /Expected K of at least 1/],
  ["a short template", { template_width: 3 }, /at least 8 samples/],
  ["a warp where there is none", { pca_prior: model.warp }, /stage10 has none/],
];
for (const [what, policy, message] of FAULTS) {
  Deno.test(`openWdd() refuses ${what}`, () => {
    const error = assertThrows(() => openWdd(model, encoder, { policy }), MicroLmError);
    assert(message.test((error as Error).message));
  });
}

Deno.test("openWdd() refuses another encoder and too little background", async () => {
  const other = await openNgramEncoder({ bits: 10 });
  assertThrows(() => openWdd(model, other), MicroLmError, "fitted with");
  assertThrows(() => openWdd(model, encoder, { falseAlarmRate: 1e-4 }), MicroLmError, "calibrate");
});

Deno.test("fitWdd() names a label that it does not know", async () => {
  const rows = [...toyPrompts(6, 1), { prompt: "fly", label: "fly" }];
  await assertRejects(
    () => fitWdd(rows, encoder, { primitives: TOY_ACTIONS }),
    MicroLmError,
    'Unknown label "fly"',
  );
});

Deno.test("saveWdd() and loadWdd() keep every decision; a changed file is refused", async () => {
  await inTempFolder(async (dir) => {
    const path = `${dir}/wdd.json`;
    await saveWdd(path, model);
    const loaded = await loadWdd(path);
    assertEquals(hashWdd(loaded), hashWdd(model));
    const prompts = toyPrompts(10, 5).map(({ prompt }) => prompt);
    assertEquals(
      await openWdd(loaded, encoder).detect(prompts),
      await openWdd(model, encoder).detect(prompts),
    );
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace('"max_tokens":3', '"max_tokens":2'));
    await assertRejects(() => loadWdd(path), MicroLmError, "does not match its hash");
    await Deno.writeTextFile(path, text.slice(0, 500));
    await assertRejects(() => loadWdd(path), MicroLmError, "truncated");
    await assertRejects(() => loadWdd(`${dir}/none.json`), MicroLmError);
  });
});

Deno.test("openWdd() reads traces of T samples, in both stages, and names the words that speak", async () => {
  const prompt = "water the fern today";
  for (const stage of ["stage10", "stage11"] as const) {
    const seen = new Set<string>();
    for (const T of [16, 90, 180, 360]) {
      const wdd = openWdd(model, encoder, { stage, T });
      const [traces] = await wdd.trace([prompt]);
      assertEquals(traces!.data.cols, T);
      const [result] = await wdd.detect([prompt]);
      assertEquals([result!.stage, result!.T], [stage, T]);
      assert(result!.proto_w <= Math.max(8, 0.3 * T));
      seen.add(String(result!.mf_peak));
      const water = result!.channels.find(({ name }) => name === "water")!;
      assert(water.spans[0]!.text.includes("water"), water.spans[0]!.text);
    }
    assertEquals(seen.size, 4);
  }
  assertThrows(() => openWdd(model, encoder, { T: 15 }), MicroLmError, "at least 16 samples");
});

Deno.test("openWdd() refutes what lies below z_refute, whatever is kept", async () => {
  const supported = async (z_refute: number) => {
    const [found] = await openWdd(model, encoder, { policy: { z_refute } }).detect(["water it"]);
    return found!.supported;
  };
  assert((await supported(0.3)).includes("water"));
  assertEquals(await supported(1e9), []);
  assertEquals((await supported(-1e9)).toSorted(), TOY_ACTIONS.toSorted());
});

Deno.test("openWdd() refutes what the whole prompt says too little for, as the rate allows", async () => {
  const rows = toyPrompts(60, 3).filter(({ label }) => label !== "abstain");
  const refuted = async (refuse_rate: number, action: (label: string) => string) => {
    const policy = { z_refute: 0, refuse_rate };
    const found = await openWdd(model, encoder, { policy }).detect(rows.map((r) => r.prompt));
    return found.filter((one, i) => !supports(one, [action(rows[i]!.label)])).length / rows.length;
  };
  const own = (label: string) => label;
  const other = (label: string) => TOY_ACTIONS.find((name) => name !== label)!;
  assertEquals(await refuted(0, other), 0);
  const [few, more] = [await refuted(0.05, own), await refuted(0.4, own)];
  assert(few <= 0.15 && few <= more, `${few} and ${more}`);
  const wrong = await refuted(0.05, other);
  assert(wrong > 0.8, `${wrong}`);
  for (const rate of [-0.1, 0.6, NaN]) {
    assertThrows(
      () => openWdd(model, encoder, { policy: { refuse_rate: rate } }),
      MicroLmError,
      "refuse_rate from 0 to 0.5",
    );
  }
});

Deno.test("disagreementOf() tells both sides, of actions and of their order", () => {
  const channels = TOY_ACTIONS.map((name) => ({ name, share: 1 / 3 }));
  const shown = ["water", "paint"];
  const found = { supported: shown, order: shown, channels, least_share: 0.3 };
  const cases = [
    [["water"], null],
    [["water", "paint"], null],
    [["paint", "water", "paint"], null],
    [[], null],
    [["move", "water"], "actions"],
    [["paint", "water"], "order"],
  ] as const;
  for (const [planned, about] of cases) {
    const expected = about && { about, mapper: planned, rails: found.order };
    assertEquals(disagreementOf(found, planned), expected as unknown);
  }
  // What the whole prompt says for two actions counts for a plan of both
  const strict = { ...found, least_share: 0.5 };
  assertEquals(disagreementOf(strict, ["water"])!.about, "actions");
  assertEquals(disagreementOf(strict, ["water", "paint"]), null);
});

Deno.test("applyWdd() never blocks as a detector without gate, and summarises what it saw", async () => {
  const [found, none] = await openWdd(model, encoder).detect(["water the fern", "who made that"]);
  const advice = applyWdd(none!, ["water"], { domain: "toy" });
  assertEquals([advice.ok, advice.sequence, advice.reason], [true, null, null]);
  const cases = [
    [found!, ["water"], true, null, null],
    [found!, ["paint"], false, [], "wdd:below_gates"],
    [found!, [], false, [], "wdd:below_gates"],
    [none!, ["water"], false, [], "wdd:below_gates"],
  ] as const;
  for (const [result, labels, ok, sequence, reason] of cases) {
    const gated = applyWdd(result, labels, { domain: "toy", gate: true });
    assertEquals([gated.ok, gated.sequence, gated.reason], [ok, sequence, reason]);
  }
  const family = applyWdd(none!, ["water"], { domain: "toy", mode: "family" });
  assertEquals([family.ok, family.sequence, family.reason], [false, [], "wdd:family:abstain"]);
  assertEquals(
    Object.keys(family.summary),
    ["decision", "keep", "order", "sigma", "proto_w", "which_prior", "note"],
  );
  assertEquals("order" in advice.summary, false);
});

Deno.test("openTermEncoder() knows terms as spans are written", async () => {
  const slots = [{ name: "asset", words: ["eth"] }];
  const terms = openTermEncoder({ a: { strong: ["Add ETH"], weak: ["put"] } }, { slots });
  const { dense } = await terms.encode(["add asset", "put", "putt", ""]);
  assertEquals([...dense!.data], [1, 0, 0, 1, 0, 0, 0, 0]);
});
