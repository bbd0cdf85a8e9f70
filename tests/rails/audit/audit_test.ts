import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import type { Encoder } from "../../../src/encoders/encoder.ts";
import { MicroLmError } from "../../../src/core/errors.ts";
import { AUDIT_COLUMNS, auditCsvRow, runAudit } from "../../../src/rails/audit/audit.ts";
import { createAuditJudge, suppress } from "../../../src/rails/audit/evidence.ts";
import { fitAuditGates } from "../../../src/rails/audit/gates.ts";
import { autocorrelate, kaiserWindow } from "../../../src/rails/audit/kernel.ts";
import { fitRefutation, refutationMetrics, refutesLabel } from "../../../src/rails/audit/refute.ts";
import type { WddModel } from "../../../src/rails/wdd/model.ts";
import { fitWdd } from "../../../src/rails/wdd/model.ts";
import { toTrack } from "../../../src/rails/wdd/evidence.ts";
import { TOY_ACTIONS, toyModel, toyPrompts } from "../wdd_toy.ts";

const { model, encoder } = await toyModel();
const OPEN = { tau_span: 0.05, tau_rel: 0, tau_abs: -Infinity };
/** `numpy.kaiser(5, 8.6)`. */
const KAISER = [
  0.0013325139979024198,
  0.34039362244018856,
  1.0,
  0.34039362244018856,
  0.0013325139979024198,
];
const rowsOf = (count: number, seed: number) =>
  toyPrompts(count, seed).map((row, i) => ({ id: String(i), ...row }));

Deno.test("kaiserWindow() agrees with numpy.kaiser", () => {
  const expected = KAISER;
  const window = kaiserWindow(5);
  const norm = window[2]!;
  window.forEach((x, i) => assertAlmostEquals(x / norm, expected[i]!, 1e-9));
  assertAlmostEquals(autocorrelate(window)[0]!, 1, 1e-12);
  assertThrows(() => kaiserWindow(0), RangeError);
});

Deno.test("runAudit() gives one row a prompt with all metrics for a constant encoder", async () => {
  const constant: Encoder = {
    spec: "constant",
    fingerprint: "c",
    dims: 2,
    encode: (texts) =>
      Promise.resolve({
        rows: texts.length,
        dense: { data: new Float32Array(2 * texts.length).fill(1), rows: texts.length, cols: 2 },
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const flat: WddModel = await fitWdd(toyPrompts(10, 1), constant, { primitives: TOY_ACTIONS });
  const rows = [...rowsOf(3, 2), { id: "x", prompt: "", label: null }];
  const gates = { tau_span: 0, tau_rel: 0, tau_abs: 0 };
  const report = await runAudit(rows, flat, constant, { gates });
  assertEquals(report.rows.length, rows.length);
  assertEquals(report.rows.map(({ idx }) => idx), rows.map((_, i) => i));
  assertEquals(report.rows.at(-1)!.decision, "ABSTAIN");
  for (
    const key of ["coverage", "abstain_rate", "span_yield_rate", "hallucination_rate"] as const
  ) {
    assert(report.metrics[key].n > 0, key);
  }
  assertEquals(Object.keys(auditCsvRow(report.rows[0]!)), [...AUDIT_COLUMNS]);
});

Deno.test("runAudit() does not look at the labels to decide", async () => {
  const rows = rowsOf(10, 3);
  const blind = rows.map((row) => ({ ...row, label: null }));
  const options = { gates: { ...OPEN, tau_rel: 0.5 } };
  const [seen, unseen] = [
    await runAudit(rows, model, encoder, options),
    await runAudit(blind, model, encoder, options),
  ];
  assertEquals(
    seen.rows.map((row) => ({ ...row, gold: null })),
    unseen.rows.map((row) => ({ ...row, gold: null })),
  );
  assertEquals(unseen.metrics.coverage.value, null);
});

Deno.test("runAudit() accepts by gates fitted elsewhere, and nothing in an empty channel", async () => {
  const tuning = await runAudit(rowsOf(30, 4), model, encoder, { gates: OPEN });
  const gates = fitAuditGates(tuning.rows);
  const { metrics, rows, perClass } = await runAudit(rowsOf(50, 5), model, encoder, { gates });
  assert(metrics.coverage.value! >= 0.9);
  assert(metrics.hallucination_rate.value! <= 0.03);
  assert(metrics.accept_rate_non_exec.value! <= 0.1);
  assertEquals(perClass.map(({ label }) => label), TOY_ACTIONS);
  assertEquals(perClass.reduce((sum, { n }) => sum + n, 0), metrics.n_actions);
  for (const { channels } of rows) {
    for (const { accepted, spans } of channels) assert(!accepted || spans.length > 0);
  }
  const [nothing] = (await runAudit([{ id: "1", prompt: "?!", label: null }], model, encoder, {
    gates: OPEN,
  })).rows;
  assertEquals([nothing!.decision, nothing!.reason], ["ABSTAIN", "no_span"]);
});

Deno.test("createAuditJudge() weighs evidence alike wherever it stands in a prompt", () => {
  const gates = { ...OPEN, tau_span: 0.1 };
  const judge = createAuditJudge(["a", "b"], new Float64Array(2), ["a", "b"], gates, { L: 8 });
  const peaks = [0, 1, 5, 18, 19].map((first) => {
    const span = { text: "x", first, size: 1, evidence: Float64Array.of(1, -1) };
    const [a, b] = judge({ spans: [span], track: toTrack(20, [span], 2) }, "");
    assertEquals([a!.at, a!.accepted, b!.accepted], [2 * first, true, false]);
    return a!.peak;
  });
  for (const peak of peaks) assertAlmostEquals(peak, 1, 1e-12);
});

Deno.test("createAuditJudge() accepts several spans that stand apart", () => {
  const judge = createAuditJudge(["a", "b"], new Float64Array(2), ["a", "b"], {
    tau_span: 0.1,
    tau_rel: 0.8,
    tau_abs: 0.9,
  }, { L: 4 });
  const spans = [0, 10, 20].map((first, i) => ({
    text: "x",
    first,
    size: 1,
    evidence: Float64Array.of(i === 1 ? -1 : 1, i === 1 ? 1 : -1),
  }));
  const channels = judge({ spans, track: toTrack(21, spans, 2) }, "");
  assertEquals(channels.map(({ accepted }) => accepted), [true, true]);
});

Deno.test("runAudit() refuses what words forbid, and its noise is seeded by the prompt", async () => {
  const rows = rowsOf(5, 6);
  const options = { gates: OPEN, sigma: 0.1, forbids: (prompt: string) => /water/.test(prompt) };
  const first = await runAudit(rows, model, encoder, options);
  assertEquals(first, await runAudit(rows, model, encoder, options));
  const forbidden = first.rows.filter(({ prompt }) => /water/.test(prompt));
  assert(forbidden.length > 0);
  for (const { reason, pred } of forbidden) assertEquals([reason, pred], ["forbidden", null]);
});

Deno.test("suppress() keeps the strongest spans that share no token", () => {
  const span = (text: string, first: number, size: number, score: number) => ({
    text,
    first,
    size,
    evidence: Float64Array.of(score),
  });
  const spans = [
    span("a", 0, 1, 1),
    span("a b", 0, 2, 2),
    span("c", 2, 1, 0.5),
    span("d", 3, 1, -1),
  ];
  assertEquals(suppress(spans, 0, 0, 3).map(({ text }) => text), ["a b", "c"]);
  assertEquals(suppress(spans, 0, 0, 1).map(({ text }) => text), ["a b"]);
  assertEquals(suppress(spans, 0, 0.6, 3).map(({ text }) => text), ["a b"]);
});

Deno.test("fitAuditGates() keeps to its limits on the rows, and says so where it cannot", async () => {
  const { rows } = await runAudit(rowsOf(30, 8), model, encoder, { gates: OPEN });
  const mislabeled = rows.map((row) => ({ ...row, gold: "move" }));
  assertThrows(
    () => fitAuditGates(mislabeled.filter(({ pred }) => pred !== "move"), { maxHallucination: 0 }),
    MicroLmError,
    "Found no gates",
  );
  const gates = fitAuditGates(rows, { maxHallucination: 0 });
  const again = await runAudit(rowsOf(30, 8), model, encoder, { gates });
  assertEquals(again.metrics.hallucination_rate.k, 0);
});

Deno.test("refutesLabel() catches wrong answers at the share of right ones that it was given", async () => {
  const { rows } = await runAudit(rowsOf(50, 9), model, encoder, { gates: OPEN });
  const labels = rows.map(({ gold, idx }) => {
    if (gold === "abstain" || gold === null) return null;
    return idx % 5 === 0 ? TOY_ACTIONS.find((name) => name !== gold)! : gold;
  });
  const tau = fitRefutation(rows, labels, { maxRefused: 0.03, limit: "observed" });
  assert(fitRefutation(rows, labels) <= tau);
  const { caught, refused } = refutationMetrics(rows, labels, tau);
  assert(caught.value! >= 0.9 && refused.value! <= 0.03, `${caught.value} at ${refused.value}`);
  assertEquals(refutesLabel({ ...rows[0]!, reason: "forbidden" }, rows[0]!.gold!, 0), true);
  assertThrows(() => refutesLabel(rows[0]!, "fly", tau), RangeError);
});
