import { assertEquals, assertRejects } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { writeFileAtomic } from "../../src/core/atomic_write.ts";
import { readChunks } from "../../src/core/input_file.ts";
import { checkOutputs } from "../../src/core/outputs.ts";
import { inTempFolder } from "../temp.ts";

const ON_LINUX = { ignore: Deno.build.os !== "linux" };

async function bash(folder: string, script: string): Promise<void> {
  const { success } = await new Deno.Command("/bin/bash", {
    args: ["-c", `cd ${folder}; ${script}`],
  })
    .output();
  assertEquals(success, true);
}

/** Names beside `in.csv`, and the kind of error for them as an output. */
const OUTPUTS: readonly (readonly [string, MicroLmError["kind"] | null])[] = [
  ["in.csv", "usage"],
  ["./below/../in.csv", "usage"],
  ["link.csv", "usage"],
  ["linked/in.csv", "usage"],
  ["hard.csv", "usage"],
  ["IN.csv", "usage"],
  ["below", "write"],
  ["pipe", "write"],
  ["in.csv/x", "write"],
  ["circle", "write"],
  ["outside", "permission"],
  ["nowhere", null],
  ["other.csv", null],
  ["Other.csv", null],
  ["new/folder/x.csv", null],
  ["-", null],
];

for (const [name, kind] of OUTPUTS) {
  Deno.test({
    name: `checkOutputs() beside in.csv: ${name} is ${kind ?? "right"}`,
    ...ON_LINUX,
    fn: () =>
      inTempFolder(async (folder) => {
        await bash(
          folder,
          "echo x > in.csv; echo y > other.csv; mkdir below; mkfifo pipe; ln -s in.csv link.csv; " +
            "ln in.csv hard.csv; ln -s . linked; ln -s circle circle; ln -s new.csv nowhere; " +
            "ln -s /etc/micro-lm outside",
        );
        const path = name === "-" ? name : `${folder}/${name}`;
        const check = () =>
          checkOutputs([{ name: "--in", path: `${folder}/in.csv` }], [{ name: "--out", path }]);
        if (kind === null) return await check();
        assertEquals((await assertRejects(check, MicroLmError)).kind, kind);
      }),
  });
}

Deno.test("checkOutputs() refuses two outputs that are one file, absent ones too", async () => {
  await inTempFolder(async (folder) => {
    const outputs = (...names: string[]) =>
      names.map((name) => ({ name: `--${name}`, path: `${folder}/${name}` }));
    await checkOutputs([], outputs("a", "b"));
    await assertRejects(() => checkOutputs([], outputs("a", "A")), MicroLmError, "--a and --A");
    await assertRejects(() => checkOutputs([], outputs("x/../é", "e\u0301")), MicroLmError, "same");
  });
});

Deno.test({
  name: "writeFileAtomic() keeps modes, and writes where a link to nowhere leads",
  ...ON_LINUX,
  fn: () =>
    inTempFolder(async (folder) => {
      await bash(folder, "echo old > x; chmod 640 x; mkdir below; ln -s below/new link");
      await writeFileAtomic(`${folder}/x`, "new");
      assertEquals(Deno.statSync(`${folder}/x`).mode! & 0o7777, 0o640);
      await writeFileAtomic(`${folder}/link`, "new");
      assertEquals(Deno.lstatSync(`${folder}/link`).isSymlink, true);
      assertEquals(Deno.readTextFileSync(`${folder}/below/new`), "new");
    }),
});

for (const [change, text] of [["grows", "abcd"], ["shrinks", ""]] as const) {
  Deno.test(`readChunks() refuses a file that ${change} while it is read`, async () => {
    await inTempFolder(async (folder) => {
      const path = `${folder}/x`;
      await Deno.writeTextFile(path, "x".repeat(200_000));
      const read = async () => {
        for await (const _ of readChunks(path)) {
          await Deno.writeTextFile(path, text, { append: text !== "" });
        }
      };
      const { kind } = await assertRejects(read, MicroLmError, "found it changed");
      assertEquals(kind, "data");
    });
  });
}
