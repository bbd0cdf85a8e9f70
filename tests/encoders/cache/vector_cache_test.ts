import { assert, assertEquals, assertLess, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Encoder } from "../../../src/encoders/encoder.ts";
import { withVectorCache } from "../../../src/encoders/cache/vector_cache.ts";
import { VectorFile } from "../../../src/encoders/cache/file.ts";
import { clearVectorCache, vectorCacheStats } from "../../../src/encoders/cache/folder.ts";
import { HEADER_BYTES, recordBytesOf } from "../../../src/encoders/cache/format.ts";
import { MicroLmError } from "../../../src/core/errors.ts";
import { sha256Hex } from "../../../src/core/hash.ts";
import { createRandom } from "../../../src/core/random.ts";
import { inTempFolder } from "../../temp.ts";

const DIMS = 6;
const RECORD = recordBytesOf(DIMS);
const FINGERPRINT = sha256Hex("test encoder");

/** Vectors that depend on the text alone, awkward bit patterns included. */
function vectorOf(text: string, dims = DIMS): Float32Array {
  const seed = parseInt(sha256Hex(JSON.stringify(text)).slice(0, 8), 16);
  const random = createRandom(seed);
  const vector = Float32Array.from({ length: dims }, () => random.normal());
  vector[0] = [0, -0, 1e-45, 3.4e38][seed % 4]!;
  return vector;
}

/** An encoder that records what it was asked. */
function spyEncoder(options: { dims?: number; fingerprint?: string } = {}): {
  encoder: Encoder;
  asked: string[][];
} {
  const { dims = DIMS, fingerprint = FINGERPRINT } = options;
  const asked: string[][] = [];
  const encoder: Encoder = {
    spec: "spy",
    fingerprint,
    dims,
    encode: (texts) => {
      asked.push([...texts]);
      const data = new Float32Array(texts.length * dims);
      texts.forEach((text, i) => data.set(vectorOf(text, dims), i * dims));
      return Promise.resolve({
        rows: texts.length,
        dense: { data, rows: texts.length, cols: dims },
      });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { encoder, asked };
}

function bits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.slice().buffer);
}

function expected(texts: readonly string[]): Uint32Array {
  const all = new Float32Array(texts.length * DIMS);
  texts.forEach((text, i) => all.set(vectorOf(text), i * DIMS));
  return bits(all);
}

async function encodeBits(encoder: Encoder, texts: readonly string[]): Promise<Uint32Array> {
  const { dense, rows } = await encoder.encode(texts);
  assertEquals([rows, dense!.rows, dense!.cols], [texts.length, texts.length, DIMS]);
  return bits(dense!.data);
}

const pathIn = (dir: string) => `${dir}/${FINGERPRINT}.vec`;

Deno.test("withVectorCache() gives the same bits with any state of the cache", async () => {
  await inTempFolder(async (dir) => {
    const text = fc.oneof(fc.constantFrom("a", "b", "", "\ud800", "\ufffd"), fc.string());
    const property = fc.asyncProperty(fc.array(fc.array(text), { maxLength: 4 }), async (calls) => {
      const { encoder, asked } = spyEncoder();
      await using cached = await withVectorCache(encoder, { dir, flushRows: 3 });
      for (const texts of calls) assertEquals(await encodeBits(cached, texts), expected(texts));
      const flat = asked.flat();
      assertEquals(new Set(flat).size, flat.length, "A text was encoded twice");
      assertEquals(cached.misses, flat.length);
      assertEquals(cached.hits, calls.flat().length - flat.length);
    });
    await fc.assert(property, { numRuns: 60 });
  });
});

Deno.test("withVectorCache() encodes nothing on a second run and reports progress", async () => {
  await inTempFolder(async (dir) => {
    const texts = Array.from({ length: 10 }, (_, i) => `text ${i % 7}`);
    const first = spyEncoder();
    await using cold = await withVectorCache(first.encoder, { dir, flushRows: 3 });
    const steps: number[] = [];
    await cold.encode(texts, { onProgress: (done, total) => steps.push(done, total) });
    assertEquals(first.asked.map((batch) => batch.length), [3, 3, 1]);
    assertEquals(steps, [6, 10, 9, 10, 10, 10]);

    const second = spyEncoder();
    await using warm = await withVectorCache(second.encoder, { dir });
    assertEquals(await encodeBits(warm, texts), expected(texts));
    assertEquals(second.asked, []);
    assertEquals([warm.hits, warm.misses], [10, 0]);
  });
});

Deno.test("withVectorCache() keeps what was encoded before an abort", async () => {
  await inTempFolder(async (dir) => {
    const { encoder, asked } = spyEncoder();
    await using cached = await withVectorCache(encoder, { dir, flushRows: 2 });
    const controller = new AbortController();
    const stopped = cached.encode(["a", "b", "c", "d"], {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    });
    await assertRejects(() => stopped, Error, "enough");
    assertEquals(asked, [["a", "b"]]);
    await cached.encode(["a", "b", "c", "d"]);
    assertEquals(asked, [["a", "b"], ["c", "d"]]);
  });
});

Deno.test("a cache file cut at any byte of its last two records keeps all before", async () => {
  await inTempFolder(async (dir) => {
    const texts = ["one", "two", "three", "four", "five"];
    {
      await using cached = await withVectorCache(spyEncoder().encoder, { dir });
      await cached.encode(texts);
    }
    const whole = await Deno.readFile(pathIn(dir));
    assertEquals(whole.length, HEADER_BYTES + 5 * RECORD);
    for (let cut = whole.length - 2 * RECORD; cut <= whole.length; cut++) {
      await Deno.writeFile(pathIn(dir), whole.subarray(0, cut));
      const { encoder, asked } = spyEncoder();
      await using cached = await withVectorCache(encoder, { dir });
      assertEquals(await encodeBits(cached, texts), expected(texts));
      const intact = Math.floor((cut - HEADER_BYTES) / RECORD);
      assertEquals(asked.flat(), texts.slice(intact));
      assertEquals(await Deno.readFile(pathIn(dir)), whole);
    }
  });
});

Deno.test("a cache file cut within its header starts anew", async () => {
  await inTempFolder(async (dir) => {
    {
      await using cached = await withVectorCache(spyEncoder().encoder, { dir });
      await cached.encode(["a"]);
    }
    const whole = await Deno.readFile(pathIn(dir));
    for (const cut of [0, 1, HEADER_BYTES - 1]) {
      await Deno.writeFile(pathIn(dir), whole.subarray(0, cut));
      await using cached = await withVectorCache(spyEncoder().encoder, { dir });
      assertEquals(await encodeBits(cached, ["a"]), expected(["a"]));
      assertEquals(await Deno.readFile(pathIn(dir)), whole);
    }
  });
});

Deno.test("a damaged record is encoded again, its neighbours are not", async () => {
  await inTempFolder(async (dir) => {
    {
      await using cached = await withVectorCache(spyEncoder().encoder, { dir });
      await cached.encode(["a", "b", "c"]);
    }
    const bytes = await Deno.readFile(pathIn(dir));
    for (const offset of [0, 20, RECORD - 1]) {
      const damaged = bytes.slice();
      damaged[HEADER_BYTES + RECORD + offset]! ^= 4;
      await Deno.writeFile(pathIn(dir), damaged);
      for (const again of [["b"], []]) {
        const { encoder, asked } = spyEncoder();
        await using cached = await withVectorCache(encoder, { dir });
        assertEquals(await encodeBits(cached, ["a", "b", "c"]), expected(["a", "b", "c"]));
        assertEquals(asked.flat(), again);
      }
    }
  });
});

Deno.test("a file that is no cache of this encoder is refused", async () => {
  await inTempFolder(async (dir) => {
    const open = (dims: number) => withVectorCache(spyEncoder({ dims }).encoder, { dir });
    await Deno.writeTextFile(pathIn(dir), "x".repeat(500));
    const error = await assertRejects(() => open(DIMS), MicroLmError, "found something else");
    assertEquals(error.kind, "data");
    await Deno.remove(pathIn(dir));
    await (await open(DIMS))[Symbol.asyncDispose]();
    await assertRejects(() => open(DIMS + 1), MicroLmError, "found vectors of spy");
  });
});

Deno.test("two handles see each other's vectors", async () => {
  await inTempFolder(async (dir) => {
    const one = spyEncoder();
    const two = spyEncoder();
    await using first = await withVectorCache(one.encoder, { dir });
    await using second = await withVectorCache(two.encoder, { dir });
    const random = createRandom(3);
    for (let round = 0; round < 30; round++) {
      const texts = Array.from({ length: 5 }, () => `t${random.integer(60)}`);
      const [a, b] = await Promise.all([
        encodeBits(first, texts),
        encodeBits(second, texts.toReversed()),
      ]);
      assertEquals(a, expected(texts));
      assertEquals(b, expected(texts.toReversed()));
      await second.encode([`only ${round}`]);
      await first.encode([`only ${round}`]);
    }
    assertEquals(one.asked.flat().filter((text) => text.startsWith("only")), []);
  });
});

Deno.test("processes fill one cache file while one of them is killed", async () => {
  await inTempFolder(async (dir) => {
    const script = `
      import { VectorFile } from "./src/encoders/cache/file.ts";
      const [path, fingerprint, start, end] = Deno.args;
      using file = new VectorFile(path, { fingerprint, spec: "spy", dims: ${DIMS} }, 1e9);
      for (let i = Number(start); i < Number(end); i += 3) {
        file.append([0, 1, 2].map((k) => ({
          key: (i + k).toString(16).padStart(32, "0"),
          vector: new Float32Array(${DIMS}).fill(i + k),
        })));
      }`;
    const run = (start: number, end: number) =>
      new Deno.Command("deno", {
        args: ["eval", "--no-check", "--ext=ts", script, pathIn(dir), FINGERPRINT]
          .concat(String(start), String(end)),
      }).spawn();
    const header = { fingerprint: FINGERPRINT, spec: "", dims: DIMS };
    using file = new VectorFile(pathIn(dir), header, 1e9);
    const read = (numbers: readonly number[]) => {
      const out = new Float32Array(numbers.length * DIMS);
      const keys = numbers.map((n) => n.toString(16).padStart(32, "0"));
      const missing = file.read(keys, (i) => out.subarray(i * DIMS, (i + 1) * DIMS));
      return { missing: missing.length, last: numbers.map((_, i) => out[i * DIMS + DIMS - 1]!) };
    };
    await using endless = run(20_000, 1e9);
    const others = [run(0, 3000), run(10_000, 13_000)];
    await until(() => read([20_300]).missing === 0);
    endless.kill("SIGKILL");
    await endless.status;
    for (const other of others) assertEquals((await other.status).code, 0);

    const numbers = [0, 10_000].flatMap((start) =>
      Array.from({ length: 3000 }, (_, i) => start + i)
    );
    assertEquals(read(numbers), { missing: 0, last: numbers });
    const before = Array.from({ length: 300 }, (_, i) => 20_000 + i);
    assertEquals(read(before), { missing: 0, last: before });
    assertEquals(Deno.statSync(pathIn(dir)).size, HEADER_BYTES + file.entries * RECORD);
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !condition(); i++) await new Promise((done) => setTimeout(done, 10));
  assert(condition());
}

Deno.test("a full cache drops its oldest vectors and stays under its limit", async () => {
  await inTempFolder(async (dir) => {
    const maxBytes = HEADER_BYTES + 20 * RECORD + 5;
    const { encoder, asked } = spyEncoder();
    await using cached = await withVectorCache(encoder, { dir, maxBytes, flushRows: 4 });
    await using other = await withVectorCache(spyEncoder().encoder, { dir, maxBytes });
    const texts = Array.from({ length: 100 }, (_, i) => `t${i}`);
    for (const text of texts) {
      assertEquals(await encodeBits(cached, [text]), expected([text]));
      assert(Deno.statSync(pathIn(dir)).size <= maxBytes);
      assertEquals(await encodeBits(other, texts.slice(0, 3)), expected(texts.slice(0, 3)));
    }
    asked.length = 0;
    await cached.encode(texts.slice(-4));
    assertEquals(asked, [], "The newest vectors were dropped");
    assertEquals(await encodeBits(cached, texts), expected(texts));
    assert(Deno.statSync(pathIn(dir)).size <= maxBytes);
  });
});

Deno.test("a batch larger than the cache still comes back whole", async () => {
  await inTempFolder(async (dir) => {
    const maxBytes = HEADER_BYTES + 3 * RECORD;
    await using cached = await withVectorCache(spyEncoder().encoder, { dir, maxBytes });
    const texts = Array.from({ length: 50 }, (_, i) => `t${i}`);
    assertEquals(await encodeBits(cached, texts), expected(texts));
    assertEquals(Deno.statSync(pathIn(dir)).size, maxBytes);
  });
});

Deno.test("withVectorCache() refuses limits that hold nothing and sparse encoders", async () => {
  await inTempFolder(async (dir) => {
    const { encoder } = spyEncoder();
    await assertRejects(() => withVectorCache(encoder, { dir, maxBytes: 100 }), RangeError);
    await assertRejects(() => withVectorCache(encoder, { dir, flushRows: 0 }), RangeError);
    const sparse = { ...encoder, encode: () => Promise.resolve({ rows: 1 }) };
    await using cached = await withVectorCache(sparse, { dir });
    await assertRejects(() => cached.encode(["a"]), RangeError, "not dense");
  });
});

Deno.test("vectorCacheStats() and clearVectorCache() list and delete", async () => {
  await inTempFolder(async (dir) => {
    const other = sha256Hex("other");
    for (const fingerprint of [FINGERPRINT, other]) {
      const { encoder } = spyEncoder({ fingerprint });
      const spec = fingerprint === other ? "other" : "spy";
      await using cached = await withVectorCache({ ...encoder, spec, dtype: "int8" }, { dir });
      await cached.encode(["a", "b"]);
    }
    await Deno.writeTextFile(`${dir}/broken.vec`, "x");
    await Deno.writeTextFile(`${dir}/unrelated.txt`, "x");
    const bytes = HEADER_BYTES + 2 * RECORD;
    const entry = (fingerprint: string) => ({
      path: `${dir}/${fingerprint}.vec`,
      spec: fingerprint === other ? "other int8" : "spy int8",
      fingerprint,
      dims: DIMS,
      records: 2,
      bytes,
    });
    const broken = {
      path: `${dir}/broken.vec`,
      spec: "",
      fingerprint: "",
      dims: 0,
      records: 0,
      bytes: 1,
    };
    const byPath = (a: { path: string }, b: { path: string }) => a.path < b.path ? -1 : 1;
    assertEquals(
      await vectorCacheStats(dir),
      [entry(FINGERPRINT), entry(other), broken].sort(byPath),
    );
    assertEquals(await clearVectorCache(dir, { spec: "oth" }), []);
    assertEquals(await clearVectorCache(dir, { spec: "other" }), [entry(other)]);
    assertEquals(await clearVectorCache(dir), [entry(FINGERPRINT), broken].sort(byPath));
    assertEquals(await vectorCacheStats(dir), []);
    assert(Deno.statSync(`${dir}/unrelated.txt`).isFile);
  });
});

Deno.test("engines have files of their own, because their vectors differ in the last bits", async () => {
  await inTempFolder(async (dir) => {
    for (const runtime of ["wasm", "native", "wasm"] as const) {
      const spy = spyEncoder({});
      await using cached = await withVectorCache({ ...spy.encoder, runtime }, { dir });
      await cached.encode(["a"]);
    }
    const specs = (await vectorCacheStats(dir)).map(({ spec, records }) => `${spec} ${records}`);
    assertEquals(specs.sort(), ["spy native 1", "spy wasm 1"]);
  });
});

Deno.test("a cache of 50 MB opens in less than a second", async () => {
  await inTempFolder((dir) => {
    const dims = 384;
    const header = { fingerprint: FINGERPRINT, spec: "big", dims };
    const records = Math.floor(50e6 / recordBytesOf(dims));
    const keys = Array.from({ length: records }, (_, i) => i.toString(16).padStart(32, "0"));
    {
      using file = new VectorFile(pathIn(dir), header, 1e9);
      const vector = new Float32Array(dims).fill(1);
      file.append(keys.map((key) => ({ key, vector })));
    }
    const before = performance.now();
    using file = new VectorFile(pathIn(dir), header, 1e9);
    assertLess(performance.now() - before, 1000);
    assertEquals(file.entries, records);
    return Promise.resolve();
  });
});

Deno.test("VectorFile says which permission is missing", () => {
  const path = "forbidden/x.vec";
  const open = () => new VectorFile(path, { fingerprint: FINGERPRINT, spec: "", dims: DIMS }, 1e9);
  const error = assertThrows(open, MicroLmError, `No permission to write "${path}"`);
  assertEquals([error.kind, error.hint], [
    "permission",
    "Grant it with --allow-read=forbidden --allow-write=forbidden",
  ]);
});
