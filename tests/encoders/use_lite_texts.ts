/** Texts of one to seven words from the shipped prompts, and some that are no sentences. */
export function variedTexts(count: number): string[] {
  const lines = Deno.readTextFileSync("fixtures/defi/defi_mapper_5k_prompts.jsonl").split("\n");
  const prompts = lines.slice(0, 20 * count).filter((_, i) => i % 20 === 0)
    .map((line, i) => {
      const words = (JSON.parse(line) as { prompt: string }).prompt.split(" ");
      return words.slice(0, 1 + i % 7).join(" ");
    });
  return [...prompts.slice(HOSTILE.length), ...HOSTILE];
}

/** Texts that have at least one piece but little else in common. */
export const HOSTILE: readonly string[] = [
  "a",
  "I",
  "?!",
  "SHOUT EVERYTHING NOW",
  "\0\x1b[31m\u202e\u200d",
  "\ud800 lone",
  "💥💥 🧨",
  "你好，世界",
  "Привет, где мой перевод?",
  "0x71C7656EC7ab88b098defB751B7401B5f6d8976F",
  "tab\tand\r\nline\u2028breaks",
  "ﬁ ﬂ ① ½ Å",
  `a${"\u0301".repeat(300)}`,
  "1,".repeat(300),
];
