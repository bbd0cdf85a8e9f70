import { assert, assertEquals } from "@std/assert";
import { createRandom } from "../../../src/core/random.ts";
import { fitCalibrated } from "../../../src/mapper/calibrate/calibration.ts";
import { chooseC } from "../../../src/mapper/calibrate/calibration_compare.ts";

/** The class in the first column, among columns of noise. */
function rows(signal: number, ownNoise: number) {
  const random = createRandom(3);
  const labels = Int32Array.from({ length: 240 }, (_, i) => i % 2);
  const data = Float32Array.from({ length: 240 * 30 }, (_, at) => {
    if (at % 30 !== 0) return random.normal() / 5;
    return signal * (labels[at / 30]! - 0.5) + ownNoise * random.normal();
  });
  return { features: { rows: 240, dense: { data, rows: 240, cols: 30 } }, labels };
}

Deno.test("C auto takes a stronger penalty where the features are noise", () => {
  const fit = (signal: number, ownNoise: number) => {
    const { features, labels } = rows(signal, ownNoise);
    return fitCalibrated(features, labels, { classes: 2, C: "auto", method: "none" }).chosen!;
  };
  const [clean, noisy] = [fit(0.2, 0), fit(0.2, 0.2)];
  assert(noisy.C < clean.C, `${noisy.C} against ${clean.C}`);
  assertEquals(noisy.C, 0.5);
  for (const { C, losses } of [clean, noisy]) {
    assertEquals(Object.keys(losses).length, 2);
    assertEquals(losses[C], Math.min(...Object.values(losses)));
  }
});

Deno.test("C auto trains what --C trains with the C that it chose, and the same twice", () => {
  const { features, labels } = rows(0.3, 0.1);
  const fit = (C: number | "auto") =>
    fitCalibrated(features, labels, { classes: 2, C, method: "temperature" });
  const auto = fit("auto");
  assertEquals(auto, fit("auto"));
  assertEquals(auto.model, fit(auto.chosen!.C).model);
});

Deno.test("C auto without rows for folds is the default, and says so", () => {
  const { features, labels } = rows(0.3, 0.1);
  const lone = labels.map((_, i) => i === 0 ? 1 : 0);
  const { chosen, notes } = fitCalibrated(features, lone, {
    classes: 2,
    C: "auto",
    method: "none",
  });
  assertEquals(chosen, undefined);
  assert(notes.some((note) => note.includes("too few rows to choose C")));
});

Deno.test("chooseC() asks for the best two candidates alone on the other folds", () => {
  const asked: [number, number][] = [];
  const { C, losses } = chooseC([4, 5], (fold, C) => {
    asked.push([fold, C]);
    const wrong = 1 + Math.abs(Math.log2(C / 30));
    const data = Float64Array.from({ length: 40 }, (_, i) => i % 2);
    const labels = Int32Array.from({ length: 20 }, (_, row) => row < wrong ? 0 : 1);
    return { logits: { data, rows: 20, cols: 2 }, labels };
  });
  assertEquals(C, 32);
  assertEquals(asked.filter(([fold]) => fold === 5).map(([, C]) => C), [8, 32]);
  assertEquals(Object.keys(losses).sort(), ["32", "8"]);
});

Deno.test("fitCalibrated() says within each fit how far it is, and ends where it said it would", () => {
  const { features, labels } = rows(0.3, 0.1);
  for (const C of [8, "auto"] as const) {
    const said: [number, number][] = [];
    const onProgress = (done: number, total: number) => said.push([done, total]);
    fitCalibrated(features, labels, { classes: 2, C, method: "temperature", onProgress });
    const total = said.at(-1)![1];
    assertEquals(total, C === "auto" ? 5 + 2 * 2 + 1 + 3 : 1 + 3);
    assertEquals(said.at(-1), [total, total]);
    assert(said.every(([done, all], i) => all === total && done >= (said[i - 1]?.[0] ?? 0)));
    const within = said.filter(([done]) => !Number.isInteger(done)).length;
    assert(within > total, `${within} reports within ${total} fits`);
  }
});
