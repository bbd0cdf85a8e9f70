import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { renderCompareReport } from "../../src/report/compare_report.ts";
import { compareDecisions } from "../../src/trust/compare.ts";
import { HOSTILE } from "./html_sample.ts";
import { comparePage, decided } from "./page_samples.ts";

Deno.test("renderCompareReport() says first which of the two is better, and by how much", () => {
  const page = comparePage(["old", "new"]);
  assertStringIncludes(page, '<span class="verdict pass">new is better</span>');
  assertStringIncludes(page, "new is right on 50.0 points more of 60 rows than old");
  assertStringIncludes(page, "only new on 30");
  assertEquals(page.match(/<section id="(\w+)"/g)?.length, 4);
});

Deno.test("renderCompareReport() says of two alike that there is no difference", () => {
  const gold = ["a", "b", "a", "b"];
  const decisions = decided(gold, () => true);
  const page = renderCompareReport({
    prompts: gold,
    gold,
    first: { name: "x", decisions },
    second: { name: "y", decisions },
    found: compareDecisions({ gold, first: gold, second: gold, groups: gold }),
  }, "");
  assertStringIncludes(page, '<span class="verdict">no difference</span>');
  assertStringIncludes(page, "x and y are right on as many rows.");
});

Deno.test("renderCompareReport() shows hostile names and prompts as text", () => {
  const page = comparePage([HOSTILE[1]!, HOSTILE[2]!]);
  assertEquals(page.match(/<(img|iframe|!--)|\son\w+="/gi), null);
  assert(page.isWellFormed());
});
