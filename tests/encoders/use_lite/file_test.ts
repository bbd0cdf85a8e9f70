import { assert, assertEquals, assertRejects } from "@std/assert";
import { loadUseLiteModel } from "../../../src/encoders/use_lite/file.ts";
import { inTempFolder } from "../../temp.ts";

Deno.test("loadUseLiteModel() builds once, and again when the file is damaged", async () => {
  await inTempFolder(async (folder) => {
    const first = await loadUseLiteModel("int8", `${folder}/models`);
    const second = await loadUseLiteModel("int8", `${folder}/models`);
    assertEquals([first.reused, second.reused], [false, true]);
    assertEquals([second.sha256, second.path], [first.sha256, first.path]);
    assertEquals(second.bytes, first.bytes);
    assertEquals([...Deno.readDirSync(`${folder}/models`)].length, 1);

    const damages: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
      "a flipped bit": (bytes) => bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 1),
      "a flipped bit of the hash": (bytes) => bytes.with(-1, bytes.at(-1)! ^ 1),
      "a torn tail": (bytes) => bytes.subarray(0, -1000),
      "no content": () => new Uint8Array(),
      "something else": () => new TextEncoder().encode("x".repeat(500)),
    };
    for (const [what, damage] of Object.entries(damages)) {
      await Deno.writeFile(first.path, damage(first.bytes));
      const rebuilt = await loadUseLiteModel("int8", `${folder}/models`);
      assertEquals([what, rebuilt.reused, rebuilt.sha256], [what, false, first.sha256]);
      assertEquals(await Deno.readFile(first.path), first.bytes);
    }
  });
});

Deno.test("loadUseLiteModel() goes on in memory where it cannot write", async () => {
  await inTempFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "in the way");
    const blocked = await loadUseLiteModel("int8", `${folder}/file/models`);
    assertEquals(blocked.reused, false);
    assert(blocked.bytes.length > 1e6);
  });
  // The tests may write below .artifacts/ alone.
  const forbidden = await loadUseLiteModel("int8", "forbidden/models");
  assertEquals(forbidden.reused, false);
  await assertRejects(() => Deno.stat("forbidden"), Deno.errors.NotFound);
});
