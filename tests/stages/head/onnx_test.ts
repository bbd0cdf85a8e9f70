import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { openSession } from "../../../src/encoders/onnx/session.ts";
import { MicroLmError } from "../../../src/core/errors.ts";
import type { CsrMatrix, Features } from "../../../src/core/matrix.ts";
import { predictHead } from "../../../src/stages/head/head.ts";
import { headFromOnnx, headToOnnx } from "../../../src/stages/head/onnx.ts";
import { trainHead } from "../../../src/stages/head/train_head.ts";
import { makeRows } from "../synthetic.ts";

const CASES = [
  ["dense, linear", { dense: 5, sparse: 0 }, { hidden: 0, activation: "relu", dropout: 0 }],
  ["sparse, linear", { dense: 0, sparse: 9 }, { hidden: 0, activation: "relu", dropout: 0 }],
  ["both, relu", { dense: 4, sparse: 9 }, { hidden: 6, activation: "relu", dropout: 0 }],
  ["sparse, tanh", { dense: 0, sparse: 9 }, { hidden: 3, activation: "tanh", dropout: 0 }],
] as const;

for (const [name, columns, head] of CASES) {
  Deno.test(`headToOnnx() gives ONNX Runtime the same probabilities: ${name}`, async () => {
    const rows = makeRows(1, 40, columns);
    const options = { learningRate: 0.05, batchSize: 8, epochs: 3, head };
    const trained = (await trainHead(rows, rows, options)).head;
    const bytes = headToOnnx(trained);
    assertEquals(headFromOnnx(bytes), trained);
    await using session = await openSession(bytes);
    const { probabilities } = await session.run({ ...headInputs(rows.features) });
    const expected = predictHead(trained, rows.features);
    assertEquals(probabilities!.shape, [40, 2]);
    expected.data.forEach((p, i) => assertAlmostEquals(Number(probabilities!.data[i]), p, 1e-5));
  });
}

Deno.test("headFromOnnx() refuses what is damaged", async () => {
  const rows = makeRows(1, 20, { dense: 3, sparse: 4 });
  const { head } = await trainHead(rows, rows, { learningRate: 0.05, batchSize: 8, epochs: 1 });
  const bytes = headToOnnx(head);
  const other = bytes.slice();
  const nan = headToOnnx({ ...head, weights: head.weights.map((w, i) => i === 1 ? NaN : w) });
  for (const broken of [new Uint8Array(0), bytes.slice(0, 60), other.fill(255, 0, 9), nan]) {
    const error = assertThrows(() => headFromOnnx(broken, "m.onnx"), MicroLmError) as MicroLmError;
    assert(error.message.startsWith("m.onnx: Expected the ONNX model of a head"), error.message);
  }
});

/** Features as the inputs of a head's ONNX graph. */
function headInputs({ dense, sparse, rows }: Features) {
  return {
    ...(dense ? { dense: { data: dense.data, shape: [rows, dense.cols] } } : {}),
    ...(sparse ? padEntries(sparse) : {}),
  };
}

function padEntries({ indptr, indices, values, rows }: CsrMatrix) {
  let longest = 1;
  for (let row = 0; row < rows; row++) {
    longest = Math.max(longest, indptr[row + 1]! - indptr[row]!);
  }
  const columns = new Int32Array(rows * longest);
  const padded = new Float32Array(rows * longest);
  for (let row = 0; row < rows; row++) {
    columns.set(indices.subarray(indptr[row], indptr[row + 1]), row * longest);
    padded.set(values.subarray(indptr[row], indptr[row + 1]), row * longest);
  }
  const shape = [rows, longest];
  return { sparse_columns: { data: columns, shape }, sparse_values: { data: padded, shape } };
}
