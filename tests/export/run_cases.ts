// deno-lint-ignore-file no-console -- the output is the result
/** Runs every exported case in the engine of the command line and prints the largest difference. */
import { openSession, type TensorData } from "../../src/encoders/onnx/session.ts";
import { loadEngine } from "../../src/encoders/onnx/engine.ts";
import { CASES, exportCase, type JsonTensor } from "./cases.ts";

function tensor({ type, data, shape }: JsonTensor): { data: TensorData; shape: readonly number[] } {
  if (type === "float32") return { data: Float32Array.from(data), shape };
  if (type === "int32") return { data: Int32Array.from(data), shape };
  return { data: BigInt64Array.from(data, BigInt), shape };
}

const runtime = Deno.args[0] as "wasm" | "native";
await loadEngine({ runtime });
for (const one of CASES) {
  const { model, runs } = await exportCase(one, runtime);
  await using session = await openSession(model, { runtime, threads: 1 });
  let largest = 0;
  for (const { feeds, expected } of runs) {
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, value]) => [name, tensor(value)]),
    );
    const { data } = (await session.run(inputs))["probabilities"]!;
    expected.forEach((p, k) => largest = Math.max(largest, Math.abs(p - Number(data[k]))));
  }
  console.log(JSON.stringify({ case: one, largest }));
}
