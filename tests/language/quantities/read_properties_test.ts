import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { readQuantities } from "../../../src/language/quantities/read.ts";
import { tokenize } from "../../../src/language/tokens/tokens.ts";
import { MARKET } from "./reading.ts";

const read = (text: string) => readQuantities(tokenize(text), MARKET);

/** Decimals without trailing noughts, above zero: the digits before and behind the point. */
const decimals = fc.tuple(
  fc.bigInt({ min: 0n, max: 10n ** 30n }),
  fc.stringMatching(/^(?:\d{0,17}[1-9])?$/),
).filter(([whole, part]) => whole > 0n || part !== "");

function grouped(whole: bigint, sign: string): string {
  return whole.toString().replace(/\B(?=(?:\d{3})+$)/g, sign);
}

/** Each convention writes a decimal; null where the writing would be that of another number. */
const CONVENTIONS: Readonly<Record<string, (whole: bigint, part: string) => string | null>> = {
  "1234.5": (whole, part) => part === "" ? `${whole}` : `${whole}.${part}`,
  "1,234.5": (whole, part) => grouped(whole, ",") + (part === "" ? "" : `.${part}`),
  "1.234,5": (whole, part) =>
    part === "" || whole < 1000n ? null : `${grouped(whole, ".")},${part}`,
  "1.234.567": (whole, part) => part !== "" || whole < 10n ** 6n ? null : grouped(whole, "."),
  "1 234.5": (whole, part) => grouped(whole, " ") + (part === "" ? "" : `.${part}`),
  "1 234,5 with a narrow space": (whole, part) =>
    part === "" || whole < 1000n ? null : `${grouped(whole, "\u202f")},${part}`,
  "1'234.5": (whole, part) => grouped(whole, "'") + (part === "" ? "" : `.${part}`),
  "1_234.5": (whole, part) => grouped(whole, "_") + (part === "" ? "" : `.${part}`),
  "12345e-1": (whole, part) => `${BigInt(whole + part)}e-${part.length}`,
  "１２３.５": (whole, part) =>
    `${whole}${part && "."}${part}`.replace(/\d/g, (d) => String.fromCodePoint(0xff10 + Number(d))),
};

for (const [name, write] of Object.entries(CONVENTIONS)) {
  Deno.test(`readQuantities() reads back any decimal written as ${name}`, () => {
    fc.assert(
      fc.property(decimals, ([whole, part]) => {
        const text = write(whole, part);
        if (text === null) return;
        const exact = part === "" ? `${whole}` : `${whole}.${part}`;
        const [quantity, ...more] = read(`deposit ${text} ETH into aave`);
        assertEquals(more, []);
        assertEquals([quantity?.kind, quantity?.value, quantity?.refusal], [
          "amount",
          exact,
          undefined,
        ]);
      }),
      { numRuns: 300 },
    );
  });
}

const ONES =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen \
fifteen sixteen seventeen eighteen nineteen".split(" ");
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const SCALES = ["", "thousand", "million", "billion"];

function belowThousand(value: number, link: string): string {
  const rest = value % 100;
  const low = rest < 20
    ? ONES[rest]!
    : TENS[Math.floor(rest / 10) - 2]! + (rest % 10 ? `-${ONES[rest % 10]}` : "");
  if (value < 100) return low;
  return `${ONES[Math.floor(value / 100)]} hundred${rest ? link + low : ""}`;
}

function inWords(value: number, link: string): string {
  const groups: string[] = [];
  for (let [rest, at] = [value, 0]; rest > 0; rest = Math.floor(rest / 1000), at++) {
    if (rest % 1000 === 0) continue;
    groups.unshift(`${belowThousand(rest % 1000, link)} ${SCALES[at]}`.trim());
  }
  return groups.join(" ");
}

Deno.test("readQuantities() reads back any number written in words", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 999_999_999_999 }),
      fc.constantFrom(" ", " and "),
      (n, link) => {
        const quantities = read(`deposit ${inWords(n, link)} USDC`);
        assertEquals(quantities.map(({ kind, value }) => [kind, value]), [["amount", `${n}`]]);
      },
    ),
    { numRuns: 1000 },
  );
});

Deno.test("readQuantities() rounds nothing", () => {
  const values = [
    "0.1",
    "0.2",
    "0.30000000000000004",
    "0.000000000000000001",
    "123456789012345678901234567890",
    "9007199254740993",
    "115792089237316195423570985008687907853269984665640564039457584007913129639935",
    "1234567890.123456789012345678",
  ];
  for (const value of values) assertEquals(read(`deposit ${value} ETH`)[0]!.value, value);
  assertEquals(read("swap 123456789012345678901 wei")[0]!.value, "123.456789012345678901");
  assertEquals(read("withdraw 33.333333333333333333% of it")[0]!.value, "0.33333333333333333333");
  assertEquals(read("withdraw 10% of my 0.3 ETH")[0]!.value, "0.03");
  assertEquals(read("withdraw 1/3 of my ETH")[0]!.ratio, ["1", "3"]);
});

const PIECES =
  ("5 10 0.5 1,5 half a an of my the ETH USDC $ € % - + x / , . and or to all but except max " +
    "up about two hundred thousand million point quarter third 1/2 ½ k 5k at in days every ( ) # 0x1")
    .split(" ");

Deno.test("readQuantities() gives ordered spans that lie within the prompt and over no other", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...PIECES), { maxLength: 24 }),
      fc.constantFrom(" ", ""),
      (pieces, gap) => {
        const tokens = tokenize(pieces.join(gap));
        let last = 0;
        for (const { from, to, value, kind, refusal } of readQuantities(tokens, MARKET)) {
          assert(from >= last && to > from && to <= tokens.length, `${from} ${to}`);
          if (value !== undefined) assert(/^(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/.test(value), value);
          if (/^(?:amount|money|fraction|percent)$/.test(kind)) {
            assert(value !== undefined || refusal);
          }
          last = to;
        }
      },
    ),
    { numRuns: 3000 },
  );
});

Deno.test("readQuantities() leaves no digit outside of its spans and of names", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...PIECES), { maxLength: 16 }),
      (pieces) => {
        const tokens = tokenize(pieces.join(" "));
        const covered = new Set<number>();
        for (const { from, to } of readQuantities(tokens, MARKET)) {
          for (let at = from; at < to; at++) covered.add(at);
        }
        tokens.forEach(({ kind, text }, at) => {
          assert(kind !== "number" || covered.has(at), `${text} in ${pieces.join(" ")}`);
        });
      },
    ),
    { numRuns: 3000 },
  );
});

const STRETCHES = [
  ..."5,.'_ -+/*$%€½(:;#@~x\u200bаÉ²٥".split(""),
  "1,",
  "1.",
  "1 ",
  "000 ",
  "5 or ",
  "5-",
  "a-",
  "A-",
  "A.",
  "a.a",
  "1/",
  "one ",
  "hundred ",
  "thousand ",
  "point ",
  "and a half ",
  "about ",
  "max ",
  "all but ",
  "of my ",
  "every ",
  "in 5 ",
  "0x",
  "5 (5) ",
  "5+5*",
];

Deno.test("readQuantities() reads 10,000 characters of anything in linear time", () => {
  for (const stretch of STRETCHES) {
    const text = stretch.repeat(Math.ceil(10_000 / stretch.length));
    // 3 to 15 ms when the processor is free, more when it is shared; quadratic time takes seconds
    let best = Infinity;
    for (let run = 0; run < 20 && best >= 20; run++) {
      const start = performance.now();
      read(text);
      best = Math.min(best, performance.now() - start);
    }
    assert(best < 60, `${JSON.stringify(stretch)}: ${best.toFixed(1)} ms`);
  }
});
