import { assertEquals } from "@std/assert";
import { inTempFolder } from "../temp.ts";
import { walkFiles } from "../walk.ts";

/** The house, copied into a folder; its packages come from the cache. */
function copyHouse(folder: string): void {
  for (const file of ["mod.ts", "deno.lock", ...HOUSE]) {
    Deno.mkdirSync(`${folder}/${file.slice(0, file.lastIndexOf("/") + 1)}`, { recursive: true });
    Deno.copyFileSync(file, `${folder}/${file}`);
  }
  const config = JSON.parse(Deno.readTextFileSync("deno.json"));
  Deno.writeTextFileSync(
    `${folder}/deno.json`,
    JSON.stringify({ ...config, nodeModulesDir: "none" }),
  );
}

const HOUSE = [...walkFiles("src", ""), ...walkFiles("std", "")];

function addLine(path: string, after: string, line: string): void {
  const text = Deno.readTextFileSync(path);
  Deno.writeTextFileSync(path, text.replace(after, `${after}\n${line}`));
}

/** Files that differ from the house, with the lines that they have more. */
function touched(folder: string): Record<string, number> {
  const lines = (path: string) => Deno.readTextFileSync(path).split("\n").length;
  return Object.fromEntries(
    walkFiles(`${folder}/src`, "").map((path) => path.slice(folder.length + 1)).flatMap((file) => {
      if (!HOUSE.includes(file)) return [[file, lines(`${folder}/${file}`)] as const];
      const more = lines(`${folder}/${file}`) - lines(file);
      return more === 0 ? [] : [[file, more] as const];
    }),
  );
}

async function evaluate(folder: string, code: string): Promise<unknown> {
  Deno.writeTextFileSync(`${folder}/main.ts`, code);
  const { stdout, stderr, success } = await new Deno.Command("deno", {
    args: ["run", "--quiet", "--no-prompt", "--frozen", "--check", "--allow-read", "main.ts"],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals(success, true, text(stderr));
  return JSON.parse(text(stdout));
}

Deno.test("a domain is a folder and a line", async () => {
  await inTempFolder(async (folder) => {
    copyHouse(folder);
    Deno.mkdirSync(`${folder}/src/domains/toy`);
    Deno.copyFileSync("tests/extend/toy_domain.txt", `${folder}/src/domains/toy/domain.ts`);
    addLine(
      `${folder}/src/domains/shipped.ts`,
      'arc: async () => (await import("./arc/domain.ts")).ARC_DOMAIN,',
      '  toy: async () => (await import("./toy/domain.ts")).TOY_DOMAIN,',
    );
    const found = await evaluate(
      folder,
      `
      import { openRuntime } from "micro-lm";
      import { checkRunRecord } from "micro-lm/run";
      await using runtime = await openRuntime({ domain: "toy", backend: "wordmap" });
      const run = async (prompt: string) => {
        const record = checkRunRecord(JSON.parse(JSON.stringify(await runtime.run({ prompt }))));
        return [record.domain, record.reason, record.sequence];
      };
      console.log(JSON.stringify([await run("take me up"), await run("not up"), await run("wait")]));`,
    );
    assertEquals(found, [
      ["toy", "ok", ["go_up"]],
      ["toy", "abstain_non_exec", []],
      ["toy", "abstain_non_exec", []],
    ]);
    const { "src/domains/toy/domain.ts": own, ...others } = touched(folder);
    assertEquals([own! > 1, others], [true, { "src/domains/shipped.ts": 1 }]);
  });
});

Deno.test("an encoder is a file and a line", async () => {
  await inTempFolder(async (folder) => {
    copyHouse(folder);
    Deno.mkdirSync(`${folder}/src/encoders/toy`);
    Deno.copyFileSync("tests/extend/toy_encoder.txt", `${folder}/src/encoders/toy/encoder.ts`);
    addLine(
      `${folder}/src/encoders/open.ts`,
      '"use-lite": { open: openUseLite, isSlow: true },',
      '  toy: { open: async () => (await import("./toy/encoder.ts")).openToyEncoder() },',
    );
    const found = await evaluate(
      folder,
      `
      import { openEncoder } from "micro-lm";
      await using encoder = await openEncoder("toy+ngram");
      const { dense } = await encoder.encode(["ab", "abcd"]);
      console.log(JSON.stringify([encoder.dims, dense!.cols]));`,
    );
    const [dims, columns] = found as [number, number];
    assertEquals([dims > 1, columns], [true, 1]);
    const { "src/encoders/toy/encoder.ts": own, ...others } = touched(folder);
    assertEquals([own! > 1, others], [true, { "src/encoders/open.ts": 1 }]);
  });
});
