/** What a task printed and how it ended. */
export interface TaskResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@linkcode runTask}. */
export interface RunTaskOptions {
  readonly stdin?: string;
  /** Permissions instead of those of the task. */
  readonly permissions?: readonly string[];
}

const PERMISSIONS = ["--allow-read=.", "--allow-write=.artifacts"];

/** Runs a task's file as its own process, with the permissions of the task. */
export async function runTask(
  name: string,
  args: readonly string[],
  { stdin, permissions = PERMISSIONS }: RunTaskOptions = {},
): Promise<TaskResult> {
  const child = new Deno.Command("deno", {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--frozen",
      ...permissions,
      `tasks/${name}.ts`,
      ...args,
    ],
    env: { NO_COLOR: "1" },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
