import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MicroLmError } from "../../../src/core/errors.ts";
import { sha256Hex } from "../../../src/core/hash.ts";
import { loadEngine, resolveEngine } from "../../../src/encoders/onnx/engine.ts";
import { openUseLiteEncoder } from "../../../src/encoders/use_lite/encoder.ts";
import { NATIVE_FLAGS, whyNoNativeEngine } from "../../native_engine.ts";
import { variedTexts } from "../use_lite_texts.ts";

const FFI = { name: "ffi", path: "node_modules" } as const;
const ffi = Deno.permissions.querySync(FFI).state === "granted";

Deno.test("auto takes the native engine only where ffi is granted", () => {
  assertEquals(resolveEngine("auto"), ffi ? "native" : "wasm");
  assertEquals([resolveEngine("native"), resolveEngine("wasm")], ["native", "wasm"]);
});

Deno.test({
  name: "loadEngine() names the flag that the native engine needs",
  ignore: ffi,
  fn: async () => {
    const error = await assertRejects(() => loadEngine({ runtime: "native" }), MicroLmError);
    assertEquals(error.kind, "permission");
    assertStringIncludes(error.hint ?? "", "--allow-ffi");
  },
});

for (const threads of [0, -1, 1.5, NaN]) {
  Deno.test(`loadEngine() refuses ${threads} threads`, async () => {
    await assertRejects(() => loadEngine({ threads }), RangeError);
  });
}

/** Encodes in a process of its own: the number of threads and the permissions are a process's. */
async function encodeElsewhere(flags: readonly string[], options: object) {
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: [
      "run",
      "--no-prompt",
      "--allow-read=.",
      ...flags,
      "tests/encoders/use_lite_elsewhere.ts",
      JSON.stringify(options),
    ],
  }).output();
  const text = new TextDecoder().decode(stdout);
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(text) as { runtime: string; vectors: number[] };
}

Deno.test("the number of threads changes no bit, and reading is permission enough", async () => {
  const texts = variedTexts(20);
  const { runtime, vectors } = await encodeElsewhere([], { threads: 2 });
  assertEquals(runtime, "wasm");
  await using encoder = await openUseLiteEncoder({ threads: 1, cacheDir: ".artifacts/models" });
  const { dense } = await encoder.encode(texts);
  const bits = (values: Float32Array) => sha256Hex(new Uint8Array(values.buffer));
  assertEquals(bits(Float32Array.from(vectors)), bits(dense!.data));
});

const why = whyNoNativeEngine();

Deno.test({
  name: `the engines agree to 1e-5${why ? ` (${why})` : ""}`,
  ignore: why !== null,
  fn: async () => {
    const { runtime, vectors } = await encodeElsewhere(NATIVE_FLAGS, { runtime: "auto" });
    assertEquals(runtime, "native");
    await using encoder = await openUseLiteEncoder({ threads: 1, cacheDir: ".artifacts/models" });
    const { dense } = await encoder.encode(variedTexts(20));
    dense!.data.forEach((value, i) => assert(Math.abs(value - vectors[i]!) < 1e-5));
  },
});
