import { assertEquals, assertRejects } from "@std/assert";
import { writeFileAtomic } from "../../src/data/atomic_write.ts";
import { MicroLmError } from "../../src/errors.ts";
import { inTempFolder } from "../temp.ts";

Deno.test("writeFileAtomic() makes folders, replaces files and leaves nothing else", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/a/b.txt`;
    await writeFileAtomic(path, "one");
    await writeFileAtomic(path, new TextEncoder().encode("two"));
    assertEquals(await Deno.readTextFile(path), "two");
    assertEquals([...Deno.readDirSync(`${folder}/a`)].length, 1);
  });
});

Deno.test("writeFileAtomic() fails with kind write and leaves no rest", async () => {
  await inTempFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "x");
    await Deno.mkdir(`${folder}/folder/full`, { recursive: true });
    for (const path of [`${folder}/file/below.txt`, `${folder}/folder`]) {
      const error = await assertRejects(() => writeFileAtomic(path, "y"), MicroLmError);
      assertEquals(error.kind, "write");
    }
    assertEquals([...Deno.readDirSync(folder)].map((entry) => entry.name).sort(), [
      "file",
      "folder",
    ]);
  });
});

Deno.test("writeFileAtomic() names the flag that would grant a permission", async () => {
  const error = await assertRejects(() => writeFileAtomic("src/x.txt", "y"), MicroLmError);
  assertEquals(error.kind, "permission");
  assertEquals(error.hint, "Grant it with --allow-write=src");
});
