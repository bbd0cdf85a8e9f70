import { assertEquals, assertStringIncludes } from "@std/assert";
import { stagesPage } from "../report/page_samples.ts";

Deno.test("renderStagesReport() shows hostile names as text and runs no script of theirs", () => {
  const page = stagesPage();
  assertEquals(page.includes("<script>alert"), false);
  assertEquals(page.includes("<img"), false);
  for (
    const part of ["F1 over the seeds", "false positives removed", ">FAIL<", "Kinds of findings"]
  ) {
    assertStringIncludes(page, part);
  }
});
