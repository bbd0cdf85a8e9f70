import { MicroLmError } from "../mod.ts";
import { writeFileAtomic } from "../src/core/mod.ts";
import { textTable } from "../src/report/mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";

const FOLDER = "notebooks";
const KERNELS = ".artifacts/jupyter";
const KERNEL = "micro-lm-deno";

await runCommand({
  name: "notebooks:run",
  summary: "Executes the notebooks from top to bottom; a cell that fails makes it exit with 2.",
  example: "deno task notebooks:run",
  flags: {
    out_dir: {
      type: "string",
      value: "FOLDER",
      default: ".artifacts/notebooks",
      help: "Where the executed notebooks go.",
    },
    write: { type: "boolean", help: "Put the outputs into the notebooks themselves." },
  },
}, async ({ out_dir, write }, { say, warn, result }) => {
  await installKernel();
  const runs: { notebook: string; seconds: number; ok: boolean }[] = [];
  for (const notebook of await listNotebooks()) {
    const start = performance.now();
    const error = await execute(`${FOLDER}/${notebook}`, out_dir);
    if (error !== null) warn(`${notebook} failed\n${error}`);
    const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
    runs.push({ notebook, seconds, ok: error === null });
  }
  say(textTable({
    columns: ["notebook", "seconds", "result"],
    rows: runs.map((run) => [run.notebook, run.seconds, run.ok ? "ok" : "failed"]),
  }));
  say(`\nExecuted notebooks: ${out_dir}`);
  const written = write ? runs.filter(({ ok }) => ok).map(({ notebook }) => notebook) : [];
  for (const notebook of written) {
    await keepOutputs(`${FOLDER}/${notebook}`, `${out_dir}/${notebook}`);
  }
  if (write) say(`Outputs written into ${written.length} of ${runs.length} notebooks`);
  result({ out_dir, runs });
  return runs.every((run) => run.ok) ? EXIT.ok : EXIT.gate;
});

async function listNotebooks(): Promise<string[]> {
  const names = (await Array.fromAsync(Deno.readDir(FOLDER))).map((entry) => entry.name)
    .filter((name) => name.endsWith(".ipynb")).sort();
  if (names.length > 0) return names;
  throw new MicroLmError("missing", `Expected notebooks in "${FOLDER}", found none`);
}

/** A kernel of this very Deno, whatever kernels the user has installed. */
async function installKernel(): Promise<void> {
  const spec = {
    argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
  };
  await writeFileAtomic(`${KERNELS}/kernels/${KERNEL}/kernel.json`, JSON.stringify(spec));
}

/** Null, or what is wrong with the first cell that failed. */
async function execute(notebook: string, outDir: string): Promise<string | null> {
  const { success, stderr } = await jupyter([
    "nbconvert",
    "--to",
    "notebook",
    "--execute",
    "--output-dir",
    outDir,
    `--ExecutePreprocessor.kernel_name=${KERNEL}`,
    "--ExecutePreprocessor.timeout=300",
    notebook,
  ]);
  if (success) return await findLostOutput(`${outDir}/${notebook.slice(FOLDER.length + 1)}`);
  const lines = new TextDecoder().decode(stderr).trimEnd().split("\n");
  return lines.slice(-40).join("\n");
}

interface NotebookCell {
  readonly cell_type: "code" | "markdown";
  readonly outputs?: readonly Record<string, unknown>[];
}

/**
 * The notebook as it was written, with the outputs of its run: times of execution and the like stay out, so
 * that a run that shows the same leaves the same file.
 */
async function keepOutputs(path: string, executed: string): Promise<void> {
  const read = async (file: string) => JSON.parse(await Deno.readTextFile(file));
  const [notebook, { cells }] = [await read(path), await read(executed)];
  let count = 0;
  const shown = notebook.cells.map((cell: NotebookCell, i: number) =>
    cell.cell_type === "code"
      ? { ...cell, execution_count: ++count, outputs: cells[i].outputs.map(withCount(count)) }
      : cell
  );
  const text = JSON.stringify({ ...notebook, cells: shown }, null, 1);
  await writeFileAtomic(path, `${text}\n`);
}

function withCount(count: number) {
  return (output: Record<string, unknown>) =>
    "execution_count" in output ? { ...output, execution_count: count } : output;
}

/** A cell that ran and showed nothing, although it was to. */
async function findLostOutput(path: string): Promise<string | null> {
  const { cells } = JSON.parse(await Deno.readTextFile(path)) as {
    readonly cells: readonly { readonly source: string[]; readonly outputs?: unknown[] }[];
  };
  const lost = cells.find(({ source, outputs }) =>
    outputs?.length === 0 && source.some((line) => line.startsWith("await show("))
  );
  return lost ? `This cell shows nothing:\n${lost.source.join("")}` : null;
}

async function jupyter(args: string[]): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command("jupyter", {
      args,
      env: { JUPYTER_PATH: `${Deno.cwd()}/${KERNELS}` },
      stdout: "null",
    }).output();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new MicroLmError("missing", "Cannot find the program jupyter", {
      hint:
        "Install it: apt-get install jupyter-nbconvert jupyter-client, or pip install nbconvert",
      cause,
    });
  }
}
