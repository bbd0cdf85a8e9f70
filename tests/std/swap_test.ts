import { assertEquals } from "@std/assert";
import { inTempFolder } from "../temp.ts";
import { walkFiles } from "../walk.ts";

const PACKAGES = ["csv", "cli", "assert"];
const text = new TextDecoder();

/** Whether the sources of the real packages are in the cache: this suite asks no server for them. */
async function areAtHand(): Promise<boolean> {
  let isAtHand = false;
  await inTempFolder(async (folder) => {
    const imports = PACKAGES.map((name) => `import "jsr:@std/${name}@^1";`).join("\n");
    Deno.writeTextFileSync(`${folder}/deno.json`, "{}");
    Deno.writeTextFileSync(`${folder}/main.ts`, imports);
    const { success } = await new Deno.Command("deno", {
      args: ["run", "--quiet", "--cached-only", "--no-check", "--no-lock", "main.ts"],
      cwd: folder,
      stdout: "null",
      stderr: "null",
    }).output();
    isAtHand = success;
  });
  return isAtHand;
}

const isAtHand = await areAtHand();

Deno.test({
  name: "without the links the house runs on the real std packages" +
    (isAtHand ? "" : " (SKIPPED: their sources are not in the cache)"),
  ignore: !isAtHand,
  fn: async () => {
    await inTempFolder(async (folder) => {
      const { links: _, ...config } = JSON.parse(Deno.readTextFileSync("deno.json"));
      const files = ["src", "tests/std", "tests/cli", "tests/data"].flatMap((f) =>
        walkFiles(f, "")
      );
      for (const file of ["mod.ts", "tests/temp.ts", "tests/walk.ts", ...files]) {
        Deno.mkdirSync(`${folder}/${file.slice(0, file.lastIndexOf("/") + 1)}`, {
          recursive: true,
        });
        Deno.copyFileSync(file, `${folder}/${file}`);
      }
      const swapped = { ...config, nodeModulesDir: "none" };
      Deno.writeTextFileSync(`${folder}/deno.json`, JSON.stringify(swapped));
      const { success, stderr, stdout } = await new Deno.Command("deno", {
        args: [
          "test",
          "--quiet",
          "--no-lock",
          "--cached-only",
          "--allow-read",
          "--allow-write=.artifacts",
          "tests/std/csv_test.ts",
          "tests/std/cli_test.ts",
        ],
        cwd: folder,
        env: { NO_COLOR: "1" },
      }).output();
      assertEquals(success, true, text.decode(stderr) + text.decode(stdout));
    });
  },
});
