/** Paths of the files below a folder whose names end in `suffix`, sorted, with forward slashes. */
export function walkFiles(folder: string, suffix: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) return walkFiles(path, suffix);
    return entry.name.endsWith(suffix) ? [path] : [];
  }).sort();
}
