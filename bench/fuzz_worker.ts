/** Fuzzes one kind of file for `bench/fuzz.ts`, which watches from outside. */
import { fuzz } from "../tests/fuzz/fuzz.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent) => void;
  postMessage(message: unknown): void;
};

scope.onmessage = async ({ data: { target, seed, tries, folder, state, bytes } }) => {
  // What is being read now, for the case that it never ends: count, length, bytes
  const progress = new Int32Array(state as SharedArrayBuffer);
  const current = new Uint8Array(bytes as SharedArrayBuffer);
  const onTry = (content: Uint8Array) => {
    current.set(content.subarray(0, current.length));
    Atomics.store(progress, 1, Math.min(content.length, current.length));
    Atomics.add(progress, 0, 1);
  };
  scope.postMessage(await fuzz(target, { seed, tries, folder, onTry }));
};
