// deno-lint-ignore-file no-console -- this is where commands print
import { MicroLmError } from "../mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { permissionFlags, readTaskConfig, taskCommand } from "../src/cli/permission_flags.ts";
import { explain } from "../src/cli/run_command.ts";

/** The variable that holds an endpoint's key. */
const KEY = "MICRO_LM_API_KEY";

const HELP = `Runs a task that may reach one host, and no other.

Usage: deno task TASK:endpoint --host NAME[:PORT] [flags of TASK]

Example: deno task train:endpoint --host api.example.com --labels_csv my.csv \\
           --sbert https://api.example.com/v1#text-embedding-3-small

The host stands on the command line because nothing else may choose it: neither a mapper nor a
config opens the network. A key is read from ${KEY}. All other flags: deno task TASK --help.`;

Deno.exit(await main());

async function main(): Promise<number> {
  const [task = "", ...args] = Deno.args;
  if (args.length === 0 || args.includes("--help")) {
    console.log(HELP);
    return EXIT.ok;
  }
  try {
    const { host, rest } = takeHost(args);
    return await start(task, host, rest);
  } catch (error) {
    const { text, code } = explain(error, `${task}:endpoint`);
    console.error(text);
    return code;
  }
}

function takeHost(args: readonly string[]): { host: string; rest: string[] } {
  const rest = [...args];
  const at = rest.findIndex((word) => word === "--host" || word.startsWith("--host="));
  const [word = ""] = at < 0 ? [] : rest.splice(at, 1);
  const host = word.includes("=") ? word.slice(word.indexOf("=") + 1) : rest.splice(at, 1)[0] ?? "";
  if (at < 0 || !/^(\[[0-9a-f:]+\]|[\w.-]+)(:\d+)?$/i.test(host)) {
    throw new MicroLmError("usage", `Expected --host NAME or NAME:PORT, found "${host}"`, {
      hint: "Name the one host that the task may reach: --host api.example.com",
    });
  }
  return { host, rest };
}

/** Starts the task with its own permissions, that host and the key. */
async function start(task: string, host: string, args: readonly string[]): Promise<number> {
  const command = taskCommand(readTaskConfig(), task);
  if (command === undefined) throw new MicroLmError("usage", `Unknown task "${task}"`);
  const flags = permissionFlags(command.set, { net: [host], env: [KEY] });
  const child = new Deno.Command("deno", {
    args: ["run", "-q", "--no-prompt", "--frozen", ...flags, command.file, ...args],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  // A server ends its open requests by itself; the terminal sends SIGINT to both
  const pass = Deno.build.os === "windows" ? [] : ["SIGTERM", "SIGHUP"] as const;
  const listeners: (readonly [Deno.Signal, () => void])[] = [
    ["SIGINT", () => {}],
    ...pass.map((signal) => [signal, () => child.kill(signal)] as const),
  ];
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  const { code } = await child.status;
  for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  return code;
}
