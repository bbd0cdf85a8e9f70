/** Runs a test in a folder of its own below `.artifacts/`, which is removed afterwards. */
export async function inTempFolder(run: (folder: string) => Promise<void>): Promise<void> {
  await Deno.mkdir(".artifacts", { recursive: true });
  const folder = await Deno.makeTempDir({ dir: ".artifacts", prefix: "test-" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes a file and returns its path. */
export async function write(
  folder: string,
  name: string,
  content: string | Uint8Array,
): Promise<string> {
  const path = `${folder}/${name}`;
  await Deno.writeFile(
    path,
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
  return path;
}
