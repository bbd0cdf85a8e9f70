import { assertEquals, assertMatch } from "@std/assert";
import { certify } from "../../../src/evaluate/certify/certify.ts";
import { scoreRows } from "../../../src/evaluate/decide.ts";
import { encodeGold } from "../../../src/evaluate/metrics.ts";
import type { SweepOutcome } from "../../../src/evaluate/run_sweep.ts";
import { certificateLines } from "../../../src/report/sweep/lines.ts";

/** What is said of so many right rows, so many a group. */
function said(rows: number, size: number): string {
  const data = new Float64Array(2 * rows).map((_, i) => i % 2 === 0 ? 0.9 : 0.1);
  const classes = ["stay", "go"];
  const certification = certify(
    scoreRows({ data, rows, cols: 2 }),
    encodeGold(new Array<string>(rows).fill("stay"), classes),
    Array.from({ length: rows }, (_, i) => `group ${Math.floor(i / size)}`),
    classes,
    { maxWrongRate: 0.05, dataSha256: "" },
  );
  assertEquals(certification.failure, undefined);
  return certificateLines({ certification } as SweepOutcome)[0]!;
}

Deno.test("a certificate says how many of the actions the binomial test counts", () => {
  assertMatch(said(100, 1), /; 0 of the first 59 of [67]\d certifying actions were, p = 0\.048 /);
});

Deno.test("a certificate on groups says how many there are", () => {
  assertMatch(
    said(400, 2),
    /; 0 of \d+ certifying actions in 1\d\d groups were, p = .* \(betting\)/,
  );
});
