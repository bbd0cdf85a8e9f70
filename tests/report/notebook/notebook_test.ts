import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { MicroLmError } from "../../../src/core/errors.ts";
import { JUPYTER_DISPLAY, plot, show, table } from "../../../src/report/notebook/notebook.ts";
import { createScale } from "../../../src/report/notebook/scale.ts";
import { walkFiles } from "../../walk.ts";
import { HOSTILE } from "../html_sample.ts";

/** What a front end shows: a table in HTML, a drawing as SVG. */
const html = (shown: ReturnType<typeof table>) => {
  const bundle = shown[JUPYTER_DISPLAY]();
  return String(bundle["text/html"] ?? bundle["image/svg+xml"]);
};
const text = (shown: ReturnType<typeof table>) => shown[JUPYTER_DISPLAY]()["text/plain"];

Deno.test("the display method has the name that the kernel asks for", () => {
  assertEquals(Symbol.keyFor(JUPYTER_DISPLAY), "Jupyter.display");
});

Deno.test("table() shows records, the columns asked for and how many rows there are", () => {
  const rows = Array.from({ length: 30 }, (_, i) => ({ i, share: i / 7, none: null, text: "t" }));
  const shown = table(rows, { columns: ["i", "share", "none"], limit: 2 });
  assertEquals(text(shown), "i   share  none\n0       0     –\n1  0.1429     –\n2 of 30 rows");
  assertStringIncludes(html(shown), '<td class="num">0.1429</td>');
  assertEquals(html(shown).match(/<tr>/g)?.length, 3);
});

Deno.test("table() shows tables of the core and refuses columns that they lack", () => {
  const given = { columns: ["a", "b"], rows: [["x", 1]] };
  assertEquals(text(table(given, { columns: ["b"] })), "b\n1");
  assertThrows(() => table(given, { columns: ["c"] }), RangeError, 'Found no column "c"');
  assertEquals(text(table([])), "");
});

Deno.test("table() and plot() show hostile text as text", () => {
  const rows = HOSTILE.map((prompt) => ({ prompt, [HOSTILE[0]!]: { prompt } }));
  const drawn = plot(
    [{ type: "bar", name: HOSTILE[1], x: HOSTILE, y: HOSTILE.map((_, i) => i) }],
    { title: HOSTILE[2]!, xaxis: { title: HOSTILE[3]! }, yaxis: { title: HOSTILE[4]! } },
  );
  for (const shown of [table(rows), drawn]) {
    assertEquals(html(shown).match(/<(script|img|a\b|!--|b>)/gi), null);
    assertLessOrEqual(html(shown).length, 20_000);
  }
});

const DRAWN: [name: string, traces: Record<string, unknown>[], marks: RegExp, count: number][] = [
  ["lines", [{ x: [0, 1, 2], y: [1, 0, 1] }], /<polyline points="\S+ \S+ \S+"/g, 1],
  ["points", [{ x: ["a", "b"], y: [1, 2], mode: "markers" }], /<circle/g, 2],
  ["bars", [{ type: "bar", x: ["a", "b"], y: [1, -2] }], /<rect/g, 2],
  ["lying bars", [{ type: "bar", orientation: "h", x: [1, 2], y: ["a", "b"] }], /<rect/g, 2],
  ["heat maps", [{ type: "heatmap", z: [[1, 2, 3], [4, null, 6]] }], /<rect/g, 5],
  ["typed arrays", [{ y: Float64Array.of(1, 2, 3), mode: "markers" }], /<circle/g, 3],
  ["gaps", [{ x: [0, 1, 2], y: [1, null, NaN], mode: "markers" }], /<circle/g, 1],
  ["one point", [{ x: [5], y: [5], mode: "markers" }], /<circle/g, 1],
  ["nothing", [{ x: [], y: [] }], /<circle|<rect/g, 0],
  ["no series", [], /<circle|<rect/g, 0],
];

for (const [name, traces, marks, count] of DRAWN) {
  Deno.test(`plot() draws ${name} where Plotly is missing`, () => {
    const svg = html(plot(traces));
    assertEquals(svg.match(marks)?.length ?? 0, count);
    assert(!/NaN|Infinity|undefined/.test(svg), svg);
  });
}

Deno.test("plot() gives Plotly plain arrays and titles that it reads", () => {
  const shown = plot([{ y: Float64Array.of(1) }], {
    title: "T",
    xaxis: { title: "X", range: [0, 1] },
  });
  const bundle = shown[JUPYTER_DISPLAY]();
  assertEquals(bundle["application/vnd.plotly.v1+json"], {
    data: [{ y: [1] }],
    layout: { title: { text: "T" }, xaxis: { title: { text: "X" }, range: [0, 1] } },
  });
});

Deno.test("a scale of numbers keeps their order and has ticks within the axis", () => {
  const axis = { axis: {}, zero: false, band: false };
  fc.assert(fc.property(
    fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 9 }),
    (values) => {
      const scale = createScale(values, [0, 100], axis);
      const sorted = values.toSorted((a, b) => a - b).map((value) => scale.at(value));
      assert(
        sorted.every((at, i) =>
          at >= -1e-6 && at <= 100 + 1e-6 && at >= (sorted[i - 1] ?? 0) - 1e-6
        ),
      );
      assert(scale.ticks.length >= 1 && scale.ticks.length < 20);
      for (const { at } of scale.ticks) assert(at > -1e-3 && at < 100.001);
    },
  ));
});

Deno.test("show() says that it needs a notebook", async () => {
  const error = await assertRejects(() => show("text"), MicroLmError);
  assertEquals(error.kind, "usage");
});

interface Notebook {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly source: readonly string[];
  }[];
  readonly metadata: { readonly kernelspec: { readonly name: string } };
}

Deno.test("notebooks import the core alone and keep cells short", () => {
  const files = walkFiles("notebooks", ".ipynb").filter((file) => !file.includes("checkpoints"));
  assert(files.length >= 3);
  for (const file of files) {
    const { cells, metadata } = JSON.parse(Deno.readTextFileSync(file)) as Notebook;
    assertEquals(metadata.kernelspec.name, "deno");
    const code = cells.filter((cell) => cell.cell_type === "code");
    assert(code.length > 3 && cells.length > code.length, `${file} explains nothing`);
    for (const { source } of code) {
      assertLessOrEqual(source.length, 25, `${file}: ${source[0]}`);
    }
    const text = code.flatMap((cell) => cell.source).join("");
    const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((found) =>
      found[1]
    );
    assertEquals(
      imports.filter((path) => !/^\.\.\/(src\/[a-z]+\/)?mod\.ts$/.test(path!)),
      [],
      file,
    );
  }
});
