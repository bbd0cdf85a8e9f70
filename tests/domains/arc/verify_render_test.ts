import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { PALETTE } from "../../../src/domains/arc/read/colors.ts";
import { ARC_DOMAIN } from "../../../src/domains/arc/domain.ts";
import { applyArcOp } from "../../../src/domains/arc/grid/apply.ts";
import { parseArcPlan } from "../../../src/domains/arc/plan_text.ts";
import { gridSequenceSvg, gridSvg } from "../../../src/domains/arc/grid/render_svg.ts";
import { gridSequenceText, gridText } from "../../../src/domains/arc/grid/render_text.ts";
import { canonicalArcLabel } from "../../../src/domains/arc/taxonomy.ts";
import { verifyArcInverse, verifyArcPairs } from "../../../src/domains/arc/verify.ts";
import { anyGrid, anyOp } from "./arbitraries.ts";

Deno.test("verifyArcPairs() accepts the plan that made the pairs and no other", () => {
  const pairs = [
    { input: [[1, 2], [3, 4]], output: [[3, 1], [4, 2]] },
    { input: [[5, 6]], output: [[5], [6]] },
  ];
  assertEquals(verifyArcPairs(parseArcPlan("rotate(90)"), pairs).reason, "ok");
  const wrong = verifyArcPairs(parseArcPlan("rotate(270)"), pairs);
  assertEquals(wrong.reason, "mismatch");
  assertEquals(wrong.mismatches.map(({ found }) => found), [
    "expected 3 at row 1, column 1, got 2",
    "expected 5 at row 1, column 1, got 6",
  ]);
  const shape = verifyArcPairs(parseArcPlan("scale(2,1)"), pairs.slice(1));
  assertEquals(shape.mismatches[0]?.found, "expected 2 rows of 1, got 1 row of 4");
  const failing = verifyArcPairs(parseArcPlan("crop(9,9,9,9)"), pairs.slice(1));
  assertStringIncludes(failing.mismatches[0]!.found, "keeps nothing");
  assertThrows(() => verifyArcPairs([], []), RangeError);
});

Deno.test("verifyArcInverse() tells what it could not check", () => {
  const grid = [[1, 2], [3, 4]];
  assertEquals(verifyArcInverse(parseArcPlan("rotate(90);flip_v"), grid).checked, 2);
  const crop = verifyArcInverse(parseArcPlan("crop(top)"), grid);
  assertEquals({ ok: crop.ok, reason: crop.reason }, { ok: false, reason: "not_checkable" });
  assertEquals(verifyArcInverse(parseArcPlan("recolor(1>2)"), grid).reason, "not_checkable");
  assertEquals(verifyArcInverse(parseArcPlan("recolor(1>5)"), grid).reason, "ok");
  assertEquals(verifyArcInverse(parseArcPlan("translate(1,0)"), grid).reason, "not_checkable");
  assertEquals(verifyArcInverse(parseArcPlan("translate(1,0)"), [[1, 0]]).reason, "ok");
});

Deno.test("verifyArcInverse() finds no mismatch in any operation", () => {
  fc.assert(fc.property(anyGrid(), anyOp(), (grid, step) => {
    try {
      applyArcOp(step, grid);
    } catch {
      return;
    }
    assertEquals(verifyArcInverse([step], grid).mismatches, []);
  }));
});

Deno.test("canonicalArcLabel() knows the spellings of other systems", () => {
  const cases = [
    ["flip-horizontal", "flip_h"],
    ["flip_horizontal", "flip_h"],
    ["mirror_lr", "flip_h"],
    ["flip-vertical", "flip_v"],
    ["mirror_tb", "flip_v"],
    ["rot90", "rotate"],
    ["Rotate90", "rotate"],
    [" abstain ", "abstain"],
  ];
  for (const [label, canonical] of cases) assertEquals(canonicalArcLabel(label!), canonical);
  assertThrows(() => canonicalArcLabel("constructor"), Error, "Unknown ARC label");
  for (const label of ARC_DOMAIN.primitives) assertEquals(ARC_DOMAIN.canonicalLabel(label), label);
});

Deno.test("SVG: one square a cell, no markup from captions, a name for screen readers", () => {
  const svg = gridSequenceSvg([
    { grid: [[1, 2], [3, 4]], caption: '<script>"&\u0007' },
    { grid: [[0]] },
  ]);
  assertEquals(svg.match(/<rect/g)?.length, 5);
  assert(!svg.includes("<script>") && !svg.includes("\u0007"));
  assertStringIncludes(svg, 'aria-label="&lt;script&gt;');
  assertStringIncludes(svg, "2 rows of 2 cells: 12 34; then 1 row of 1 cells: 0");
  assertEquals(svg.match(/<path/g)?.length, 1);
  assert(!gridSvg([[1]], { digits: false }).includes("<text"));
  assertThrows(() => gridSequenceSvg([]), RangeError);
});

Deno.test("the digits stand out from their squares", () => {
  for (const { fill, ink } of PALETTE) assert(contrast(fill, ink) >= 4.5, `${fill} ${ink}`);
  assertEquals(PALETTE.length, 10);
});

Deno.test("text: plain by default, colours when asked for, stacked where it does not fit", () => {
  const grid = [[1, 2], [3, 4]];
  // deno-lint-ignore no-control-regex -- escape sequences are what it is about
  const escapes = /\x1b\[[\d;]*m/g;
  assertEquals(gridText(grid), "1 2\n3 4");
  assertEquals(gridText(grid, { color: true }).replace(escapes, ""), " 1  2 \n 3  4 ");
  assert(escapes.test(gridText(grid, { color: true })));
  const pair = [{ grid, caption: "input" }, { grid: [[3, 1], [4, 2]], caption: "rotate(90)" }];
  assertEquals(gridSequenceText(pair), "input     rotate(90)\n1 2    →  3 1\n3 4       4 2");
  assertEquals(
    gridSequenceText(pair, { columns: 12 }),
    "input\n1 2\n3 4\n\nrotate(90)\n3 1\n4 2",
  );
});

function contrast(a: string, b: string): number {
  const x = luminance(a);
  const y = luminance(b);
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
