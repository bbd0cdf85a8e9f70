import { assert, assertEquals } from "@std/assert";
import { findPhrase } from "../../src/language/english/phrases.ts";
import { ENGLISH } from "../../src/language/english/english.ts";
import { tokenize } from "../../src/language/tokens/tokens.ts";
import { DEFI_LANGUAGE } from "../../src/domains/defi/read/vocabulary.ts";

// A phrase that is cut otherwise than a prompt is one that no prompt ever has
Deno.test("compileLexicon() cuts every phrase as a prompt is cut", () => {
  const { index, isName, lexicon } = DEFI_LANGUAGE;
  const phrases = [
    ...ENGLISH.map(([phrase]) => phrase),
    ...lexicon.names.map(({ name }) => name),
    ...lexicon.manners,
    ...lexicon.placeWords,
    ...Object.keys(lexicon.objects),
    ...Object.keys(lexicon.ratios),
  ];
  assert(phrases.length > 3000);
  for (const phrase of phrases) {
    const words = tokenize(phrase, { isName }).map(({ norm }) => norm);
    const found = findPhrase(index, words, 0)?.words.join(" ");
    assertEquals(found, words.join(" "), phrase);
  }
});
