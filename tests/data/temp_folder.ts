/** Makes a folder below `.artifacts/` that is removed when its scope ends. */
export function tempFolder(): Disposable & {
  file(name: string, content: string | Uint8Array): string;
} {
  Deno.mkdirSync(".artifacts", { recursive: true });
  const folder = Deno.makeTempDirSync({ dir: ".artifacts" });
  return {
    file(name, content) {
      const path = `${folder}/${name}`;
      Deno.writeFileSync(
        path,
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      );
      return path;
    },
    [Symbol.dispose]() {
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

/** Runs a script in a Deno process of its own and gives its output as text. */
export async function runScript(
  script: string,
  { permissions, stdin = "" }: { readonly permissions: readonly string[]; readonly stdin?: string },
): Promise<{ readonly code: number; readonly out: string }> {
  const process = new Deno.Command("deno", {
    args: [
      "run",
      "--no-check",
      "--no-prompt",
      ...permissions,
      "--ext=ts",
      "-c",
      "deno.json",
      await save(script),
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const { code, stdout, stderr } = await process.output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout) + text.decode(stderr) };
}

/** A data URL cannot import local files, so the script names them absolutely. */
function save(script: string): string {
  const root = new URL("../../", import.meta.url).href;
  const code = script.replaceAll("$SRC/", `${root}src/`);
  return `data:application/typescript,${encodeURIComponent(code)}`;
}
