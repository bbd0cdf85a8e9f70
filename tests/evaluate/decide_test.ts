import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { compilePoint, decide, decideRow, OUTCOMES, scoreRows } from "../../src/evaluate/decide.ts";
import { MicroLmError } from "../../src/core/errors.ts";

const CLASSES = ["deposit", "swap", "abstain"];

const CASES: readonly (readonly [string, number[], Parameters<typeof decide>[2], string])[] = [
  ["fires above the threshold", [0.8, 0.1, 0.1], { threshold: 0.7 }, "fired"],
  ["fires at equality", [0.75, 0.25, 0], { threshold: 0.75, nearMargin: 0.5 }, "fired"],
  ["abstains below", [0.69, 0.2, 0.11], { threshold: 0.7 }, "low_confidence"],
  ["abstains on the abstain class", [0, 0, 1], { threshold: 0 }, "abstain_class"],
  [
    "abstains near a second class",
    [0.5, 0.45, 0.05],
    { threshold: 0, nearMargin: 0.1 },
    "near_margin",
  ],
  [
    "prefers the class threshold",
    [0.6, 0.4, 0],
    { threshold: 0.9, perClass: { deposit: 0.5 } },
    "fired",
  ],
  [
    "in both directions",
    [0.6, 0.4, 0],
    { threshold: 0.1, perClass: { deposit: 0.7 } },
    "low_confidence",
  ],
  ["leaves other classes alone", [0.6, 0.4, 0], { threshold: 0.1, perClass: { swap: 1 } }, "fired"],
  [
    "reports confidence before margin",
    [0.4, 0.4, 0.2],
    { threshold: 0.5, nearMargin: 1 },
    "low_confidence",
  ],
];

for (const [what, probabilities, point, reason] of CASES) {
  Deno.test(`decide() ${what}`, () => {
    const decision = decide(probabilities, CLASSES, point);
    assertEquals(decision.reason, reason);
    assertEquals(decision.label, reason === "fired" ? decision.predicted : null);
  });
}

Deno.test("decide() takes the first of equals and reports what it saw", () => {
  const decision = decide([0.4, 0.4, 0.2], CLASSES, { threshold: 0.3, perClass: { deposit: 0.2 } });
  assertEquals(decision, {
    label: "deposit",
    reason: "fired",
    predicted: "deposit",
    confidence: 0.4,
    margin: 0,
    threshold: 0.2,
  });
});

Deno.test("decide() refuses what is no distribution over the classes", () => {
  for (const bad of [[], [1], [NaN, 0, 0], [Infinity, 0, 0]]) {
    assertThrows(() => decide(bad, CLASSES, { threshold: 0 }), RangeError);
  }
  assertThrows(() => decide([], [], { threshold: 0 }), RangeError);
});

Deno.test("compilePoint() refuses thresholds outside 0 to 1 and unknown classes", () => {
  for (const point of [{ threshold: 1.2 }, { threshold: NaN }, { threshold: 0, nearMargin: -1 }]) {
    assertThrows(() => compilePoint(point, CLASSES), MicroLmError);
  }
  const perClass = { depsit: 0.5 };
  const error = assertThrows(() => compilePoint({ threshold: 0, perClass }, CLASSES), MicroLmError);
  assertEquals(error.hint?.includes('"deposit"'), true);
});

const unit = fc.double({ min: 0, max: 1, noNaN: true });

Deno.test("a row fires in a batch exactly as it does alone", () => {
  const rows = fc.array(fc.tuple(unit, unit, unit), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(rows, unit, unit, (rows, threshold, nearMargin) => {
    const point = { threshold, nearMargin };
    const scored = scoreRows({ data: Float64Array.from(rows.flat()), rows: rows.length, cols: 3 });
    const compiled = compilePoint(point, CLASSES);
    rows.forEach((row, i) =>
      assertEquals(OUTCOMES[decideRow(scored, i, compiled)], decide(row, CLASSES, point).reason)
    );
  }));
});
