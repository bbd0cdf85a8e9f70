import type { StoredEvaluation } from "../../src/stages/evaluate/analyze.ts";
import { measureDetections } from "../../src/stages/evaluate/evaluation_results.ts";

/** What no page may run. */
export const HOSTILE = `</script><script>alert(1)</script><img src=x onerror="alert(2)">`;

/** An evaluation of four findings; the seed moves one of them. */
export function storedEvaluation(
  run: string,
  seed: number,
  dataset = "combined",
): StoredEvaluation {
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
      dataset,
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
