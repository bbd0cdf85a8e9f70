/** Forms of a verb in which orders and reports differ. */
export type VerbForm = "base" | "gerund" | "participle" | "third";

/** Past forms that no rule gives. */
const IRREGULAR: Readonly<Record<string, readonly string[]>> = {
  buy: ["bought"],
  bring: ["brought"],
  draw: ["drew", "drawn"],
  get: ["got", "gotten"],
  give: ["gave", "given"],
  lend: ["lent"],
  make: ["made"],
  pay: ["paid"],
  put: ["put"],
  repay: ["repaid"],
  sell: ["sold"],
  send: ["sent"],
  set: ["set"],
  spend: ["spent"],
  stick: ["stuck"],
  take: ["took", "taken"],
  throw: ["threw", "thrown"],
  withdraw: ["withdrew", "withdrawn"],
  cut: ["cut"],
  leave: ["left"],
  wind: ["wound"],
  unwind: ["unwound"],
  shrink: ["shrunk"],
};
/** One syllable and one vowel: the last letter doubles. */
const DOUBLES = /^[^aeiou]*[aeiou][bdgklmnprt]$/;
const ALWAYS_DOUBLE = ["swap", "unwrap", "wrap", "commit", "reap"].filter((verb) =>
  verb !== "reap"
);

/**
 * Spellings of a verb by form; a particle stays behind it: "pay back", "paying back".
 *
 * @example
 * ```ts
 * import { verbForms } from "micro-lm/language";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(verbForms("swap"), {
 *   base: ["swap"],
 *   gerund: ["swapping"],
 *   participle: ["swapped"],
 *   third: ["swaps"],
 * });
 * assertEquals(verbForms("pay back").participle, ["paid back"]);
 * ```
 */
export function verbForms(verb: string): Readonly<Record<VerbForm, readonly string[]>> {
  const [first, ...particles] = verb.split(" ") as [string, ...string[]];
  const rest = particles.length === 0 ? "" : ` ${particles.join(" ")}`;
  const prefix = first.includes("-") ? first.slice(0, first.lastIndexOf("-") + 1) : "";
  const word = first.slice(prefix.length);
  const doubles = ALWAYS_DOUBLE.includes(word) || (DOUBLES.test(word) && word.length <= 5);
  const stem = doubles ? word + word.at(-1)! : word.replace(/e$/, "");
  const past = IRREGULAR[word] ??
    [/[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ied` : `${stem}ed`];
  const third = /(?:s|x|z|ch|sh)$/.test(word)
    ? `${word}es`
    : /[^aeiou]y$/.test(word)
    ? `${word.slice(0, -1)}ies`
    : `${word}s`;
  const spell = (form: string) => `${prefix}${form}${rest}`;
  return {
    base: [verb],
    gerund: [spell(`${stem}ing`)],
    participle: past.map(spell),
    third: [spell(third)],
  };
}
