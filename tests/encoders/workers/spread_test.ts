import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Features } from "../../../src/core/matrix.ts";
import { MicroLmError } from "../../../src/core/errors.ts";
import type { Encoder } from "../../../src/encoders/encoder.ts";
import { withVectorCache } from "../../../src/encoders/cache/vector_cache.ts";
import { openEncoder } from "../../../src/encoders/open.ts";
import { spreadEncoder, type SpreadOptions } from "../../../src/encoders/workers/spread.ts";
import { inTempFolder } from "../../temp.ts";

const MODULE = import.meta.resolve("../../../src/encoders/open.ts");

/** Answers that workers of this class gave to texts. */
let helped = 0;

class CountingWorker extends Worker {
  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    this.addEventListener("message", ({ data }) => {
      if (data.blocks) helped++;
    });
  }
}

const TEXTS = Array.from(
  { length: 1003 },
  (_, i) => `${["swap", "Déposit", "", "repay the debt of"][i % 4]} ${i} ETH into aave v${i % 7}`,
);

async function spreadOf(
  encoder: Encoder,
  how: Partial<SpreadOptions> & Pick<SpreadOptions, "spec">,
): Promise<Encoder> {
  const settings = {
    module: MODULE,
    options: {},
    workers: 1,
    startAfter: 0,
    part: 16,
    WorkerClass: CountingWorker,
    ...how,
  };
  const spread = spreadEncoder(encoder, settings);
  // Workers take a moment to open their encoder: until then this thread works alone.
  const before = helped;
  for (let i = 0; i < 400 && how.WorkerClass === undefined && helped === before; i++) {
    await spread.encode(TEXTS.slice(0, 2 * settings.part));
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return spread;
}

/** That something is right each time, until workers had their part in it: this thread may be done before. */
async function assertHelps(check: () => Promise<void>): Promise<void> {
  const before = helped;
  for (let i = 0; i < 50 && helped === before; i++) await check();
  assert(helped > before, "no worker helped");
}

function bytesOf({ rows, dense, sparse }: Features): unknown {
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array | Uint32Array) =>
    new Uint8Array(buffer, byteOffset, byteLength);
  return [
    rows,
    dense && [dense.rows, dense.cols, bytes(dense.data)],
    sparse &&
    [sparse.rows, sparse.cols, bytes(sparse.indptr), bytes(sparse.indices), bytes(sparse.values)],
  ];
}

for (
  const [spec, count] of [["lite", 1003], ["static*2", 1003], ["ngram", 1003], [
    "use-lite",
    90,
  ]] as const
) {
  Deno.test(`${spec} gives the same bytes with 1, 2 and 3 workers as without`, async () => {
    const options = spec === "use-lite" ? { dtype: "int8" as const } : {};
    const texts = TEXTS.slice(0, count);
    const open = () => openEncoder(spec, { ...options, threads: 1 });
    await using alone = await open();
    const expected = bytesOf(await alone.encode(texts));
    for (const workers of [1, 2, 3]) {
      const part = spec === "use-lite" ? 4 : 16;
      await using spread = await spreadOf(await open(), { spec, options, workers, part });
      await assertHelps(async () => {
        assertEquals(bytesOf(await spread.encode(texts)), expected);
      });
    }
  });
}

Deno.test("blocks of a composed encoder are spread, too", async () => {
  await using alone = await openEncoder("lite", { threads: 1 });
  await using spread = await spreadOf(await openEncoder("lite", { threads: 1 }), { spec: "lite" });
  const expected = await alone.blocks!.encode(TEXTS);
  await assertHelps(async () => {
    const blocks = await spread.blocks!.encode(TEXTS);
    assertEquals(blocks.map(bytesOf), expected.map(bytesOf));
    assertEquals(bytesOf(spread.blocks!.join(blocks, [1, 1])), bytesOf(await alone.encode(TEXTS)));
  });
});

Deno.test("a cache before workers holds the same bytes, each text encoded once", async () => {
  await inTempFolder(async (dir) => {
    await using alone = await openEncoder("static", { threads: 1 });
    const spread = await spreadOf(await openEncoder("static", { threads: 1 }), { spec: "static" });
    await using cached = await withVectorCache(spread, { dir });
    const expected = bytesOf(await alone.encode(TEXTS));
    assertEquals(bytesOf(await cached.encode(TEXTS)), expected);
    const { misses } = cached;
    assertEquals(misses, new Set(TEXTS).size);
    assertEquals(bytesOf(await cached.encode(TEXTS)), expected);
    assertEquals(cached.misses, misses);
  });
});

/** Workers that cannot start: their module is not there. */
class MissingWorker extends Worker {
  constructor(_: string | URL, options?: WorkerOptions) {
    super(new URL("./no_such_module.ts", import.meta.url), options);
  }
}

/** As where modules may not be read. */
class DeniedWorker extends Worker {
  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    this.terminate();
    throw new Deno.errors.NotCapable("Requires read access");
  }
}

for (const [what, WorkerClass] of [["missing", MissingWorker], ["denied", DeniedWorker]] as const) {
  Deno.test(`where workers are ${what}, this thread encodes alone`, async () => {
    await using alone = await openEncoder("ngram", { threads: 1 });
    const given = await openEncoder("ngram", { threads: 1 });
    await using spread = await spreadOf(given, { spec: "ngram", WorkerClass });
    for (let i = 0; i < 3; i++) {
      assertEquals(bytesOf(await spread.encode(TEXTS)), bytesOf(await alone.encode(TEXTS)));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
}

Deno.test("a worker that opens another encoder does not help", async () => {
  await using alone = await openEncoder("ngram", { threads: 1 });
  const given = await openEncoder("ngram", { threads: 1 });
  class Listening extends CountingWorker {}
  await using spread = await spreadOf(given, { spec: "static", WorkerClass: Listening });
  const before = helped;
  for (let i = 0; i < 10; i++) {
    assertEquals(bytesOf(await spread.encode(TEXTS)), bytesOf(await alone.encode(TEXTS)));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assertEquals(helped, before);
});

Deno.test("progress grows to the end, whoever encodes", async () => {
  await using spread = await spreadOf(await openEncoder("lite", { threads: 1 }), { spec: "lite" });
  const seen: number[] = [];
  await spread.encode(TEXTS, {
    onProgress: (done, total) => {
      assertEquals(total, TEXTS.length);
      seen.push(done);
    },
  });
  assert(seen.length >= Math.ceil(TEXTS.length / 16) && seen.at(-1) === TEXTS.length);
  assert(seen.every((done, i) => i === 0 || done > seen[i - 1]!));
});

Deno.test("a fault in a part names the text by its place in the whole", async () => {
  const open = await openEncoder("ngram", { threads: 1 });
  const failing: Encoder = {
    ...open,
    encode: (texts, options) => {
      const bad = texts.indexOf(TEXTS[777]!);
      if (bad < 0) return open.encode(texts, options);
      return Promise.reject(new MicroLmError("data", `no vector for prompt ${bad + 1}`));
    },
  };
  await using spread = await spreadOf(failing, { spec: "ngram", workers: 2 });
  // Workers have no such fault; where they take the part, there is none.
  const outcome = await spread.encode(TEXTS).then(bytesOf, (error: Error) => error.message);
  const whole = bytesOf(await open.encode(TEXTS));
  if (typeof outcome === "string") assertEquals(outcome, "no vector for prompt 778");
  else assertEquals(outcome, whole);
  await using alone = spreadEncoder(failing, {
    module: MODULE,
    spec: "ngram",
    options: {},
    workers: 1,
    startAfter: 0,
    part: 16,
    WorkerClass: DeniedWorker,
  });
  await assertRejects(() => alone.encode(TEXTS), MicroLmError, "no vector for prompt 778");
});

Deno.test("a signal stops all threads between two parts; afterwards they go on", async () => {
  await using spread = await spreadOf(await openEncoder("ngram", { threads: 1 }), {
    spec: "ngram",
  });
  const stop = new AbortController();
  let last = 0;
  await assertRejects(
    () =>
      spread.encode(TEXTS, {
        signal: stop.signal,
        onProgress: (done) => {
          last = done;
          if (done >= 100) stop.abort(new Error("enough"));
        },
      }),
    Error,
    "enough",
  );
  assert(last < TEXTS.length);
  await assertRejects(() => spread.encode(TEXTS, { signal: stop.signal }), Error, "enough");
  assertEquals((await spread.encode(TEXTS)).rows, TEXTS.length);
});

Deno.test("openEncoder() lets workers help where there are many texts and more than one thread", async () => {
  const many = Array.from({ length: 40_000 }, (_, i) => TEXTS[i % TEXTS.length]!);
  await using one = await openEncoder("ngram", { threads: 1 });
  await using three = await openEncoder("ngram", { threads: 3 });
  assertEquals(three.fingerprint, one.fingerprint);
  assertEquals(bytesOf(await three.encode(many)), bytesOf(await one.encode(many)));
});

Deno.test("without the permission to read modules many texts are encoded all the same, in silence", async () => {
  const script = `
    import { openEncoder } from "micro-lm";
    await using encoder = await openEncoder("ngram", { threads: 2 });
    const texts = Array.from({ length: 40_000 }, (_, i) => "swap " + i);
    const { rows } = await encoder.encode(texts);
    await new Promise((resolve) => setTimeout(resolve, 100));
    console.log(rows);`;
  const path = await Deno.makeTempFile({ dir: ".artifacts", suffix: ".ts" });
  await Deno.writeTextFile(path, script);
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: ["run", "-q", "--no-check", "--no-prompt", path],
  }).output();
  await Deno.remove(path);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals([code, text(stdout), text(stderr)], [0, "40000\n", ""]);
});
