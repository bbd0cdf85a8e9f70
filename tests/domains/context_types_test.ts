import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { z } from "zod";
import { openDomain } from "../../src/domains/registry.ts";
import { InputShapeError } from "../../src/core/read_input.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import { readPolicy } from "../../src/run/policy/policy.ts";

for (const name of ["defi", "arc", "examples/home"]) {
  Deno.test(`the shape of a context of ${name} is a JSON schema that admits no other key`, async () => {
    const { planner } = await openDomain(name);
    const schema = z.toJSONSchema(planner!.contextType!, { io: "input" });
    assertEquals([schema.type, schema.additionalProperties], ["object", false]);
    assertThrows(() => planner!.readContext({ nonsense: 1 }, readPolicy({}) as never));
  });
}

Deno.test("a folder's facts are typed", async () => {
  const { planner } = await openDomain("examples/home");
  const { properties } = z.toJSONSchema(planner!.contextType!, { io: "input" });
  const types = Object.values(properties!).map((fact) => (fact as { type: string }).type);
  assertMatch(types.join(), /^(boolean|number|string)(,(boolean|number|string))*$/);
});

Deno.test("a wrong shape and a contradiction are told apart", async () => {
  const { planner } = await openDomain("defi");
  const read = (context: unknown) => planner!.readContext(context, { liq_threshold: 0.8 } as never);
  assertThrows(() => read({ prices: { ETH: 0 } }), InputShapeError, "a number above 0");
  assertThrows(() => readPolicy({ ltv_max: 2 }), InputShapeError, "from 0 to 1");
  const error = assertThrows(() => read({ prices: { ETH: 1, eth: 2 } }), MicroLmError);
  assertEquals(error instanceof InputShapeError, false);
});
