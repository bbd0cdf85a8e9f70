import { assertEquals, assertRejects } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { createOnnxGraph } from "../../src/encoders/onnx/graph.ts";
import { openSession } from "../../src/encoders/onnx/session.ts";
import { quantizeColumns, quantizeRows } from "../../src/encoders/use_lite/quantize.ts";

/** y = split(x · [[1, 2], [3, 4]] + [10, 20]), and the second half of x's columns. */
function smallModel(): Uint8Array {
  const graph = createOnnxGraph("small");
  const kernel = graph.constant(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const bias = graph.constant(Float32Array.of(10, 20), [2]);
  const sum = graph.node("Add", [graph.node("MatMul", ["x", kernel]), bias]);
  graph.node("Split", [sum], { ints: { axis: 1 }, outputs: ["first", "second"] });
  const shape = ["rows", 1];
  return graph.finish(
    [{ name: "x", type: "float32", shape: ["rows", 2] }],
    [{ name: "first", type: "float32", shape }, { name: "second", type: "float32", shape }],
  );
}

Deno.test("createOnnxGraph() writes models that ONNX Runtime runs", async () => {
  await using session = await openSession(smallModel(), { threads: 1 });
  assertEquals([session.inputNames, session.outputNames], [["x"], ["first", "second"]]);
  const x = { data: Float32Array.of(1, 0, 0, 1, 1, 1), shape: [3, 2] };
  const { first, second } = await session.run({ x });
  assertEquals(first, { data: Float32Array.of(11, 13, 14), shape: [3, 1] });
  assertEquals(second, { data: Float32Array.of(22, 24, 26), shape: [3, 1] });
});

Deno.test("createOnnxGraph() gives equal bytes for equal calls", () => {
  assertEquals(smallModel(), smallModel());
});

Deno.test("a failed run leaves the session usable", async () => {
  await using session = await openSession(smallModel(), { threads: 1 });
  await assertRejects(() => session.run({ x: { data: Float32Array.of(1), shape: [1, 1] } }));
  const { first } = await session.run({ x: { data: Float32Array.of(0, 0), shape: [1, 2] } });
  assertEquals(first!.data, Float32Array.of(10));
});

const REFUSED: readonly (readonly [string, Uint8Array])[] = [
  ["no content", new Uint8Array()],
  ["text", new TextEncoder().encode("not a model")],
  ["a torn model", smallModel().subarray(0, 100)],
];

for (const [what, bytes] of REFUSED) {
  Deno.test(`openSession() refuses ${what}`, async () => {
    const error = await assertRejects(
      () => openSession(bytes, { threads: 1, name: "model.onnx" }),
      MicroLmError,
      "model.onnx",
    );
    assertEquals(error.kind, "data");
  });
}

Deno.test("quantised matrices come back within half a level", () => {
  const matrix = Float32Array.of(1, -8, 0, 0.25, 4, 0, -0.5, 2, 0);
  for (const quantize of [quantizeColumns, quantizeRows]) {
    const { values, scales } = quantize(matrix, 3);
    assertEquals(Math.max(...values.map(Math.abs)), 127);
    matrix.forEach((value, i) => {
      const scale = scales[quantize === quantizeColumns ? i % 3 : Math.floor(i / 3)]!;
      assertEquals(Math.abs(values[i]! * scale - value) <= 0.5001 * scale, true);
    });
  }
});
