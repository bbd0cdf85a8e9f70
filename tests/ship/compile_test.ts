import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path/posix";
import { walkFiles } from "../walk.ts";
import { inTempFolder } from "../temp.ts";

const DECODER = new TextDecoder();

/** Why no program can be made here; null if one can. */
async function whyNot(): Promise<string | null> {
  if (Deno.env.get("DENORT_BIN")) return null;
  const { stdout } = await new Deno.Command("deno", { args: ["info", "--json"] }).output();
  const { denoDir } = JSON.parse(DECODER.decode(stdout)) as { readonly denoDir: string };
  try {
    const { version } = Deno;
    const files = walkFiles(join(denoDir, "dl/release", `v${version.deno}`), "");
    if (files.some((file) => file.includes("denort"))) return null;
  } catch {
    // Nothing was ever downloaded, or it may not be looked at
  }
  return "skipped: no denort here; DENORT_BIN names one";
}

const WHY = await whyNot();
// deno-lint-ignore no-console -- tests that did not run must say so
if (WHY) console.log(`tests/ship/compile_test.ts ${WHY}`);

/** Makes a program as the guide says, with its output elsewhere. */
async function compile(task: string, folder: string): Promise<string> {
  const guide = await Deno.readTextFile("docs/guides/shipping.md");
  const [line] = guide.split("\n").filter((text) =>
    text.startsWith("deno compile") && text.endsWith(`tasks/${task}.ts`)
  );
  const output = `${folder}/${task}`;
  const args = line!.split(" ").slice(1);
  args[args.indexOf("--output") + 1] = output;
  const { code, stderr } = await new Deno.Command("deno", { args }).output();
  assertEquals(code, 0, DECODER.decode(stderr));
  return output;
}

Deno.test({
  name: "run and serve become programs that work without Deno",
  ignore: WHY !== null,
  fn: async () => {
    await inTempFolder(async (folder) => {
      const run = await compile("run", folder);
      const prompt = ["swap 2 ETH for USDC", "--context", '{"oracle": {"age_sec": 5}}'];
      const ran = await new Deno.Command(run, { args: [...prompt, "--backend", "wordmap"] })
        .output();
      assertEquals(JSON.parse(DECODER.decode(ran.stdout)).reason, "ok");
      const serve = await compile("serve", folder);
      const child = new Deno.Command(serve, {
        args: ["--port", "0", "--backend", "wordmap"],
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const { value } = await child.stdout.getReader().read();
      assertMatch(DECODER.decode(value), /Listening on/);
      child.kill("SIGTERM");
      assertEquals((await child.status).code, 0);
    });
  },
});
