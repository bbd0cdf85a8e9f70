import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import {
  type ClassifiedRow,
  listAbstains,
  listMisfires,
  readDecisionRows,
  reportClasses,
  suggestThresholds,
} from "../../src/evaluate/per_class.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import { inTempFolder, write } from "../temp.ts";

const HEADER = "prompt,gold_label,predicted,confidence,abstain,threshold\n";

function row(gold: string, predicted: string, confidence: number, abstain = false): ClassifiedRow {
  return { prompt: `${gold} ${predicted} ${confidence}`, gold, predicted, confidence, abstain };
}

const ROWS = [
  row("swap", "swap", 0.9),
  row("swap", "swap", 0.6),
  row("swap", "borrow", 0.7),
  row("swap", "swap", 0.3, true),
  row("borrow", "borrow", 0.8),
  row("abstain", "swap", 0.5),
  row("abstain", "abstain", 0.9, true),
  row("", "swap", 0.99),
];

Deno.test("reportClasses() counts fired, right, abstained and misfired rows of each class", () => {
  const [borrow, swap] = reportClasses(ROWS);
  assertEquals([swap!.n, swap!.fired, swap!.correct, swap!.abstained, swap!.misfired], [
    4,
    3,
    2,
    1,
    1,
  ]);
  assertAlmostEquals(swap!.precision.value!, 2 / 3, 1e-12);
  assertAlmostEquals(swap!.recall.value!, 0.5, 1e-12);
  assertAlmostEquals(swap!.f1!, 4 / 7, 1e-12);
  assertEquals([borrow!.class, borrow!.n, borrow!.fired], ["borrow", 1, 2]);
});

Deno.test("reportClasses() keeps the order it is given", () => {
  assertEquals(reportClasses(ROWS, ["swap"]).map((report) => report.class), ["swap", "borrow"]);
});

Deno.test("misfires and abstentions come most confident first", () => {
  assertEquals(listMisfires(ROWS).map((r) => r.confidence), [0.7, 0.5]);
  assertEquals(listAbstains(ROWS).map((r) => r.confidence), [0.3]);
});

Deno.test("suggestThresholds() takes the lowest threshold that reaches the precision", () => {
  const rows = [
    ...[0.95, 0.9, 0.8, 0.7].map((c) => row("swap", "swap", c)),
    row("borrow", "swap", 0.65),
    row("swap", "borrow", 0.9),
    row("borrow", "borrow", 0.5),
  ];
  const suggested = suggestThresholds(rows, { precision: 1 });
  assertEquals(suggested["swap"], 0.66);
  assertEquals(suggested["borrow"], 0);
  assertEquals(suggestThresholds(rows, { precision: 0.8 })["swap"], 0);
});

Deno.test("readDecisionRows() reads quoted commas and both spellings of booleans", async () => {
  await inTempFolder(async (folder) => {
    const path = await write(
      folder,
      "r.csv",
      `${HEADER}"swap, now",swap,swap,0.9,False,0.5\na,,b,1,1,0\n`,
    );
    assertEquals(await readDecisionRows(path), [
      { prompt: "swap, now", gold: "swap", predicted: "swap", confidence: 0.9, abstain: false },
      { prompt: "a", gold: "", predicted: "b", confidence: 1, abstain: true },
    ]);
  });
});

for (
  const [what, line] of [["a confidence", "a,b,b,high,false,0"], ["a flag", "a,b,b,0.5,maybe,0"]]
) {
  Deno.test(`readDecisionRows() refuses ${what} that is none`, async () => {
    await inTempFolder(async (folder) => {
      const path = await write(folder, "r.csv", `${HEADER}${line}\n`);
      await assertRejects(() => readDecisionRows(path), MicroLmError, "r.csv:2");
    });
  });
}
