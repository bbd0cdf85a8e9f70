// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Gives wrong files of every kind to all that reads them: `deno task fuzz [TRIES] [SEED] [KIND…]`.
 *
 * The same seed makes the same files. Exits with 2 at the first defect (an error that is none of the
 * user's, or a file that takes seconds) and keeps the file in `.artifacts/fuzz/`; put it into
 * `tests/fuzz/corpus/KIND-WHAT` once it is fixed.
 */
import { sha256Hex } from "../src/core/mod.ts";
import { textTable } from "../src/report/mod.ts";
import { type FuzzResult, HANG_MS } from "../tests/fuzz/fuzz.ts";
import { TARGETS } from "../tests/fuzz/targets.ts";

const [tries = "200000", seedText, ...kinds] = Deno.args;
const seed = Number(seedText ?? Date.now() % 1e9);
const ROOT = ".artifacts/fuzz";
const MOST_BYTES = 1 << 20;

/** Runs a kind in a worker: a reader that never comes back is stopped from here. */
function fuzzInWorker(target: string, count: number, folder: string): Promise<FuzzResult> {
  const state = new SharedArrayBuffer(8);
  const bytes = new SharedArrayBuffer(MOST_BYTES);
  const progress = new Int32Array(state);
  const worker = new Worker(new URL("./fuzz_worker.ts", import.meta.url), { type: "module" });
  const { promise, resolve } = Promise.withResolvers<FuzzResult>();
  const stop = (error: string) => {
    const content = new Uint8Array(bytes).slice(0, progress[1]);
    const defect = { target, bytes: content, error };
    resolve({ tries: progress[0]!, slowestMs: NaN, slowest: content, defect });
  };
  let last = -1;
  const watch = setInterval(() => {
    const now = Atomics.load(progress, 0);
    if (now === last && now > 0) stop(`did not end within ${4 * HANG_MS} ms`);
    last = now;
  }, 4 * HANG_MS);
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    stop(event.message);
  };
  worker.postMessage({ target, seed, tries: count, folder, state, bytes });
  return promise.finally(() => {
    clearInterval(watch);
    worker.terminate();
  });
}

console.log(`seed ${seed}`);
const names = kinds.length > 0 ? kinds : Object.keys(TARGETS);
const shares = names.reduce((sum, name) => sum + TARGETS[name]!.share, 0);
const rows: (string | number)[][] = [];
let code = 0;
for (const name of names) {
  const folder = `${ROOT}/${name}`;
  await Deno.mkdir(folder, { recursive: true });
  const count = Math.ceil(TARGETS[name]!.share / shares * Number(tries));
  const start = performance.now();
  const { tries: done, slowestMs, defect } = await fuzzInWorker(name, count, folder);
  const seconds = (performance.now() - start) / 1000;
  rows.push([name, done, slowestMs.toFixed(0), seconds.toFixed(0), defect ? "defect" : "none"]);
  console.log(`${name}: ${done} files, slowest ${slowestMs.toFixed(0)} ms`);
  await Deno.remove(folder, { recursive: true });
  if (!defect) continue;
  const kept = `${ROOT}/${name}-${sha256Hex(defect.bytes).slice(0, 12)}`;
  await Deno.writeFile(kept, defect.bytes);
  console.log(`${kept}: ${defect.error}`);
  code = 2;
  break;
}
console.log(textTable({ columns: ["kind", "files", "slowest ms", "seconds", "defects"], rows }));
console.log(`${rows.reduce((sum, [, done]) => sum + Number(done), 0)} files, seed ${seed}`);
Deno.exit(code);
