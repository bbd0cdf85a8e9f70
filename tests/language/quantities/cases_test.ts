import { assertEquals } from "@std/assert";
import { readQuantities } from "../../../src/language/quantities/read.ts";
import { tokenize } from "../../../src/language/tokens/tokens.ts";
import type { Phrase } from "./phrases.ts";
import { MARKET, reading } from "./reading.ts";

/** Prompts that were acted on wrongly, and what has to be read from them now. */
const CASES: Readonly<Record<string, readonly Phrase[]>> = {
  "money of other currencies is no number of coins": [
    ["deposit US$500 of ETH into aave", "money 500"],
    ["deposit A$500 of ETH into aave", "!money"],
    ["swap €100 of ETH for USDC", "!money"],
    ["swap £100 of ETH for USDC", "!money"],
    ["swap 100 EUR worth of ETH for USDC", "!money"],
    ["deposit 500 CHF of ETH into aave", "!money"],
    ["deposit 1000 wei of ETH into aave", "amount 0.000000000000001 as ETH"],
    ["deposit 5 sats of BTC into aave", "amount 0.00000005 as BTC"],
    ["deposit 500 cents of ETH into aave", "money 5"],
  ],
  "fractions keep their numerator": [
    ["swap ½ ETH for USDC", "amount 0.5"],
    ["deposit ¼ ETH into aave", "amount 0.25"],
    ["withdraw ½ of my ETH from aave", "fraction 0.5"],
    ["deposit  1/2 ETH into aave", "amount 0.5"],
    ["deposit: 1/2 ETH into aave", "amount 0.5"],
    ["deposit - 1/2 ETH into aave", "amount 0.5"],
    ["withdraw  3/4 ETH from aave", "amount 0.75"],
  ],
  "number words are read to their end": [
    ["deposit two and a half ETH into aave", "amount 2.5"],
    ["withdraw one and a half ETH from aave", "amount 1.5"],
    ["borrow two and a half thousand USDC from aave", "amount 2500"],
    ["deposit one point five ETH into aave", "amount 1.5"],
    ["deposit zero point five ETH into aave", "amount 0.5"],
    ["deposit half a million USDC into aave", "amount 500000"],
    ["deposit a quarter million USDC into aave", "amount 250000"],
    ["deposit 3 dozen ETH into aave", "amount 36"],
    ["deposit half a dozen ETH into aave", "amount 6"],
  ],
  "groups of digits are one number": [
    ["swap 10 000 USDC for ETH", "amount 10000"],
    ["swap 12 345 678 USDC for ETH", "amount 12345678"],
    ["repay 2 500 DAI", "amount 2500"],
    ["deposit 1'000 USDC into aave", "amount 1000"],
    ["deposit 1_000 USDC into aave", "amount 1000"],
    ["deposit 5 lakh USDC into aave", "amount 500000"],
    ["borrow 1.900,00 USDC from aave", "amount 1900"],
    ["borrow 0,9 ETH from aave", "amount 0.9"],
    ["borrow some USDC from aave", "!approximate"],
  ],
  "ranges, limits, signs and repetitions are no amount": [
    ["deposit 5-10 ETH into aave", "!range"],
    ["deposit 5 or 10 ETH into aave", "!range"],
    ["deposit between 5 and 10 ETH into aave", "!range"],
    ["deposit less than 5 ETH into aave", "!bound"],
    ["withdraw -5 ETH from aave", "!unreadable"],
    ["borrow -100 USDC from aave", "!unreadable"],
    ["deposit 2 x 5 ETH into aave", "!unreadable"],
    ["deposit 5*10^3 USDC into aave", "!unreadable"],
    ["swap 10 ETH for USDC at 2500", "amount 10 | price 2500"],
    ["swap 1 ETH for USDC x3", "amount 1 | !multiplier"],
    ["deposit 10 ETH into aave twice", "amount 10 | !multiplier"],
  ],
  "what is kept is not what is moved": [
    ["deposit all but 1 ETH into aave", "!exception"],
    ["deposit everything except 1 ETH into aave", "!exception"],
    ["swap everything but 1 ETH to USDC", "!exception"],
    ["deposit all my ETH except 1 into aave", "all | !exception"],
    ["deposit my ETH but keep 0.1", "!exception"],
    ["repay all but 100 DAI on aave", "!exception"],
  ],
  "a home is read by the same rules": [
    ["set the bedroom to nineteen point five degrees", "amount 19.5"],
    ["set the bedroom to nineteen and a half degrees", "amount 19.5"],
    ["set the bedroom to 1 9 degrees", "!unreadable"],
    ["set the bedroom to at least 19 degrees", "!bound"],
  ],
  "what looks like an amount is written otherwise": [
    ["deposit ±5 ETH", "!approximate"],
    ["deposit %50 of my ETH", "!unreadable"],
    ["deposit --5 ETH", "!unreadable"],
    ["deposit ETH-5", "!unreadable"],
    ["deposit 5p of ETH", "!unreadable"],
    ["deposit 5xETH", "!unreadable"],
    ["deposit 5\ufe0f\u20e3 ETH", "!unreadable"],
    ["deposit 2:1 ETH", "!range"],
    ["deposit one hundred and one half ETH", "!unreadable"],
    ["deposit 1.5 ETH/2000 USDC", "amount 1.5 | amount 2000"],
    ["deposit 5 (five) ETH", "amount 5"],
    ["deposit 5 (six) ETH", "amount 5 | amount 6"],
    ["I'd like 5 ETH deposited", "amount 5"],
  ],
  "what hyphens join is read as if they were spaces": [
    ["deposit two-and-a-half ETH", "amount 2.5"],
    ["deposit two-and-a-half-thousand USDC", "amount 2500"],
    ["deposit twenty-two-hundred USDC", "amount 2200"],
    ["withdraw a 10-percent share", "percent 0.1"],
    ["withdraw ten per-cent of my ETH", "percent 0.1"],
  ],
  "what is nearly all, or not all, is not all": [
    ["withdraw nearly all my ETH", "!approximate"],
    ["withdraw almost everything", "!approximate"],
    ["withdraw not all of my ETH", "!exception"],
    ["withdraw not everything", "!exception"],
    ["above all, deposit 5 ETH", "amount 5"],
    ["deposit every ETH", "all"],
  ],
  "a share of a scale is multiplied, and of a thing is not": [
    ["deposit half a k USDC", "amount 500"],
    ["deposit half a grand of ETH", "money 500"],
    ["deposit ½ million USDC", "amount 500000"],
    ["deposit one and three quarters million USDC", "amount 1750000"],
    ["deposit a hundredth of a BTC", "amount 0.01"],
    ["deposit one millionth of an ETH", "amount 0.000001"],
    ["withdraw a 10th of my ETH", "fraction 0.1"],
    ["withdraw 1/10th of my ETH", "fraction 0.1"],
    ["withdraw a third of my 10 ETH", "amount 3.333333333333333333 of 10"],
    ["withdraw a quarter ETH", "amount 0.25"],
  ],
  "money is money however it is spelled": [
    ["deposit 500 U.S. dollars of ETH", "money 500"],
    ["deposit $five hundred of ETH", "money 500"],
    ["deposit a 500-dollar amount", "money 500"],
    ["deposit five-hundred-dollar amount", "money 500"],
    ["deposit 500 dolars of ETH", "money 500"],
    ["deposit $USD 5 of ETH", "money 5"],
    ["deposit $1 million and a half of ETH", "money 1500000"],
    ["deposit Rs 500 of ETH", "!money"],
    ["deposit 500 kr of ETH", "!money"],
    ["deposit 100 canadian", "!money"],
    ["deposit ¢50 of ETH", "!unreadable"],
    ["deposit fifty p of ETH", "!unreadable"],
  ],
  "limits stand behind the number too": [
    ["deposit 5 or less ETH", "!bound"],
    ["deposit max. 5 ETH", "!bound"],
    ["deposit min. 5 ETH", "!bound"],
    ["deposit 5~ ETH", "!approximate"],
    ["deposit 5? ETH", "!approximate"],
    ["deposit 5 ETH?", "amount 5"],
    ["deposit my total balance", "all"],
    ["deposit the whole of my ETH", "all"],
    ["deposit 3 millions PEPE", "amount 3000000"],
    ["deposit millions of PEPE", "!approximate"],
    ["deposit 1.2 cr PEPE", "amount 12000000"],
    ["deposit 0b101 ETH", "!unreadable"],
  ],
  "slang and broken numbers are refused": [
    ["deposit 5 large", "!unreadable"],
    ["deposit five hundo", "!unreadable"],
    ["deposit 5Gs", "!unreadable"],
    ["deposit 5kk USDC", "!unreadable"],
    ["deposit 1__000 USDC", "!unreadable"],
    ["deposit 5e3k USDC", "!unreadable"],
    ["deposit fiveish ETH", "!approximate"],
    ["deposit 50/50", "!unreadable"],
    ["sell 1.5 INJ at price 25000.5", "amount 1.5 | price 25000.5"],
  ],
};

for (const [name, phrases] of Object.entries(CASES)) {
  Deno.test(`readQuantities(): ${name}`, () => {
    for (const [text, expected] of phrases) assertEquals(reading(text), expected, text);
  });
}

Deno.test("readQuantities() says why it refuses", () => {
  const kinds: readonly (readonly [string, string])[] = [
    ["deposit 1,2,3 ETH", "malformed"],
    ["deposit 10.000 USDC", "ambiguous"],
    ["deposit 0 ETH", "zero"],
    ["deposit -5 ETH", "negative"],
    ["deposit NaN ETH", "not_finite"],
    ["deposit 0x10 ETH", "hex"],
    ["deposit 10² ETH", "digit_form"],
    ["deposit 1e1000 ETH", "too_long"],
    ["deposit 1.5 wei", "inexact"],
    ["withdraw 101% of my ETH", "over_whole"],
    ["deposit €5 of ETH", "currency"],
    ["deposit 5-6 ETH", "range"],
    ["deposit up to 5 ETH", "bound"],
    ["deposit about 5 ETH", "approximate"],
    ["deposit some ETH", "vague"],
    ["deposit all but 1 ETH", "exception"],
    ["deposit the rest of my ETH", "rest"],
    ["double my position", "multiplier"],
    ["deposit 2+3 ETH", "arithmetic"],
  ];
  for (const [text, kind] of kinds) {
    const [quantity] = readQuantities(tokenize(text), MARKET);
    assertEquals(quantity?.refusal?.kind, kind, text);
  }
});

Deno.test("readQuantities() covers what belongs to a quantity and not its asset", () => {
  const spans: readonly (readonly [string, string])[] = [
    ["deposit 500 dollars' worth of ETH", "500 dollars' worth"],
    ["deposit 1000 wei of ETH", "1000 wei"],
    ["deposit 10 000 USDC", "10 000"],
    ["withdraw three quarters of an ETH", "three quarters of an"],
    ["withdraw half of my ETH", "half"],
    ["withdraw 2 of my 5 ETH", "2 of my 5"],
    ["deposit in 2 hours", "in 2 hours"],
    ["deposit at the end of the month", "at the end of the month"],
    ["swap at 20 USDC", "at 20"],
  ];
  for (const [text, expected] of spans) {
    const tokens = tokenize(text);
    const [quantity] = readQuantities(tokens, MARKET);
    const said = text.slice(tokens[quantity!.from]!.start, tokens[quantity!.to - 1]!.end);
    assertEquals(said, expected, text);
  }
});

Deno.test("readQuantities() knows no market unless it is told of one", () => {
  assertEquals(reading("heat the room at 20 degrees", {}), "amount 20");
  assertEquals(reading("deposit 5 wei", {}), "amount 5");
});
