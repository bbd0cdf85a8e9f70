import { explainIoError } from "./io_error.ts";

/**
 * Writes a file as a whole or not at all: to a temporary name in the same folder, then renamed, so
 * that a killed run or a full disk leaves the old content. Missing folders are made.
 *
 * @throws {MicroLmError} Kind `write` if the file cannot be written, `permission` if Deno forbids it.
 *
 * @example
 * ```ts
 * import { writeFileAtomic } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * await writeFileAtomic(".artifacts/example.txt", "hello");
 * assertEquals(await Deno.readTextFile(".artifacts/example.txt"), "hello");
 * await Deno.remove(".artifacts/example.txt");
 * ```
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const slash = path.lastIndexOf("/");
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    if (slash > 0) await Deno.mkdir(path.slice(0, slash), { recursive: true });
    try {
      await writeAndSync(temporary, bytes);
      await Deno.rename(temporary, path);
    } catch (error) {
      await Deno.remove(temporary).catch(() => {});
      throw error;
    }
  } catch (error) {
    throw explainIoError(error, path, "write");
  }
}

async function writeAndSync(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  await file.sync();
}
