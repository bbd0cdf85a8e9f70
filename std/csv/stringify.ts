import { stringify as stringifySync } from "csv-stringify/sync";

/** The options of the real `stringify` that this project uses. */
export interface StringifyOptions {
  /** Names of the columns, in order. */
  readonly columns: readonly string[];
}

/** Writes records as CSV text with a header line and line feeds. */
export function stringify(
  data: readonly Readonly<Record<string, unknown>>[],
  { columns }: StringifyOptions,
): string {
  return stringifySync([...data], { columns: [...columns], header: true });
}
