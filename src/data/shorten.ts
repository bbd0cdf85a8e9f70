/** The first `length` characters of a text, with an ellipsis if there are more. */
export function shorten(text: string, length = 60): string {
  return text.length > length ? `${text.slice(0, length).toWellFormed()}…` : text;
}
