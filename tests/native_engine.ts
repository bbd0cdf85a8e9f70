/** Flags of `deno run` under which a process may load the native engine. */
export const NATIVE_FLAGS: readonly string[] = [
  "--frozen",
  "--lock=deno.native.lock",
  "--allow-ffi=node_modules",
];

/** Why tests do not ask the native engine here; null if they do. */
export function whyNoNativeEngine(): string | null {
  try {
    Deno.statSync("node_modules/.deno/onnxruntime-node@1.30.0");
    return null;
  } catch {
    return "skipped: the native engine was not downloaded, deno task train:native does";
  }
}
