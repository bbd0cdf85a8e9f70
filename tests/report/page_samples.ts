import type { Decision } from "../../src/evaluate/decide.ts";
import { rate } from "../../src/evaluate/rate.ts";
import { auditClasses, auditMetrics, type AuditRow } from "../../src/rails/mod.ts";
import { type AuditRefutation, renderAuditReport } from "../../src/report/audit_report.ts";
import { renderCompareReport } from "../../src/report/compare_report.ts";
import { renderStagesReport } from "../../src/report/stages/report.ts";
import type { StoredEvaluation } from "../../src/stages/evaluate/analyze.ts";
import { measureDetections } from "../../src/stages/evaluate/evaluation_results.ts";
import { compareDecisions } from "../../src/trust/compare.ts";
import { HOSTILE } from "./html_sample.ts";

/** A mapper that is right on all rows whose number its rule lets pass, and abstains on the others. */
export function decided(gold: readonly string[], isRight: (row: number) => boolean): Decision[] {
  return gold.map((label, row) => ({
    label: isRight(row) ? label : null,
    predicted: label,
    reason: isRight(row) ? "fired" : "low_confidence",
    confidence: isRight(row) ? 0.9 : 0.3,
    margin: 0.2,
    threshold: 0.5,
  }));
}

/** The page of two such mappers over 60 rows. */
export function comparePage(names: readonly [string, string], plotly = ""): string {
  const gold = Array.from({ length: 60 }, (_, row) => ["lend", "swap", "stake"][row % 3]!);
  const [first, second] = [decided(gold, (row) => row % 2 === 0), decided(gold, () => true)];
  const labels = (decisions: readonly Decision[]) => decisions.map(({ label }) => label);
  return renderCompareReport({
    prompts: gold.map((label, row) => `${label} ${HOSTILE[row % HOSTILE.length]}`),
    gold,
    first: { name: names[0], decisions: first },
    second: { name: names[1], decisions: second },
    found: compareDecisions({
      gold,
      first: labels(first),
      second: labels(second),
      groups: gold.map((_, row) => String(row)),
    }),
  }, plotly);
}

function row(idx: number, pred: string | null, gold: string): AuditRow {
  return {
    ...{ idx, id: String(idx), prompt: `${gold} ${HOSTILE[idx % HOSTILE.length]}`, gold, pred },
    decision: pred === null ? "ABSTAIN" : "PASS",
    reason: pred === null ? "below_threshold" : "pass",
    ...{ had_spans: true, accepted: pred === null ? [] : [pred], peak: 1, rel: 0.9, channels: [] },
  };
}

/** The page of an audit of 40 rows, with what it refutes of a mapper. */
export function auditPage(plotly = ""): string {
  const rows = Array.from(
    { length: 40 },
    (_, i) => row(i, i % 4 === 0 ? null : i % 10 === 1 ? "rose" : "water", "water"),
  );
  const refutation: AuditRefutation = {
    ...{ tau: 0.25, caught: rate(3, 4), refused: rate(1, 20) },
    refuted: [
      { prompt: "paint the fence", answer: "water", gold: "paint" },
      { prompt: "water it", answer: "water", gold: "water" },
    ],
  };
  const primitives = ["water", "rose"];
  const report = {
    ...{ rows, params: { n_max: 3 } },
    ...{ metrics: auditMetrics(rows), perClass: auditClasses(rows, primitives) },
  };
  return renderAuditReport(report, plotly, { refutation });
}

const SCRIPT = `</script><script>alert(1)</script><img src=x onerror="alert(2)">`;

function evaluation(run: string, seed: number): StoredEvaluation {
  const rows = [0.9, 0.2, 0.7, 0.4].map((_, i) => ({
    id: String(i),
    text: SCRIPT,
    smell: SCRIPT,
    tech: "chef",
    file: `${i}.rb`,
    label: i % 2 === 0 ? "TP" as const : "FP" as const,
  }));
  const results = measureDetections(rows, Float64Array.of(0.9, 0.2, 0.7, 0.4 + seed / 10), {
    modelPath: SCRIPT,
    testPath: SCRIPT,
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
      model_path: SCRIPT,
      weights_sha256: "",
      test_path: "",
      test_sha256: "",
      training: { seconds: 1, parameters: 10 },
      threshold: { mode: "file", value: 0.5, file: null, sha256: null },
      encoder: { spec: "lite", fingerprint: "" },
      experiment: {
        name: run,
        base: SCRIPT,
        model_name: SCRIPT,
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

/** A report on two runs whose names, texts and paths are hostile. */
export function stagesPage(): string {
  const evaluations = [evaluation(`a ${SCRIPT}`, 1), evaluation(`b ${SCRIPT}`, 2)];
  return renderStagesReport({
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
    notes: [SCRIPT],
    overlap: [SCRIPT],
    verdict: "fail",
  });
}
