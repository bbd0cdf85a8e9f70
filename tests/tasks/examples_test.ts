import { dirname } from "node:path/posix";
import { assert, assertEquals } from "@std/assert";
import { permissionFlags, readTaskConfig, taskCommand } from "../../src/cli/permission_flags.ts";
import { inTempFolder } from "../temp.ts";
import { walkFiles } from "../walk.ts";

const CONFIG = readTaskConfig();
const ROOT = Deno.cwd();

/** Examples in an order in which each finds what it reads, with the exit code that it has. */
const RUN: readonly (readonly [string, number])[] = [
  ["train", 0],
  ["data", 0],
  ["sweep", 0],
  ["m8", 0],
  ["mapper-bench", 0],
  ["audit-labels", 0],
  ["robust-bench", 0],
  ["card", 0],
  ["per-class", 0],
  ["run", 0],
  ["shell", 0],
  ["map", 0],
  // The prompts of the example are not those of its reference
  ["monitor", 2],
  ["suite", 0],
  ["trace", 0],
  ["replay", 0],
  ["export", 0],
  ["cache", 0],
  ["wdd-fit", 0],
  ["audit-bench", 0],
  ["ngf-bench", 0],
  ["iac-data", 0],
];

/** Examples that are not run here, and where or why not. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  serve: "does not end: tests/serve/serve_task_test.ts",
  mcp: "does not end: tests/serve/mcp_server_test.ts",
  model: "needs a hub: tests/encoders/hub",
  compare: "needs two mappers: tests/trust/compare_test.ts",
  verify: "needs the mapper of quickstart: tests/trust/verify_test.ts",
  "encoders:compare": "minutes: tests/tasks/encoder_tasks_test.ts",
  "batch-train": "minutes: tests/tasks/stages_train_test.ts",
  "batch-eval": "needs trained runs: tests/tasks/stages_eval_test.ts",
  analyze: "needs evaluated runs: tests/tasks/stages_eval_test.ts",
  champion: "needs evaluated runs: tests/tasks/stages_eval_test.ts",
  "scan-filter": "needs a trained run: tests/tasks/scan_filter_test.ts",
  "stages:demo": "minutes: CI runs it",
  "notebooks:run": "needs Jupyter: CI runs it",
  fixtures: "CI runs it",
  wasm: "CI runs it",
  schema: "CI runs it",
  readme: "CI runs it",
  numbers: "minutes: by hand before a release",
  simulate: "minutes: by hand before a release",
  fuzz: "minutes: a part of it in tests/fuzz",
};

/** The words of a line as a POSIX shell splits it. */
function shellWords(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, "$1$2"));
}

async function runDeno(folder: string, args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: [...args],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** The example that the help of a task shows, as the words behind the task's name. */
async function exampleOf(name: string, folder: string): Promise<string[]> {
  const { file } = taskCommand(CONFIG, name)!;
  const { stdout } = await runDeno(folder, [...flagsOf(name), `${ROOT}/${file}`, "--help"]);
  const line = /^Example: (.*)$/m.exec(stdout)?.[1] ?? "";
  const words = shellWords(line);
  const at = words.indexOf(name);
  assert(words[0] === "deno" && words[1] === "task" && at > 1, `${name}: ${line}`);
  return words.slice(at + 1);
}

function flagsOf(name: string): string[] {
  const { set, lock } = taskCommand(CONFIG, name)!;
  // The folder of the test stands for the project; sources stay where they are.
  const flags = permissionFlags(set, { read: [ROOT] });
  return ["run", "--quiet", "--no-prompt", "--no-check", "--frozen", ...lock, ...flags];
}

const TASKS = Object.keys(CONFIG.tasks).filter((name) =>
  taskCommand(CONFIG, name) && !/^bench|:(?:native|endpoint|mirror|public)$/.test(name)
);

Deno.test("every task's example is run, here or elsewhere", () => {
  const known = [...RUN.map(([name]) => name), ...Object.keys(ELSEWHERE)];
  assertEquals(TASKS.sort(), known.sort());
});

Deno.test("the example that --help shows works as it stands", async (t) => {
  await inTempFolder(async (folder) => {
    for (
      const file of ["fixtures", "configs", "examples", "tests/golden"].flatMap((name) =>
        walkFiles(name, "")
      )
    ) {
      await Deno.mkdir(`${folder}/${dirname(file)}`, { recursive: true });
      await Deno.copyFile(file, `${folder}/${file}`);
    }
    for (const [name, expected] of RUN) {
      await t.step(name, async () => {
        const args = await exampleOf(name, folder);
        const { file } = taskCommand(CONFIG, name)!;
        const { code, stderr } = await runDeno(folder, [
          ...flagsOf(name),
          `${ROOT}/${file}`,
          ...args,
        ]);
        assertEquals(code, expected, `${name} ${args.join(" ")}\n${stderr}`);
      });
    }
  });
});
