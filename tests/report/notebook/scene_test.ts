import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { JUPYTER_DISPLAY, plot } from "../../../src/report/notebook/notebook.ts";
import { flattenScene, SCENE_REACH } from "../../../src/report/notebook/scene.ts";

const svgOf = (traces: Record<string, unknown>[], layout = {}) =>
  String(plot(traces, layout)[JUPYTER_DISPLAY]()["image/svg+xml"]);

const scatter = (points: readonly (readonly number[])[]) => ({
  type: "scatter3d",
  mode: "markers",
  x: points.map((p) => p[0]),
  y: points.map((p) => p[1]),
  z: points.map((p) => p[2]),
});

Deno.test("plot() draws points in three dimensions, where Plotly is missing, with the axes' names", () => {
  const cloud = scatter([[0, 0, 0], [1, 2, 3], [2, 1, 0], [NaN, 1, 1]]);
  const scene = { xaxis: { title: { text: "first <b>" } }, zaxis: { title: { text: "third" } } };
  const svg = svgOf([{ ...cloud, name: "cloud" }, { ...cloud, mode: "lines" }], { scene });
  assertEquals(svg.match(/<circle/g)?.length, 3);
  assertEquals(svg.match(/<polyline points="\S+ \S+ \S+"/g)?.length, 1);
  for (const text of ["first &lt;b&gt;", ">y<", "third", "cloud", "seen from one side"]) {
    assertStringIncludes(svg, text);
  }
  assert(!/NaN|Infinity|undefined/.test(svg), svg);
});

Deno.test("plot() draws a scene of one point, of none, and without numbers", () => {
  for (const points of [[[1, 1, 1]], [], [[NaN, 0, 0]]]) {
    const svg = svgOf([scatter(points)]);
    assertEquals(svg.match(/<circle/g)?.length ?? 0, points[0]?.[0] === 1 ? 1 : 0);
    assert(!/NaN|Infinity|undefined/.test(svg), svg);
  }
  assert(!/NaN|undefined/.test(svgOf([{ type: "scatter3d", x: "no", y: null }])));
});

Deno.test("flattenScene() keeps every point within its reach, and lines straight", () => {
  const coordinate = fc.integer({ min: -1e6, max: 1e6 });
  const points = fc.array(fc.tuple(coordinate, coordinate, coordinate), {
    minLength: 2,
    maxLength: 9,
  });
  fc.assert(fc.property(points, (cloud) => {
    const a = cloud[0]!;
    const b = cloud[1]!;
    const middle = a.map((value, i) => (value + b[i]!) / 2);
    const { traces: [trace] } = flattenScene([scatter([...cloud, middle])], {});
    for (const axis of ["x", "y"]) {
      const seen = trace![axis] as number[];
      for (const value of seen) assert(Math.abs(value) <= SCENE_REACH, `${value}`);
      assert(Math.abs(seen.at(-1)! - (seen[0]! + seen[1]!) / 2) < 1e-6);
    }
  }));
});

Deno.test("flattenScene() puts what is higher above, and keeps axes that point apart", () => {
  const { traces: [trace], axes } = flattenScene([scatter([[0, 0, 0], [0, 0, 1], [1, 1, 0]])], {});
  const [low, high] = trace!["y"] as number[];
  assert(high! > low!);
  const ends = axes.map(({ to }) => to.map((value) => value.toFixed(3)).join());
  assertEquals(new Set(ends).size, 3);
});

Deno.test("a legend of many long names takes more lines instead of leaving the picture", () => {
  const names = Array.from({ length: 12 }, (_, i) => `a series of number ${i}`);
  const svg = svgOf(names.map((name, i) => ({ name, y: [i, i + 1] })));
  const places = [...svg.matchAll(/<rect x="(\d+)" y="(-?\d+)" width="12"/g)];
  assertEquals(places.length, names.length);
  assert(places.every(([, x]) => Number(x) < 560));
  const [, top] = svg.match(/viewBox="0 (-?\d+)/)!;
  assert(places.every(([, , y]) => Number(y) > Number(top)));
  assertEquals(new Set(places.map(([, x, y]) => `${x} ${y}`)).size, names.length);
});
