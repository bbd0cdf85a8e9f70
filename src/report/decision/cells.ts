/** Characters that print nothing, or something else than themselves. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const COMBINING = /^\p{M}$/u;
/** East Asian wide characters and emoji take two cells of a terminal. */
const WIDE =
  /[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;

/** A character on a terminal. */
export interface TerminalCell {
  readonly shown: string;
  /** Cells that it takes: 0, 1 or 2. */
  readonly width: number;
  /** Its offset in the text. */
  readonly at: number;
}

/** The characters of a text as a terminal shows them; what would steer the terminal becomes a dot. */
export function terminalCells(text: string): TerminalCell[] {
  const cells: TerminalCell[] = [];
  let at = 0;
  for (const character of text) {
    const shown = UNPRINTABLE.test(character) ? "·" : character;
    const width = COMBINING.test(shown) ? 0 : WIDE.test(shown) ? 2 : 1;
    cells.push({ shown, width, at });
    at += character.length;
  }
  return cells;
}
