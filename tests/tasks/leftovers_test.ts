import { assert, assertStringIncludes } from "@std/assert";
import { inTempFolder, write } from "../temp.ts";

const LEFTOVERS = [".artifacts/case", ".cache/x", "coverage"];

for (const args of [["check"], ["lint"], ["fmt", "--check"]]) {
  Deno.test(`deno ${args.join(" ")} does not stumble over what runs have left`, async () => {
    await inTempFolder(async (folder) => {
      const { exclude, fmt, lint } = JSON.parse(Deno.readTextFileSync("deno.json"));
      const config = {
        exclude,
        lint,
        license: "Apache-2.0",
        fmt: { ...fmt, include: ["**/*.ts"] },
      };
      await write(folder, "deno.json", JSON.stringify(config));
      await Deno.mkdir(`${folder}/src`);
      await write(folder, "src/fine.ts", "export const fine = 1;\n");
      const run = async () => {
        const { code, stderr } = await new Deno.Command("deno", {
          args,
          cwd: folder,
          env: { NO_COLOR: "1" },
        }).output();
        return { code, said: new TextDecoder().decode(stderr) };
      };
      for (const left of LEFTOVERS) {
        await Deno.mkdir(`${folder}/${left}`, { recursive: true });
        await write(folder, `${left}/broken.ts`, 'const x: number = "a"; let  y = ;\n');
      }
      const clean = await run();
      assert(clean.code === 0, clean.said);
      await write(folder, "src/broken.ts", 'const x: number = "a"; let  y = ;\n');
      const { code, said } = await run();
      assert(code !== 0, "what is no leftover is still looked at");
      assertStringIncludes(said, "broken.ts");
    });
  });
}
