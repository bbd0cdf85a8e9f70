import { assert, assertEquals } from "@std/assert";
import { inTempFolder } from "../temp.ts";
import { faultOf, fuzz } from "./fuzz.ts";
import { TARGETS } from "./targets.ts";

const SEED = 24;
/** Files in all: `deno task fuzz` tries more. */
const TRIES = 5200;
const CORPUS = "tests/fuzz/corpus";

const shares = Object.values(TARGETS).reduce((sum, { share }) => sum + share, 0);

Deno.test("the tries of all kinds of files are 5,000 at least", () => {
  const tries = Object.values(TARGETS).map(({ share }) => Math.round(share / shares * TRIES));
  assert(tries.reduce((a, b) => a + b) >= 5000);
});

for (const [target, { share, open }] of Object.entries(TARGETS)) {
  Deno.test(`no wrong file of the kind ${target} is a defect of its readers`, async () => {
    await inTempFolder(async (folder) => {
      const tries = Math.round(share / shares * TRIES);
      const { defect, tries: done } = await fuzz(target, { seed: SEED, tries, folder });
      assertEquals(defect && { ...defect, text: new TextDecoder().decode(defect.bytes) }, null);
      assertEquals(done, tries);
    });
  });

  Deno.test(`the kept files of the kind ${target} are read without a defect`, async () => {
    await inTempFolder(async (folder) => {
      const { read } = await open(folder);
      for await (const { name } of Deno.readDir(CORPUS)) {
        if (!name.startsWith(`${target}-`)) continue;
        assertEquals(await faultOf(read, await Deno.readFile(`${CORPUS}/${name}`)), null, name);
      }
    });
  });
}
