import { assertEquals } from "@std/assert";
import {
  AMOUNT_PHRASES,
  MONEY_PHRASES,
  type Phrase,
  REFUSED_PHRASES,
  SHARE_PHRASES,
  WHEN_PHRASES,
} from "./phrases.ts";
import { reading } from "./reading.ts";

const TABLES: Readonly<Record<string, readonly Phrase[]>> = {
  amounts: AMOUNT_PHRASES,
  money: MONEY_PHRASES,
  shares: SHARE_PHRASES,
  "what has no one value": REFUSED_PHRASES,
  "times and prices": WHEN_PHRASES,
};

for (const [name, phrases] of Object.entries(TABLES)) {
  Deno.test(`readQuantities() reads ${name} as the table says`, async (t) => {
    for (const [text, expected] of phrases) {
      await t.step(text, () => assertEquals(reading(text), expected));
    }
  });
}
