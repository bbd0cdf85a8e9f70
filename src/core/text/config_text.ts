import { readWholeText } from "./text_stream.ts";

/** Bytes that a config may have. */
const MOST_BYTES = 1 << 24;

/**
 * Reads the text of a config. It stands apart from what parses YAML, which takes some twenty
 * milliseconds to load.
 *
 * @throws {MicroLmError} Kind `missing` or `permission`; `data` for more than 16 MiB and for no text.
 */
export async function readConfigText(path: string): Promise<string> {
  return await readWholeText(path, MOST_BYTES);
}
