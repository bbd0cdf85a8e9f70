import { assertEquals, assertStringIncludes } from "@std/assert";
import { renderStagesReport } from "../../src/report/stages/report.ts";
import type { StoredEvaluation } from "../../src/stages/evaluate/analyze.ts";
import { measureDetections } from "../../src/stages/evaluate/evaluation_results.ts";

const HOSTILE = `</script><script>alert(1)</script><img src=x onerror="alert(2)">`;

function evaluation(run: string, seed: number): StoredEvaluation {
  const rows = [0.9, 0.2, 0.7, 0.4].map((_, i) => ({
    id: String(i),
    text: HOSTILE,
    smell: HOSTILE,
    tech: "chef",
    file: `${i}.rb`,
    label: i % 2 === 0 ? "TP" as const : "FP" as const,
  }));
  const results = measureDetections(rows, Float64Array.of(0.9, 0.2, 0.7, 0.4 + seed / 10), {
    modelPath: HOSTILE,
    testPath: HOSTILE,
    testSha256: "",
    seconds: 0,
    threshold: 0.5,
    recallTargets: [{ target: 0.95, threshold: 0.6 }],
  });
  return {
    folder: ".",
    metadata: {
      run,
      dataset: "combined",
      model_path: HOSTILE,
      weights_sha256: "",
      test_path: "",
      test_sha256: "",
      training: { seconds: 1, parameters: 10 },
      threshold: { mode: "file", value: 0.5, file: null, sha256: null },
      encoder: { spec: "lite", fingerprint: "" },
      experiment: {
        name: run,
        base: HOSTILE,
        model_name: HOSTILE,
        learning_rate: 1,
        batch_size: 1,
        num_epochs: 1,
        weight_decay: 0,
        gradient_accumulation_steps: 1,
        seed,
      },
    },
    results,
  };
}

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
  for (const part of ["F1 by seed", "false positives removed", ">FAIL<", "Kinds of findings"]) {
    assertStringIncludes(page, part);
  }
});
