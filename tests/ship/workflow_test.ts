import { assertEquals } from "@std/assert";
import { parse } from "yaml";
import { BASH, whyNoProgram } from "../programs.ts";
import { inTempFolder } from "../temp.ts";

interface Step {
  readonly name?: string;
  readonly run?: string;
}

const WHY = whyNoProgram(BASH);
// deno-lint-ignore no-console -- tests that did not run must say so
if (WHY) console.log(`tests/ship/workflow_test.ts ${WHY}`);

/** Rows that a certificate can be had from. */
const DATA = "examples/home/fixtures";

Deno.test({
  name: "the steps of the workflow for other repositories lead from data to a certificate",
  ignore: WHY !== null,
  fn: async () => {
    const { env, jobs: { mapper } } = parse(Deno.readTextFileSync("ship/github/mapper.yaml"));
    await inTempFolder(async (folder) => {
      await Deno.mkdir(`${folder}/data`);
      for (const name of ["train.csv", "held_out.csv"]) {
        await Deno.copyFile(`${DATA}/${name}`, `${folder}/data/${name}`);
      }
      const steps = (mapper.steps as Step[]).filter(({ run }) => run !== undefined);
      assertEquals(steps.map(({ name }) => name), ["Data", "Train", "Gate", "Certificate", "Card"]);
      for (const { name, run } of steps) {
        const { code, stdout, stderr } = await new Deno.Command(BASH, {
          args: ["-e", "-c", run!.replaceAll(".artifacts/ci", `${folder}/ci`)],
          env: {
            ...env,
            DATA: `${folder}/data`,
            GITHUB_STEP_SUMMARY: `${folder}/summary.md`,
            NO_COLOR: "1",
          },
        }).output();
        const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
        assertEquals(code, 0, `${name}: ${said}`);
      }
      const { certificate } = JSON.parse(await Deno.readTextFile(`${folder}/ci/certified.json`))
        .operating_point;
      assertEquals(typeof certificate, "object");
    });
  },
});
