/** The first `length` characters of a text, with an ellipsis if there are more. */
export function shorten(text: string, length = 60): string {
  return text.length > length ? `${text.slice(0, length).toWellFormed()}…` : text;
}

/** Quotes the part of a text that shows where it begins to differ from another. */
export function quoteDifference(text: string, other: string): string {
  let same = 0;
  while (same < text.length && text[same] === other[same]) same++;
  const start = same < 40 ? 0 : same - 20;
  return JSON.stringify((start > 0 ? "…" : "") + shorten(text.slice(start).toWellFormed()));
}
