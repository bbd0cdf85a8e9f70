import { cleanPrompt, type CleanText } from "../../language/clean.ts";

/**
 * A prompt in the letters that a reader sees, with one character for each run of white space: patterns with
 * optional gaps would be tried at every split of a long one.
 */
export function readPlain(prompt: string): CleanText {
  const { text, toOriginal } = cleanPrompt(prompt);
  const starts: number[] = [];
  const ends: number[] = [];
  const plain = [...text.matchAll(/\s+|\S+/g)].map(({ 0: run, index }) => {
    const isGap = run.trim() === "";
    if (!isGap) {
      for (let i = 0; i < run.length; i++) {
        starts.push(index + i);
        ends.push(index + i + 1);
      }
      return run;
    }
    starts.push(index);
    ends.push(index + run.length);
    return run.includes("\n") ? "\n" : " ";
  }).join("");
  const end = text.length;
  return {
    text: plain,
    toOriginal: (from, to) =>
      from < to
        ? toOriginal(starts[from]!, ends[to - 1]!)
        : toOriginal(starts[from] ?? end, starts[from] ?? end),
  };
}

/** The same phrase as a clean prompt has it: lower case, without accents, single spaces. */
export function foldPhrase(phrase: string): string {
  return readPlain(phrase).text.trim();
}

/** The source of a pattern for any of some phrases as whole words, the longest first. */
export function anyPhrase(phrases: readonly string[]): string {
  if (phrases.length === 0) return "(?!)";
  const sorted = [...new Set(phrases.map(foldPhrase))]
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const listed = sorted.map((phrase) => escapePattern(phrase).replaceAll(" ", "\\s"));
  return `(?<![\\p{L}\\p{N}])(?:${listed.join("|")})(?![\\p{L}\\p{N}])`;
}

/** A hyphen stays as it is: escaped, it is a fault of a pattern with the flag u. */
function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
