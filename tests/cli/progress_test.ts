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
