import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { rewriteAbstain, suspectAbstainLabels } from "../../src/data/abstain_labels.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { profileDataset, validateDataset } from "../../src/data/profile.ts";
import { splitRows, takeDataset } from "../../src/data/split.ts";
import { createMasker } from "../../src/data/template.ts";

const mask = createMasker([]);

function dataset(rows: readonly (readonly [string, string])[]): Dataset {
  return {
    source: "t.csv",
    sha256: "",
    explicitIds: false,
    skipped: { emptyPrompts: [], emptyLabels: [] },
    rows: rows.map(([prompt, label], i) => ({ id: String(i + 1), line: i + 2, prompt, label })),
  };
}

/** `classes` × `templates` × `fills` rows. */
function grid(classes: number, templates: number, fills: number): Dataset {
  const of = (n: number) => Array.from({ length: n }, (_, i) => i);
  const word = (n: number) => String.fromCharCode(97 + n);
  return dataset(
    of(classes).flatMap((c) =>
      of(templates).flatMap((t) =>
        of(fills).map((f) => [`say ${word(c)} ${word(t)} ${f}`, word(c)] as const)
      )
    ),
  );
}

Deno.test("splitRows() keeps templates together and classes in proportion", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer(),
    (classes, templates, fills, seed) => {
      const data = grid(classes, templates, fills);
      const parts = splitRows(data, { shares: [0.8, 0.2], seed, mask });
      const all = parts.flatMap((part) => [...part]);
      assertEquals(all.toSorted((a, b) => a - b), [...data.rows.keys()]);
      const [train, test] = parts.map((part) =>
        new Set(Array.from(part, (row) => mask(data.rows[row]!.prompt)))
      );
      assert(test!.isDisjointFrom(train!));
      for (let c = 0; c < classes; c++) {
        const label = String.fromCharCode(97 + c);
        const held = parts[1]!.filter((row) => data.rows[row]!.label === label).length;
        const ideal = 0.2 * templates * fills;
        assert(Math.abs(held - ideal) <= fills, `${held} rows for ${ideal}`);
      }
    },
  ));
});

Deno.test("splitRows() leaves a class of one template in the training, and spreads it over folds", () => {
  const data = dataset([
    ["one thing 1", "rare"],
    ["one thing 2", "rare"],
    ...grid(2, 10, 1).rows
      .map(({ prompt, label }) => [prompt, label!] as const),
  ]);
  const [, test] = splitRows(data, { shares: [0.8, 0.2], seed: 3, mask });
  assertEquals([...test!].filter((row) => data.rows[row]!.label === "rare"), []);
  const folds = splitRows(data, { shares: [1, 1, 1, 1, 1], seed: 3, mask });
  const sizes = folds.map(({ length }) => length);
  assert(Math.max(...sizes) - Math.min(...sizes) <= 2, sizes.join());
});

Deno.test("splitRows() depends on the seed and on nothing else", () => {
  const data = grid(3, 12, 2);
  const split = (seed: number) => splitRows(data, { shares: [3, 1], seed, mask })[1]!.join();
  assertEquals(split(1), split(1));
  assert(split(1) !== split(2));
  assertThrows(() => splitRows(data, { shares: [1, 0], seed: 0, mask }), Error, "positive shares");
});

Deno.test("takeDataset() has the hash of its rows", () => {
  const data = grid(2, 2, 1);
  const a = takeDataset(data, [0, 1]);
  const b = takeDataset(data, [0, 1, 2]);
  assert(a.sha256 !== b.sha256);
  assertEquals(takeDataset(b, [0, 1]).sha256, a.sha256);
});

Deno.test("rewriteAbstain() takes labels in any spelling and says what it did not find", () => {
  const data = dataset([["a", "None"], ["b", "OOS"], ["c", "x"]]);
  const { dataset: found, unused } = rewriteAbstain(data, ["none", "oos", "nope"]);
  assertEquals(found.rows.map(({ label }) => label), ["abstain", "abstain", "x"]);
  assertEquals(unused, ["nope"]);
});

const SUSPECTS: readonly (readonly [string, boolean])[] = [
  ["none", true],
  ["None", true],
  ["Abstain", true],
  ["oos", true],
  ["out_of_scope", true],
  ["Out-of-Scope", true],
  ["nlu_fallback", true],
  ["abstain", false],
  ["nonexistent", false],
  ["greet", false],
];

for (const [label, isSuspect] of SUSPECTS) {
  Deno.test(`suspectAbstainLabels() ${isSuspect ? "suspects" : "lets pass"} ${label}`, () => {
    assertEquals(suspectAbstainLabels([label]), isSuspect ? [label] : []);
  });
}

Deno.test("profileDataset() counts rows, templates and repetitions", () => {
  const data = dataset([["pay 1", "a"], ["pay 2", "a"], ["pay 2", "a"], ["go", "b"]]);
  const profile = profileDataset(data, mask);
  assertEquals(profile.classes, [
    { label: "a", rows: 3, share: 0.75, templates: 1, largest: 3 },
    { label: "b", rows: 1, share: 0.25, templates: 1, largest: 1 },
  ]);
  assertEquals([profile.templates, profile.duplicates, profile.near_duplicates], [2, 1, 2]);
  assertEquals(profile.characters, { min: 2, median: 5, max: 5 });
});

const FINDINGS: readonly (readonly [string, Dataset, "problem" | "note", string])[] = [
  ["conflicts", dataset([["Hello", "a"], ["hello", "b"]]), "problem", "lines 2, 3 give one prompt"],
  ["twins", dataset([["x", "Pay"], ["y", "pay"], ["z", "go"]]), "problem", '"Pay" (1), "pay" (1)'],
  ["out-of-scope labels", dataset([["x", "oos"], ["y", "a"]]), "problem", "--abstain_label oos"],
  ["one class", grid(1, 20, 1), "problem", "1 classes"],
  [
    "a class of one row",
    dataset([["x", "a"], ["y", "b"], ["z", "b"]]),
    "problem",
    '"a" has one row',
  ],
  ["thin classes", grid(2, 5, 3), "note", '"a" is thin: 5 templates in 15 rows'],
  ["repeated templates", grid(2, 20, 3), "note", "80 of 120 rows repeat an earlier template"],
  [
    "imbalance",
    dataset([...grid(1, 26, 16).rows.map((row) => [row.prompt, "a"] as const), ["x", "b"]]),
    "note",
    '"a" has 416 rows, "b" 1',
  ],
];

for (const [what, data, level, message] of FINDINGS) {
  Deno.test(`validateDataset() finds ${what}`, () => {
    const found = validateDataset(data, mask).find((finding) => finding.message.includes(message));
    assertEquals(found?.level, level);
  });
}

Deno.test("validateDataset() finds nothing in a sound data set", () => {
  assertEquals(validateDataset(grid(3, 20, 1), mask), []);
});
