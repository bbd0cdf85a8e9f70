import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { composeEncoders } from "../../src/encoders/compose.ts";
import { openEncoder } from "../../src/encoders/open.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import { inTempFolder, write } from "../temp.ts";
import { tinyModel, writeModel } from "./tiny_transformer.ts";

const refusal = (spec: string, options = {}) =>
  assertRejects(() => openEncoder(spec, options), MicroLmError);

Deno.test("openEncoder() suggests a name for a misspelt one only", async () => {
  assertStringIncludes((await refusal("statik")).hint!, 'Did you mean "static"?');
  assertEquals((await refusal("nothing-like-it")).hint!.startsWith("Known: "), true);
});

Deno.test("openEncoder() tells each kind of place from the others", async () => {
  await inTempFolder(async (folder) => {
    const file = await write(folder, "file", "x");
    const cases: [string, string, string][] = [
      ["static+nope-nope", "usage", 'Unknown encoder "nope-nope"'],
      [`./${folder}/absent`, "missing", `Cannot find "./${folder}/absent"`],
      [`./${file}`, "data", "Expected a folder with a model"],
      [`./${folder}`, "missing", "modules.json"],
      ["owner/name", "missing", 'Model "owner/name" is not here'],
      ["ftp://host/x#m", "usage", "expected an http address"],
    ];
    for (const [spec, kind, message] of cases) {
      const error = await refusal(spec, { storeDir: folder });
      assertEquals(error.kind, kind, spec);
      assertStringIncludes(error.message, message);
    }
  });
});

Deno.test("openEncoder() opens a folder, alone, weighted, and with a cache in front of slow parts", async () => {
  await inTempFolder(async (folder) => {
    await writeModel(`${folder}/m`, tinyModel());
    const cache = { dir: `${folder}/cache` };
    const spec = `./${folder}/m`;
    await using alone = await openEncoder(spec);
    await using cached = await openEncoder(`${spec}*2+static`, { cache });
    assertEquals([alone.spec, alone.runtime, alone.dtype], [spec, "wasm", "fp32"]);
    assertEquals([cached.dims, cached.runtime], [alone.dims + 256, "wasm"]);
    const first = await cached.encode(["deposit"]);
    assertEquals(await cached.encode(["deposit"]), first);
    const files = Array.from(Deno.readDirSync(cache.dir), ({ name }) => name);
    assertEquals(files.length, 1, "static needs no cache");
  });
});

Deno.test("the spec says how a model pools that does not say so itself", async () => {
  await inTempFolder(async (folder) => {
    const plain = { "modules.json": undefined, "1_Pooling/config.json": undefined };
    await writeModel(`${folder}/m`, { ...tinyModel(), ...plain });
    const name = `./${folder}/m`;
    await using told = await openEncoder(name, { pooling: "cls" });
    await using written = await openEncoder(`${name}#cls`);
    await using other = await openEncoder(`${name}#mean`);
    assertEquals([told.spec, told.fingerprint], [`${name}#cls`, written.fingerprint]);
    assert(other.fingerprint !== told.fingerprint);
    await using both = await openEncoder(`${name}*2+static`, { pooling: "cls" });
    assertEquals(both.spec, `${name}#cls*2+static`);
    await using again = await openEncoder(both.spec);
    assertEquals(again.fingerprint, both.fingerprint);
  });
});

Deno.test("openEncoder() closes what it has opened when a later part fails", async () => {
  // The sanitizer of resources would find an open cache file.
  await inTempFolder(async (folder) => {
    await writeModel(`${folder}/m`, tinyModel());
    const cache = { dir: `${folder}/cache` };
    await refusal(`./${folder}/m+./${folder}/absent`, { cache });
  });
});

Deno.test("use-lite has no fp16 weights and says so", async () => {
  assertEquals((await refusal("use-lite", { dtype: "fp16" })).hint, "Use --dtype fp32 or int8");
});

Deno.test("composeEncoders() passes the engine and the number type on", async () => {
  const quick = await openEncoder("lite");
  assertEquals([quick.runtime, quick.dtype], [undefined, undefined]);
  const slow = await openEncoder("use-lite", { dtype: "int8" });
  await using both = composeEncoders([
    { encoder: quick, weight: 1 },
    { encoder: slow, weight: 2 },
  ], "x");
  assertEquals([both.runtime, both.dtype], ["wasm", "int8"]);
  assert(both.fingerprint !== slow.fingerprint);
});
