import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { writeFileAtomic } from "../../src/core/atomic_write.ts";
import { MicroLmError } from "../../src/core/errors.ts";
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
  assertEquals(error.hint, "Grant it with --allow-read=src --allow-write=src");
});

Deno.test("writeFileAtomic() takes pieces, and keeps the old file when they end in an error", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/rows.csv`;
    await writeFileAtomic(path, ReadableStream.from(["a,", new TextEncoder().encode("b"), "\n"]));
    assertEquals(await Deno.readTextFile(path), "a,b\n");
    const broken = async function* () {
      yield "half";
      await Promise.reject(new RangeError("no more"));
    };
    await assertRejects(() => writeFileAtomic(path, broken()), RangeError, "no more");
    assertEquals(await Deno.readTextFile(path), "a,b\n");
    assertEquals([...Deno.readDirSync(folder)].length, 1);
  });
});

Deno.test({
  name: "writeFileAtomic() keeps links and devices, and says that a disk is full",
  ignore: Deno.build.os !== "linux",
  // In a process of its own, which may make links and open devices.
  fn: () =>
    inTempFolder(async (folder) => {
      const script = `
        import { writeFileAtomic } from "./src/core/atomic_write.ts";
        Deno.writeTextFileSync("${folder}/file", "old");
        Deno.symlinkSync("file", "${folder}/link");
        await writeFileAtomic("${folder}/link", "new");
        await writeFileAtomic("/dev/stdout", "shown ");
        console.log(Deno.lstatSync("${folder}/link").isSymlink, Deno.statSync("/dev/null").isFile);
        await writeFileAtomic("/dev/full", "x").catch((e) => console.log(e.kind, e.message));`;
      const { stdout } = await new Deno.Command("deno", {
        args: ["eval", "--no-check", script],
      }).output();
      assertEquals(await Deno.readTextFile(`${folder}/file`), "new");
      assertMatch(
        new TextDecoder().decode(stdout),
        /^shown true false\nwrite Cannot write "\/dev\/full": No space left/,
      );
    }),
});
