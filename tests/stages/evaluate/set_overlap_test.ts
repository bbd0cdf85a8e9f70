import { assertEquals } from "@std/assert";
import { measureSetOverlap } from "../../../src/stages/evaluate/set_overlap.ts";

const row = (text: string, file: string) => ({
  id: "",
  text,
  file,
  label: "TP" as const,
  smell: "use_of_http",
  tech: "chef",
});

Deno.test("measureSetOverlap() sees through case, quotes and invisible characters", () => {
  const earlier = [row("Password => 'x'", "a.rb"), row("url: http://m", "")];
  const later = [
    row('password => "x"', "b.rb"),
    row("url: http://\u200Bm", ""),
    row("new", "a.rb"),
    row("newer", "a.rb"),
  ];
  assertEquals(measureSetOverlap(earlier, later), {
    rows: 4,
    shared_rows: 2,
    files: 2,
    shared_files: 1,
    rows_of_shared_files: 2,
  });
});
