import { assert, assertEquals, assertLessOrEqual, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { createProgress } from "../../src/cli/progress.ts";

function probe(label = "encode", columns = 80): {
  drawn: string[];
  at: (ms: number) => void;
  bar: ReturnType<typeof createProgress>;
} {
  let time = 0;
  const drawn: string[] = [];
  const bar = createProgress(label, {
    write: (text) => drawn.push(text),
    now: () => time,
    columns: () => columns,
  });
  return { drawn, bar, at: (ms) => time = ms };
}

/** Seconds that a drawing says are left. */
function secondsLeft(text: string): number {
  const [, amount, unit] = /, ([\d.]+) (s|min|h) left/.exec(text)!;
  return Number(amount) * { s: 1, min: 60, h: 3600 }[unit as "s" | "min" | "h"];
}

Deno.test("createProgress() stays silent for two seconds", () => {
  const { drawn, bar, at } = probe();
  at(1999);
  bar.update(1, 10);
  bar.end();
  assertEquals(drawn, []);
});

Deno.test("createProgress() draws share and time left, then wipes itself", () => {
  const { drawn, bar, at } = probe();
  at(3000);
  bar.update(3, 4);
  bar.update(4, 4);
  bar.end();
  assertEquals(drawn.length, 2);
  assertStringIncludes(drawn[0]!, "3/4, 1 s left");
  assertEquals(drawn[1], "\r\x1b[K");
});

Deno.test("createProgress() counts the time left of each part from its own start", () => {
  const { drawn, bar, at } = probe();
  bar.begin("first");
  at(10_000);
  bar.update(10, 10);
  bar.begin("second");
  at(14_000);
  bar.update(0.2, 1);
  bar.begin("second");
  at(16_000);
  bar.update(0.256, 1);
  assertStringIncludes(drawn[0]!, "encode: first");
  assertStringIncludes(drawn[1]!, "encode: second");
  assertStringIncludes(drawn[1]!, "20%, 16 s left");
  assertStringIncludes(drawn[2]!, "25%, 18 s left");
});

Deno.test("createProgress() fits into a line of any terminal, whatever its label and numbers are", () => {
  fc.assert(fc.property(
    fc.string({ maxLength: 120 }),
    fc.integer({ min: 1, max: 200 }),
    fc.nat({ max: 1e9 }),
    fc.nat({ max: 1e9 }),
    (label, columns, done, more) => {
      const { drawn, bar, at } = probe(label, columns);
      at(5000);
      bar.update(done, done + more);
      const shown = drawn[0]!.slice("\r".length, -"\x1b[K".length);
      assertLessOrEqual(shown.length, columns - 1 < 0 ? 0 : columns - 1);
      if (columns >= 60 && label.length > 0) assert(/█|·/.test(shown), shown);
    },
  ));
});

Deno.test("createProgress() says the time that is left, also after a slow start", () => {
  const { drawn, bar, at } = probe();
  const [slow, total] = [30_000, 200];
  // Half a minute of loading, then 10 units a second
  for (let done = 1; done <= total; done++) {
    at(slow + 100 * done);
    bar.update(done, total);
  }
  for (const [i, text] of drawn.entries()) {
    if (i < 110) continue;
    const done = Number(/(\d+)\/200/.exec(text)![1]);
    const truth = (total - done) / 10;
    assertLessOrEqual(Math.abs(secondsLeft(text) - truth), 1.01, text);
  }
  assertEquals(secondsLeft(drawn.at(-1)!), 0);
});

Deno.test("createProgress() counts long times in minutes and hours", () => {
  const { drawn, bar, at } = probe();
  at(10_000);
  bar.update(1, 31);
  at(20_000);
  bar.update(2, 7203);
  assertStringIncludes(drawn[0]!, "5 min left");
  assertStringIncludes(drawn[1]!, "20.0 h left");
});
