import { assertEquals, assertStringIncludes } from "@std/assert";
import { createProgress } from "../../src/cli/progress.ts";

function probe(): {
  drawn: string[];
  at: (ms: number) => void;
  bar: ReturnType<typeof createProgress>;
} {
  let time = 0;
  const drawn: string[] = [];
  const bar = createProgress("encode", { write: (text) => drawn.push(text), now: () => time });
  return { drawn, bar, at: (ms) => time = ms };
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
