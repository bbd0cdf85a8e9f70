import { assert, assertEquals } from "@std/assert";
import { decide } from "../../src/evaluate/decide.ts";
import { createNoveltyMeter, knownColumns } from "../../src/mapper/novelty.ts";

const TRAINING = ["deposit 10 ETH into aave", "swap 2 ETH for USDC", "claim my rewards"];

Deno.test("novelty is 0 for the training, less for its neighbours than for strangers, 1 for nothing", async () => {
  const novelty = createNoveltyMeter(await knownColumns(TRAINING));
  const [near, far, empty, ...same] = await novelty([
    "please deposit 5 ETH into aave",
    "how tall is the Eiffel tower?",
    "",
    ...TRAINING,
  ]);
  assertEquals(same, [0, 0, 0]);
  assert(near! > 0 && near! < 0.5 && far! > 0.8);
  assertEquals(empty, 1);
});

Deno.test("an operating point can gate on novelty", () => {
  const point = { threshold: 0.5, maxNovelty: 0.4 };
  const at = (novelty: number) => decide([0.9, 0.1], ["go", "stay"], point, novelty);
  assertEquals([at(0.4).label, at(0.41).label, at(0.41).reason], ["go", null, "out_of_scope"]);
  let refused = false;
  try {
    decide([0.9, 0.1], ["go", "stay"], point);
  } catch (error) {
    refused = error instanceof RangeError;
  }
  assert(refused, "a limit on what was not measured is a mistake");
});
