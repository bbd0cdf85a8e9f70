import { assertEquals, assertRejects } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { openDomain, openLabels, SHIPPED_NAMES } from "../../src/domains/registry.ts";

Deno.test("openLabels() opens each domain with all but its planner, or whole", async () => {
  for (const name of [...SHIPPED_NAMES, "generic"]) {
    const { planner: whole, ...domain } = await openDomain(name);
    const { planner, ...labels } = await openLabels(name);
    assertEquals(labels, domain);
    assertEquals(planner === null || planner === whole, true);
  }
  const { planner: _, canonicalLabel: one, ...home } = await openLabels("examples/home");
  const { planner: __, canonicalLabel: other, ...same } = await openDomain("examples/home");
  assertEquals([home.name, home.primitives, one("switch_on")], [
    same.name,
    same.primitives,
    other("switch_on"),
  ]);
  await assertRejects(() => openLabels("defy"), MicroLmError, 'Unknown domain "defy"');
});
