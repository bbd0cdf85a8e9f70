/** A pattern over several lines: line ends and the indents after them are no part of it. */
export function words(parts: TemplateStringsArray, ...values: readonly string[]): RegExp {
  return new RegExp(String.raw(parts, ...values).replace(/\n\s*/g, ""), "u");
}

/** The same, for replacing all that matches. */
export function everywhere(parts: TemplateStringsArray, ...values: readonly string[]): RegExp {
  return new RegExp(words(parts, ...values).source, "gu");
}
