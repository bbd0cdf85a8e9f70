import { assertEquals } from "@std/assert";
import { startOf } from "../../src/report/charts/shared.ts";
import { htmlTable } from "../../src/report/page/html_page.ts";

/** Which columns of a table stand to the right, by their heads and by their cells. */
function right(rows: readonly (readonly (string | number | null)[])[]): string[] {
  const html = htmlTable({ columns: rows[0]!.map((_, i) => `c${i}`), rows });
  const heads = [...html.matchAll(/<th scope="col"( class="num")?>/g)].map(([, num]) => !!num);
  const cells = [...html.matchAll(/<td( class="num")?>/g)].map(([, num]) => !!num);
  assertEquals(cells, rows.flatMap(() => heads));
  return heads.map((isRight) => isRight ? "right" : "left");
}

Deno.test("htmlTable() sets columns of numbers to the right, heads and all", () => {
  assertEquals(right([["swap", 5, "12.5%", "3/7", "78.4% (76.5–80.2)", "−0.5", "–"]]), [
    ...["left", "right", "right", "right", "right", "right", "left"],
  ]);
  assertEquals(right([["a", null, "1,000"], ["b", 2, "–"]]), ["left", "right", "right"]);
});

Deno.test("htmlTable() leaves a column left where one cell is a word", () => {
  assertEquals(right([["5", "0.36 (file)"], ["all", "argmax"]]), ["left", "left"]);
  assertEquals(right([["2 ETH"], ["10"]]), ["left"]);
});

Deno.test("startOf() begins an axis of shares below the least value", () => {
  assertEquals([0.75, 0.7, 0.05, 0, 1].map((least) => startOf([1, least])), [0.7, 0.6, 0, 0, 0.9]);
  assertEquals(startOf([]), 0.9);
});
