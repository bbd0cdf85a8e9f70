import { assertEquals, assertStringIncludes } from "@std/assert";
import { renderStagesReport } from "../../src/report/stages/report.ts";
import { HOSTILE, storedEvaluation as evaluation } from "../report/stages_sample.ts";

Deno.test("renderStagesReport() shows hostile names as text and runs no script of theirs", () => {
  const evaluations = [evaluation(`a ${HOSTILE}`, 1), evaluation(`b ${HOSTILE}`, 2)];
  const page = renderStagesReport({
    evaluations,
    champion: {
      run: evaluations[0]!.metadata.run,
      seed: 1,
      val_f1: 0.5,
      rank: 1,
      rule: "median",
      threshold: 0.5,
      weights_sha256: "",
      data: { train: "", validation: "" },
      encoder: { spec: "lite", fingerprint: "" },
      candidates: evaluations.map(({ metadata }, i) => ({
        run: metadata.run,
        seed: i,
        val_f1: 0.5,
      })),
    },
    notes: [HOSTILE],
    verdict: "fail",
  });
  assertEquals(page.includes("<script>alert"), false);
  assertEquals(page.includes("<img"), false);
  for (
    const part of ["F1 over the seeds", "false positives removed", ">FAIL<", "Kinds of findings"]
  ) {
    assertStringIncludes(page, part);
  }
});
