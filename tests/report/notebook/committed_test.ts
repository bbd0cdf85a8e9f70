import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { walkFiles } from "../../walk.ts";

interface Cell {
  readonly cell_type: "code" | "markdown";
  readonly source: readonly string[];
  readonly execution_count?: number | null;
  readonly outputs?: readonly {
    readonly output_type: string;
    readonly text?: readonly string[];
    readonly data?: Readonly<Record<string, readonly string[]>>;
  }[];
}

const NOTEBOOKS = walkFiles("notebooks", "").filter((path) =>
  path.endsWith(".ipynb") && !path.includes(".ipynb_checkpoints")
).map((path) => {
  const text = Deno.readTextFileSync(path);
  const { cells } = JSON.parse(text) as { readonly cells: readonly Cell[] };
  return { path, text, code: cells.filter(({ cell_type }) => cell_type === "code") };
});

/** Lines that a cell may print: more is a dump that nobody reads. */
const MOST_LINES = 40;
const MOST_IMPORTS = 5;

for (const { path, text, code } of NOTEBOOKS) {
  Deno.test(`${path} was run as it stands, and shows it on a code host`, () => {
    assertEquals(code.map(({ execution_count }) => execution_count), code.map((_, i) => i + 1));
    for (const { source, outputs = [] } of code) {
      const isShown = source.some((line) => line.startsWith("await show("));
      assertEquals(outputs.length > 0, isShown, source.join(""));
      for (const { output_type, data = {}, text: said = [] } of outputs) {
        // An error, or a value that a cell left behind by mistake
        assert(["display_data", "stream"].includes(output_type), output_type);
        const plain = [data["text/plain"] ?? [], said].flat().join("");
        assertLessOrEqual(plain.split("\n").length, MOST_LINES);
        // Code hosts throw drawings within HTML away
        assert(!(data["text/html"] ?? []).join("").includes("<svg"));
        if ("application/vnd.plotly.v1+json" in data) assert("image/svg+xml" in data);
      }
    }
    assert(!/file:\/\/|"\/(tmp|home|root)\//.test(text), "It names places of a machine");
  });

  Deno.test(`${path} begins with few imports`, () => {
    const lines = code[0]!.source.filter((line) => line.startsWith("import "));
    assert(lines.length > 0);
    assertLessOrEqual(lines.length, MOST_IMPORTS);
    assertEquals(lines.length, code[0]!.source.length);
  });
}

Deno.test("there are notebooks", () => assertLessOrEqual(5, NOTEBOOKS.length));
