import { assertEquals, assertStringIncludes } from "@std/assert";
import { auditPage } from "./page_samples.ts";

Deno.test("renderAuditReport() says first what came out, and shows what it refutes", () => {
  const page = auditPage();
  assertStringIncludes(
    page,
    '<p class="lead">The evidence alone accepts an action in 75.0% of 40 prompts; of those 13.3%',
  );
  assertStringIncludes(page, "it refutes 75.0%, of the right ones 5.0%");
  const refuted = page.slice(page.indexOf('id="refuted"'), page.indexOf('id="reasons"'));
  const answers = [...refuted.matchAll(/<tr><td>(\w+)<\/td><td class="prompt">([^<]*)</g)];
  assertEquals(answers.map(([, was, prompt]) => [was, prompt]), [
    ["right", "water it"],
    ["wrong", "paint the fence"],
  ]);
  assertStringIncludes(page, "The strongest first; 100 of 4 at most.");
});

Deno.test("renderAuditReport() shows hostile prompts as text", () => {
  assertEquals(auditPage().match(/<(img|iframe|!--)|\son\w+="/gi), null);
});
