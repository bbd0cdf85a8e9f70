/** A range `[start, end)` of the clean text. */
export type Piece = [start: number, end: number];

const BEFORE = /^\W*(?:(?:but|and)\s+)?(?:right\s+)?(?:before|prior to)\b/;
const AFTER =
  /^\W*(?:(?:but|and)\s+)?(?:only\s+)?(?:after|once|when|as soon as)\b(?! (?:that|this|it|they)\b)/;
const FIRST = /^\W*(?:(?:but|and)\s+)?(?:before (?:that|this)|first)\b/;
const ENDS_FIRST = /\bfirst\W*$/;

/** Puts pieces into the order in which they are to happen. */
export function orderPieces(text: string, pieces: readonly Piece[]): Piece[] {
  const ordered: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i]!;
    const words = text.slice(...piece);
    const opens = ordered.length === 0;
    const next = pieces[i + 1];
    if (opens && BEFORE.test(words) && next) {
      ordered.push(next, piece);
      i++;
    } else if (!opens && (AFTER.test(words) || goesBefore(text, piece, words))) {
      ordered.splice(ordered.length - 1, 0, piece);
    } else ordered.push(piece);
  }
  return ordered;
}

/** "Stake 2 ETH, but first swap …": it goes before what was said before it. */
function goesBefore(text: string, piece: Piece, words: string): boolean {
  if (/^\W*(?:but first|(?:but )?before (?:that|this))\b/.test(words)) return true;
  const said = text.slice(Math.max(0, piece[0] - 5), piece[0]);
  return (FIRST.test(words) || ENDS_FIRST.test(words)) && /\bbut\W*$/.test(said);
}
