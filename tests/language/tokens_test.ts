import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { tokenize } from "../../src/language/tokens/tokens.ts";

const NAMES = new Set(["1inch", "3crv", "usdc", "eth", "eth+", "bnb"]);
const isName = (norm: string) => NAMES.has(norm);
const norms = (text: string) => tokenize(text, { isName }).map(({ norm }) => norm).join("|");
const kinds = (text: string) => tokenize(text, { isName }).map(({ kind }) => kind).join("|");

const NORMS: readonly (readonly [string, string])[] = [
  ["swap 1,234.5 ETH", "swap|1,234.5|eth"],
  ["1.234,5", "1.234,5"],
  ["1'234 1’234 1_234", "1'234|1'234|1_234"],
  ["10 000 USDC", "10 000|usdc"],
  ["10\u202f000\u00a0000,5 USDC", "10 000 000,5|usdc"],
  ["1e18 5E-3 1e", "1e18|5e-3|1|e"],
  ["2½ ½ 2 ½", "2½|½|2|½"],
  ["0.5x .5 5. 5, 5", "0.5x|.5|5|.|5|,|5"],
  ["USDC.e ETH/USDC ETH-USDC $PLS", "usdc.e|eth/usdc|eth-usdc|$pls"],
  ["eth-usdc pool-b two-thirds", "eth-usdc|pool|-|b|two|-|thirds"],
  ["TWENTY-FIVE ALL/HALF", "twenty|-|five|all|/|half"],
  ["5ETH 10kUSDC 100BNB 1INCH 3crv", "5|eth|10k|usdc|100|bnb|1inch|3crv"],
  ["0xAbC123 0x12…ef 0x12...ef", "0xabc123|0x12...ef|0x12...ef"],
  ["US$500 A$5 $5", "us$|500|a$|5|$|5"],
  ["USD500 usd500", "usd|500|usd|500"],
  ["aave's don't dollars’ worth", "aave's|don't|dollars|'|worth"],
  ["vitalik.eth aave.Then p.m.", "vitalik.eth|aave|.|then|p.m|."],
  ["https://app.aave.com/?a=1 x", "https://app.aave.com/?a=1|x"],
  ["5–10 −5 1⁄2", "5|-|10|-|5|1|/|2"],
  ["a -> b → c ≥5 <=5", "a|->|b|->|c|>=|5|<=|5"],
  ["ETH+ ETH+5", "eth+|eth+|5"],
  ["5..6 a…", "5|..|6|a|..."],
  ["ETH/2000", "eth|/|2000"],
  ["“hi” «x»", '"|hi|"|"|x|"'],
  ["１０ ＥＴＨ", "10|eth"],
  ["1:30pm 24h 3rd 5ish", "1|:|30|pm|24|h|3rd|5ish"],
];

Deno.test("tokenize() cuts where the table says", async (t) => {
  for (const [text, expected] of NORMS) {
    await t.step(text, () => assertEquals(norms(text), expected));
  }
});

Deno.test("tokenize() tells words, numbers, names, signs and punctuation apart", () => {
  assertEquals(
    kinds("swap 5 USDC.e, (50%)!"),
    "word|number|symbol|punct|punct|number|mark|punct|punct",
  );
});

const FLAWS: readonly (readonly [string, string])[] = [
  ["1\u200b0", "invisible"],
  ["E\u00adTH", "invisible"],
  ["ЕTH", "mixed_script homoglyph"],
  ["ЕТН", "homoglyph"],
  ["ᴇᴛʜ", "homoglyph"],
  ["𝐄𝐓𝐇", "compatibility"],
  ["ＥＴＨ", "compatibility"],
  ["10²", "compatibility digit_form"],
  ["٥", "digit_form"],
  ["5mUSDC", "glued"],
];

Deno.test("tokenize() marks what is not written plainly", async (t) => {
  for (const [text, expected] of FLAWS) {
    await t.step(text, () => {
      const [token] = tokenize(text, { isName });
      assertEquals(
        (token!.flaws ?? []).toSorted().join(" "),
        expected.split(" ").toSorted().join(" "),
      );
    });
  }
});

Deno.test("tokenize() marks no word of another language and no accent", () => {
  for (const text of ["café", "naïve", "Überweisung", "привет", "ETH", "½", "“x”", "5–6"]) {
    for (const token of tokenize(text)) assertEquals(token.flaws, undefined, token.text);
  }
});

Deno.test("tokenize() leaves out nothing but white space and what prints nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      let end = 0;
      for (const token of tokenize(text)) {
        assert(token.start >= end && token.end > token.start);
        assert(
          /^[\s\p{Cf}\p{Cc}\p{M}\u115f\u1160\u3164\uffa0]*$/u.test(text.slice(end, token.start)),
        );
        assertEquals(text.slice(token.start, token.end), token.text);
        end = token.end;
      }
      assert(/^[\s\p{Cf}\p{Cc}\p{M}\u115f\u1160\u3164\uffa0]*$/u.test(text.slice(end)));
    }),
    { numRuns: 2000 },
  );
});
