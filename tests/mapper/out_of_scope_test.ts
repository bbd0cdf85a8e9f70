import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type Dataset,
  decide,
  MicroLmError,
  openEncoder,
  openRuntime,
  readLabeledCsv,
  runSweep,
  saveMapper,
  trainMapper,
} from "../../mod.ts";
import { scoreRows } from "../../src/evaluate/mod.ts";
import { fromPinned, parseArtifact, serializeArtifact, toPinned } from "../../src/mapper/mod.ts";
import { compareAuroc } from "../../src/mapper/out_of_scope/auroc_gain.ts";
import { createLeadMeter, scoreOos } from "../../src/mapper/out_of_scope/score.ts";

const TRAIN = await readLabeledCsv("fixtures/defi/defi_mapper_train.csv", { group: "author" });
const LARGE = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_large.csv");
const MINI = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
const FACTS = { domain: "defi", flags: {} };

/** What must abstain lies near the actions here, in the same words: novelty says nothing. */
const NEAR: Dataset = { ...TRAIN, rows: TRAIN.rows.filter((_, i) => i % 16 === 0) };
const ACTIONS: Dataset = { ...LARGE, rows: LARGE.rows.filter(({ label }) => label !== "abstain") };
const QUICK = { tol: 1e-5, classWeight: "balanced", oosScore: true } as const;

await using encoder = await openEncoder("lite");
const trained = await trainMapper(ACTIONS, encoder, QUICK);
const plain = await trainMapper(ACTIONS, encoder, { ...QUICK, oosScore: false });

Deno.test("without rows that must abstain the score learns from classes that are held out", () => {
  const { out_of_scope: found } = trained.training;
  assertEquals(found?.outside, "held_out_classes");
  const { auroc, other, ci_low } = found!.gain!;
  assert(auroc > other && ci_low > 0, `${auroc} ${other} ${ci_low}`);
  assertEquals(found!.rows[1], ACTIONS.rows.length);
  assert(trained.oos!.confidence < 0 && trained.oos!.novelty >= 0);
});

Deno.test("it tells prompts that no class is meant for better than confidence, on rows of nobody's", async () => {
  const { selection } = await runSweep(trained, MINI, { thresholds: [0.5] });
  assert(selection.auroc_oos! > selection.auroc_scope!, JSON.stringify(selection));
});

Deno.test("with enough of them, rows that must abstain are what it learns from", async () => {
  const { training, oos, order } = await trainMapper(LARGE, encoder, QUICK);
  assertEquals(training.out_of_scope?.outside, "abstain");
  assertEquals(training.out_of_scope!.rows, [808, 192]);
  assert(oos !== undefined && order !== undefined);
});

Deno.test("where nothing can be fitted, or nothing is gained, the mapper stays as it was and says why", async () => {
  const two = new Set(["swap_asset", "stake_asset"]);
  const few = { ...ACTIONS, rows: ACTIONS.rows.filter(({ label }) => two.has(label!)) };
  const mapper = await trainMapper(few, encoder, QUICK);
  assertEquals([mapper.oos, mapper.training.out_of_scope?.gain], [undefined, null]);
  assert(mapper.training.notes!.some((note) => note.startsWith("no out-of-scope score: it takes")));
  const near = await trainMapper(NEAR, encoder, QUICK);
  assertEquals([near.oos, near.training.out_of_scope?.outside], [undefined, "abstain"]);
  assert(near.training.out_of_scope!.gain!.ci_low <= 0);
  assert(near.training.notes!.some((note) => note.includes("does not beat the confidence")));
  assertEquals([plain.oos, plain.measureOos, plain.training.out_of_scope], [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("an artifact keeps its score; one without it is byte for byte what it was", () => {
  const text = serializeArtifact(trained, {
    ...FACTS,
    operating_point: toPinned({ threshold: 0.4, maxOos: 0.6 }),
  });
  assertEquals(JSON.parse(text).schema, "micro-lm/mapper@5");
  const artifact = parseArtifact(text);
  assertEquals(artifact.oos, trained.oos);
  assertEquals(fromPinned(artifact.operating_point!), { threshold: 0.4, maxOos: 0.6 });
  assertEquals(
    serializeArtifact(artifact, { ...FACTS, operating_point: artifact.operating_point! }),
    text,
  );
  const old = JSON.parse(serializeArtifact(plain, FACTS));
  assertEquals([old.schema, "out_of_scope" in old], ["micro-lm/mapper@5", false]);
  const { oos: _, ...bare } = trained;
  const { out_of_scope: __, ...training } = trained.training;
  assertEquals(serializeArtifact({ ...bare, training }, FACTS), serializeArtifact(plain, FACTS));
});

Deno.test("a point that limits the score is kept by decide, sweeps, certificates and runs", async () => {
  const prompts = MINI.rows.map(({ prompt }) => prompt);
  const scores = await trained.measureOos!(prompts);
  const decisions = await trained.decide(prompts, { threshold: 0, maxOos: 0.5 });
  decisions.forEach(({ reason, oos_score }, i) => {
    assertAlmostEquals(oos_score!, scores[i]!, 1e-12);
    assertEquals(reason, scores[i]! > 0.5 ? "out_of_scope" : "fired");
  });
  const [silent] = await trained.decide(prompts.slice(0, 1), { threshold: 0 });
  assertEquals([silent!.oos_score, silent!.reason], [undefined, "fired"]);
  const grid = { thresholds: [0.3, 0.5], maxOosScores: [0.4, 0.8] };
  const outcome = await runSweep(trained, MINI, grid);
  assertEquals(outcome.metrics.map(({ max_oos }) => max_oos), [0.4, 0.4, 0.8, 0.8]);
  assertEquals(outcome.point.maxOos, outcome.chosen.metrics.max_oos);
  assertEquals(outcome.rows.map(({ oos_score }) => oos_score), [...scores]);
  const { certification } = await runSweep(trained, MINI, {
    ...grid,
    certify: { maxWrongRate: 0.45 },
  });
  assert(certification?.certificate, certification?.failure?.reason);
  assert(grid.maxOosScores.includes(certification.certificate.point.maxOos!));
  await assertRejects(() => runSweep(plain, MINI, grid), MicroLmError, "out-of-scope score");
});

Deno.test("runs keep the limit that is pinned, and a caller's policy does not loosen it", async () => {
  const path = ".artifacts/test-out-of-scope.json";
  await saveMapper(path, trained, {
    ...FACTS,
    operating_point: { threshold: 0, max_oos: 0.5 },
  });
  await using runtime = await openRuntime({ modelPath: path, isPointFloor: true });
  const prompts = ["swap 2 ETH for USDC", "zebras whistle quietly near marmalade"];
  const policy = { confidence_threshold: 0, near_margin: 0 };
  const mapped = await runtime.map(prompts, { ...POLICY, ...policy });
  assertEquals(mapped.map(({ reason }) => reason), ["fired", "out_of_scope"]);
  assert(mapped[0]!.oos_score! < 0.5 && mapped[1]!.oos_score! > 0.5);
  const context = { oracle: { age_sec: 5, max_age_sec: 30 } };
  const { aux } = await runtime.run({ prompt: "swap 2 ETH for USDC", context });
  assertEquals(aux.mappings[0]!.reason, "fired");
  assert(aux.mappings[0]!.oos_score! < 0.5);
  await Deno.remove(path);
});

const POLICY = { model_path: null, use_wordmap_fallback: false } as const;

Deno.test("the rule: equality fires, an unknown score is an error, a limit is a share", () => {
  const classes = ["send", "keep"];
  const reason = (score: number | undefined, maxOos: number) =>
    decide([0.9, 0.1], classes, { threshold: 0, maxOos }, undefined, undefined, score).reason;
  assertEquals([reason(0.5, 0.5), reason(0.51, 0.5), reason(undefined, 1)], [
    ...["fired", "out_of_scope", "fired"] as const,
  ]);
  assertThrows(() => reason(undefined, 0.5), RangeError, "out of scope");
  assertThrows(() => reason(0.5, 2), MicroLmError, "score as out of scope");
  const matrix = { data: Float64Array.of(0.9, 0.1), rows: 1, cols: 2 };
  assertEquals("oos" in scoreRows(matrix), false);
});

Deno.test("the lead is the log-odds of the leading action, as the logits are", () => {
  const classifier = {
    classes: 3,
    denseColumns: 1,
    sparseColumns: new Uint32Array(),
    weights: Float32Array.of(0, 0, 0),
    intercepts: Float64Array.of(2, 1, 3),
  };
  const model = {
    method: "temperature",
    classes: 3,
    members: [{ classifier, calibrators: [] }],
    temperature: 0.5,
  } as const;
  const features = { rows: 1, dense: { data: Float32Array.of(1), rows: 1, cols: 1 } };
  const [any] = createLeadMeter(model, -1)(features);
  assertAlmostEquals(any!, 3 - Math.log(Math.exp(2) + Math.exp(1)), 1e-12);
  const [acting] = createLeadMeter(model, 2)(features);
  assertAlmostEquals(acting!, 2 - Math.log(Math.exp(3) + Math.exp(1)), 1e-12);
  const evidence = { lead: Float64Array.of(any!), novelty: Float64Array.of(0.25) };
  const [score] = scoreOos({ intercept: 1, confidence: -2, novelty: 4 }, evidence);
  assertAlmostEquals(score!, 1 / (1 + Math.exp(-(1 - 2 * any! + 1))), 1e-12);
});

Deno.test("compareAuroc() agrees with counting pairs, and with itself is no gain", () => {
  const own = { inside: Float64Array.of(3, 2, 1), outside: Float64Array.of(1, 0) };
  const other = { inside: Float64Array.of(0, 1, 1), outside: Float64Array.of(1, 0) };
  const { auroc, other: rival, ci_low, ci_high } = compareAuroc([{ own, other }]);
  assertAlmostEquals(auroc, 5.5 / 6, 1e-12);
  assertAlmostEquals(rival, 3.5 / 6, 1e-12);
  assert(ci_low < auroc - rival && auroc - rival < ci_high);
  const same = compareAuroc([{ own, other: own }]);
  assertEquals([same.ci_low, same.ci_high], [0, 0]);
});
