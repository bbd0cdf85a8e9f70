import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import {
  decide,
  MicroLmError,
  openEncoder,
  readLabeledCsv,
  runSweep,
  saveMapper,
  trainMapper,
} from "../../mod.ts";
import { openMapper } from "../../src/evaluate/deciding_mapper.ts";
import { fromPinned, parseArtifact, serializeArtifact } from "../../src/mapper/mod.ts";

const LARGE = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_large.csv");
const MINI = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
const FACTS = { domain: "defi", flags: {} };

Deno.test("a set with enough rows that must abstain gets an order head, and the actions as classes", async () => {
  await using encoder = await openEncoder("lite");
  const mapper = await trainMapper(LARGE, encoder, { method: "none" });
  assertEquals(mapper.classes.length, 8);
  assert(!mapper.classes.includes("abstain"));
  assertEquals(mapper.order?.method, "temperature");
  assertEquals(mapper.training.label_counts["abstain"], 192);
  const [order, question] = await mapper.measureOrder!([
    "could you pay back 500 dai of my loan",
    "what is the weather in Lisbon tomorrow?",
  ]);
  assert(order! > 0.5 && question! < 0.5, `${order} ${question}`);
  assertEquals((await mapper.measureOrder!(["", "???"])).every((score) => score === 0), true);
});

Deno.test("auto leaves sets with few such rows alone, off and on do as they say", async () => {
  await using encoder = await openEncoder("ngram");
  const few = await trainMapper(MINI, encoder, { method: "none" });
  assertEquals([few.order, few.classes.length, few.measureOrder], [undefined, 9, undefined]);
  const off = await trainMapper(LARGE, encoder, { method: "none", orderHead: "off" });
  assertEquals([off.order, off.classes.length], [undefined, 9]);
  const on = await trainMapper(MINI, encoder, { method: "none", orderHead: "on" });
  assertEquals(on.classes.length, 8);
  const acting = { ...MINI, rows: MINI.rows.filter(({ label }) => label !== "abstain") };
  const error = await assertRejects(
    () => trainMapper(acting, encoder, { method: "none", orderHead: "on" }),
    MicroLmError,
  );
  assert(error.message.includes("rows labelled abstain"));
});

Deno.test("an artifact keeps its head, one without it is what it was", async () => {
  await using encoder = await openEncoder("ngram");
  const mapper = await trainMapper(MINI, encoder, { method: "none", orderHead: "on" });
  const text = serializeArtifact(mapper, {
    ...FACTS,
    operating_point: { threshold: 0.4, min_order: 0.3 },
  });
  assertEquals(JSON.parse(text).schema, "micro-lm/mapper@5");
  const artifact = parseArtifact(text);
  assertEquals(artifact.order, mapper.order);
  assertEquals(fromPinned(artifact.operating_point!), { threshold: 0.4, minOrder: 0.3 });
  assertEquals(
    serializeArtifact(artifact, { ...FACTS, operating_point: artifact.operating_point! }),
    text,
  );
  const plain = await trainMapper(MINI, encoder, { method: "none", orderHead: "off" });
  const old = serializeArtifact(plain, FACTS);
  assertEquals(JSON.parse(old).schema, "micro-lm/mapper@5");
  assertEquals(parseArtifact(old).order, undefined);
  const damaged = text.replace("mapper@5", "mapper@1");
  assertThrows(() => parseArtifact(damaged), Error, "hash");
});

Deno.test("the classifier learns from prompts as they are read, the head from orders within", async () => {
  await using encoder = await openEncoder("ngram");
  const options = { method: "none", orderHead: "on" } as const;
  const plain = await trainMapper(MINI, encoder, options);
  const read = (prompt: string) => prompt.includes("ETH") ? prompt.toLowerCase() + " now" : null;
  const both = await trainMapper(MINI, encoder, {
    ...options,
    forms: { read, orderWithin: () => null },
  });
  const expected =
    MINI.rows.filter(({ label, prompt }) => label !== "abstain" && prompt.includes("ETH")).length;
  assertEquals([both.training.readings, both.training.rows], [expected, MINI.rows.length]);
  assertEquals(both.order, plain.order);
  assertNotEquals(both.model, plain.model);
  const within = await trainMapper(MINI, encoder, {
    ...options,
    forms: { read: () => null, orderWithin: () => "stake 2 ETH with lido" },
  });
  assertEquals(within.model, plain.model);
  const [before, after] = await Promise.all(
    [plain, within].map(async (one) => (await one.measureOrder!(["stake 2 ETH with lido"]))[0]!),
  );
  assert(after! > before!, `${before} ${after}`);
  assertEquals(both.training.data_sha256, plain.training.data_sha256);
});

Deno.test("a mapper with a head asks for a score of 0.5 unless the point says otherwise", async () => {
  const path = ".artifacts/test-order-head.json";
  await using encoder = await openEncoder("ngram");
  const trained = await trainMapper(MINI, encoder, { method: "none", orderHead: "on" });
  await saveMapper(path, trained, FACTS);
  await using mapper = await openMapper(path);
  assertEquals(mapper.point, { threshold: 0.7, minOrder: 0.5 });
  const prompts = MINI.rows.map(({ prompt }) => prompt);
  const decisions = await mapper.decide(prompts, { threshold: 0 });
  const scores = await mapper.measureOrder!(prompts);
  decisions.forEach(({ reason, order_score }, i) => {
    assertAlmostEquals(order_score!, scores[i]!, 1e-12);
    assertEquals(reason === "not_an_order", scores[i]! < 0.5);
  });
  const any = await mapper.decide(prompts, { threshold: 0, minOrder: 0 });
  assertEquals(any.every(({ label }) => label !== null), true);
  await Deno.remove(path);
});

Deno.test("sweeps try scores, and say which one was chosen and certified", async () => {
  await using encoder = await openEncoder("ngram");
  const trained = await trainMapper(LARGE, encoder, { method: "none" });
  const grid = { thresholds: [0.3, 0.5], minOrders: [0.2, 0.8] };
  const outcome = await runSweep(trained, MINI, grid);
  assertEquals(outcome.metrics.map(({ min_order }) => min_order), [0.2, 0.2, 0.8, 0.8]);
  assertEquals(outcome.point.minOrder, outcome.chosen.metrics.min_order);
  const { minOrder = 0, threshold } = outcome.point;
  for (const row of outcome.rows) {
    assertEquals(row.reason === "not_an_order", Number(row.order_score) < minOrder);
    assert(row.label === "" || row.confidence >= threshold);
  }
  const certify = { maxWrongRate: 0.45 };
  const { certification } = await runSweep(trained, MINI, { ...grid, certify });
  assert(certification?.certificate, certification?.failure?.reason);
  assert([0.2, 0.8].includes(certification.certificate.point.minOrder!));
  const off = await trainMapper(MINI, encoder, { method: "none", orderHead: "off" });
  await assertRejects(
    () => runSweep(off, MINI, grid),
    MicroLmError,
    "whether a prompt is an order",
  );
});

Deno.test("the rule: a score that is too low comes before a confidence that is", () => {
  const classes = ["send", "keep"];
  const point = { threshold: 0.7, minOrder: 0.4 };
  const reasons = [[0.9, 0.5], [0.9, 0.4], [0.9, 0.39], [0.6, 0.1], [0.6, 0.9], [0, 0]].map(
    ([p, score]) => decide([p!, 0], classes, point, undefined, score).reason,
  );
  assertEquals(reasons, [
    ...["fired", "fired", "not_an_order", "not_an_order", "low_confidence", "no_evidence"] as const,
  ]);
  assertThrows(() => decide([0.9, 0.1], classes, point), RangeError, "score as an order");
  assertThrows(() => decide([0.9, 0.1], classes, { threshold: 0, minOrder: 2 }), MicroLmError);
});
