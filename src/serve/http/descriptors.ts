/** Files that a server opens beside its connections: models, evidence, a log. */
const RESERVE = 48;

/**
 * How many connections a process may hold, found by opening files: no more than were asked for, and
 * fewer where descriptors are short. At their end Deno stops accepting, without a word.
 *
 * @param path Something that may be read.
 */
export function affordableConnections(asked: number, path = "."): number {
  const files: Deno.FsFile[] = [];
  try {
    while (files.length < asked + RESERVE) files.push(Deno.openSync(path));
    return asked;
  } catch (error) {
    // Without permission nothing is known
    if (error instanceof Deno.errors.NotCapable) return asked;
    return Math.max(1, Math.min(asked, files.length - RESERVE));
  } finally {
    for (const file of files) file.close();
  }
}
