import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { readUseLiteWeights, type UseLiteWeights } from "../../../src/encoders/use_lite/weights.ts";
import { MicroLmError } from "../../../src/core/errors.ts";
import { sha256Hex } from "../../../src/core/hash.ts";
import { createTransformer } from "../../../src/stages/transformer/transformer.ts";
import { PieceBatches } from "../../../src/stages/tune/batches.ts";
import {
  parseTuneCheckpoint,
  serializeTuneCheckpoint,
} from "../../../src/stages/tune/checkpoint.ts";
import { openTunedUseLite, tunedUseLiteToOnnx } from "../../../src/stages/tune/export.ts";
import type { TuneState, TuneUseLiteOptions } from "../../../src/stages/tune/options.ts";
import { tuneUseLite, useLitePieces } from "../../../src/stages/tune/use_lite.ts";
import {
  flattenUseLite,
  unflattenUseLite,
  useLiteTransformerShape,
} from "../../../src/stages/tune/weights.ts";

const TEXTS = [
  "where is my card",
  "the card has not come yet",
  "send money abroad",
  "wire 20 dollars to my brother",
  "what is the rate for euros",
  "how many pounds do I get",
];
const LABELS = Int32Array.of(0, 0, 1, 1, 2, 2);
const OPTIONS: TuneUseLiteOptions = {
  tune: "last_layer",
  learningRate: 1e-3,
  batchSize: 4,
  epochs: 3,
  classes: 3,
  evalEvery: 1,
  bestMetric: "loss",
  schedule: "constant",
};

const texts = async () => ({ pieces: await useLitePieces(TEXTS), labels: LABELS });
const hash = (weights: UseLiteWeights) => sha256Hex(new Uint8Array(flattenUseLite(weights).buffer));

Deno.test("weights go flat and back", async () => {
  const weights = await readUseLiteWeights();
  assertEquals(unflattenUseLite(flattenUseLite(weights), weights), weights);
});

Deno.test("tuneUseLite() learns, and changes what it is to change and nothing else", async () => {
  const data = await texts();
  const original = await readUseLiteWeights();
  const change = async (tune: TuneUseLiteOptions["tune"]) => {
    const options = { ...OPTIONS, tune, epochs: tune === "full" ? 1 : 3 };
    const { weights, evaluations, parameters } = await tuneUseLite(data, data, options);
    assert(evaluations.at(-1)!.loss < evaluations[0]!.loss, tune);
    const changed = [
      weights.embedding.some((value, i) => value !== original.embedding[i]),
      ...[0, 1].map((i) =>
        weights.layers[i]!.norm.bias.some((v, j) => v !== original.layers[i]!.norm.bias[j])
      ),
      weights.output.bias.some((value, i) => value !== original.output.bias[i]),
    ];
    return { changed, parameters };
  };
  const head = 513 * 3;
  assertEquals(await change("head"), { changed: [false, false, false, false], parameters: head });
  assertEquals(await change("last_layer"), {
    changed: [false, false, true, true],
    parameters: head + 2_890_240,
  });
  assertEquals(await change("full"), {
    changed: [true, true, true, true],
    parameters: head + 6_975_744,
  });
});

Deno.test("a stopped fine-tuning that is resumed ends with the same bytes", async () => {
  const data = await texts();
  const head = { hidden: 5, activation: "tanh" as const, dropout: 0.3 };
  const states: Uint8Array<ArrayBuffer>[] = [];
  const whole = await tuneUseLite(data, data, {
    ...OPTIONS,
    head,
    onEvaluation: (_evaluation, _total, state) => {
      states.push(serializeTuneCheckpoint(state(), "key"));
    },
  });
  assertEquals(states.length, 6);
  const resume = parseTuneCheckpoint(states[2]!, "key", "checkpoint.bin")!;
  assertEquals(resume.step, 3);
  const rest = await tuneUseLite(data, data, { ...OPTIONS, head, resume });
  assertEquals(hash(rest.weights), hash(whole.weights));
  assertEquals([rest.head, rest.evaluations], [whole.head, whole.evaluations]);
  const smallBatches = await tuneUseLite(data, data, { ...OPTIONS, head, maxRows: 128 });
  assertEquals(smallBatches.head, whole.head);
});

Deno.test("checkpoints of other trainings and damaged ones are told apart", async () => {
  const group = <T>(weights: T) => ({ weights, mean: weights, square: weights });
  const state: TuneState = {
    step: 2,
    encoder: group(Float32Array.of(1, 2, 3)),
    head: group(Float64Array.of(0.1, 0.2)),
    best: {
      step: 1,
      value: null,
      encoder: Float32Array.of(4, 5, 6),
      head: Float64Array.of(7, 8),
    },
    stopping: { best: null, waited: 0 },
    pending: { loss: 0.5, updates: 1 },
    evaluations: [],
    logs: [{ step: 1, loss: 0.1, learning_rate: 1e-5 }],
  };
  const bytes = serializeTuneCheckpoint(state, "key ü");
  assertEquals(parseTuneCheckpoint(bytes, "key ü", "f"), state);
  assertEquals(parseTuneCheckpoint(bytes, "other", "f"), null);
  for (const [what, at] of [["header", 40], ["array", bytes.length - 3]] as const) {
    const damaged = bytes.slice();
    damaged[at]! ^= 1;
    const error = assertThrows(() => parseTuneCheckpoint(damaged, "key ü", "f"), MicroLmError);
    assertEquals((error as MicroLmError).kind, "data", what);
  }
  for (const length of [0, 10, bytes.length - 1]) {
    const cut = bytes.slice(0, length);
    assertThrows(() => parseTuneCheckpoint(cut, "key ü", "f"), MicroLmError);
  }
  const resume = { ...OPTIONS, resume: state };
  const data = await texts();
  await assertRejects(() => tuneUseLite(data, data, resume), MicroLmError, "Expected 2890240");
});

Deno.test("a fine-tuned encoder is exported, opened again, and has its own fingerprint", async () => {
  const data = await texts();
  const single = await tuneUseLite(data, data, { ...OPTIONS, epochs: 1 });
  const half = await tuneUseLite(data, data, { ...OPTIONS, epochs: 1, precision: "fp16" });
  const large = await tunedUseLiteToOnnx(single);
  const small = await tunedUseLiteToOnnx(half);
  assert(small.length < 0.51 * large.length, `${small.length} of ${large.length}`);
  await using first = await openTunedUseLite(large, { threads: 1 });
  await using second = await openTunedUseLite(small, { threads: 1 });
  assertNotEquals(first.fingerprint, second.fingerprint);
  const tuned = await first.encode([...TEXTS, ""]);
  const halved = await second.encode(TEXTS);
  assertEquals(tuned.dense!.data.subarray(512 * TEXTS.length), new Float32Array(512));
  const own = createTransformer(
    useLiteTransformerShape(single.weights),
    flattenUseLite(single.weights),
    single.weights.positions,
    { tune: "head" },
  );
  new PieceBatches(own, data.pieces).encode().forEach((value, i) => {
    assertAlmostEquals(value, tuned.dense!.data[i]!, 2e-6);
  });
  const cosines = TEXTS.map((_, i) => {
    const row = (data: Float32Array) => data.subarray(512 * i, 512 * (i + 1));
    return row(tuned.dense!.data).reduce((s, v, j) => s + v * row(halved.dense!.data)[j]!, 0);
  });
  assert(Math.min(...cosines) > 0.9999, `${cosines}`);
});

Deno.test("tuneUseLite() says why it cannot go on", async () => {
  const data = await texts();
  const classes = { ...OPTIONS, classes: 4 };
  await assertRejects(() => tuneUseLite(data, data, classes), MicroLmError, "none of 3");
  const wild = { ...OPTIONS, learningRate: 1e30, maxGradNorm: 0, weightDecay: 0 };
  await assertRejects(() => tuneUseLite(data, data, wild), MicroLmError, "diverged");
  const stop = new AbortController();
  stop.abort(new RangeError("enough"));
  const stopped = { ...OPTIONS, signal: stop.signal };
  await assertRejects(() => tuneUseLite(data, data, stopped), RangeError, "enough");
});
