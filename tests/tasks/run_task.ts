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
  /** Variables of the environment beside those of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** On a single core, where `taskset` is there. */
  readonly onOneCore?: boolean;
}

const PERMISSIONS = ["--allow-read=.", "--allow-write=.artifacts"];

/** Runs what follows on the first core that the process may use. */
const ONE_CORE = 'cpu=$(taskset -cp $$ | sed "s/.*: //; s/[,-].*//"); exec taskset -c "$cpu" "$@"';

/** Runs a task's file as its own process, with the permissions of the task. */
export async function runTask(
  name: string,
  args: readonly string[],
  { stdin, permissions = PERMISSIONS, env = {}, onOneCore = false }: RunTaskOptions = {},
): Promise<TaskResult> {
  const run = ["run", "--no-prompt", "--no-check", "--frozen", ...permissions];
  const words = [...run, `tasks/${name}.ts`, ...args];
  const child = new Deno.Command(onOneCore ? "/bin/bash" : "deno", {
    args: onOneCore ? ["-c", ONE_CORE, "bash", "deno", ...words] : words,
    env: { NO_COLOR: "1", ...env },
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
