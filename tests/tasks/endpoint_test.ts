import { assertEquals, assertStringIncludes } from "@std/assert";
import { permissionFlags, readTaskConfig } from "../../src/cli/permission_flags.ts";
import { inTempFolder, write } from "../temp.ts";
import { runTask } from "./run_task.ts";

const HOST = permissionFlags(readTaskConfig().permissions["host"]!);
const CSV = `prompt,label
open the gate,open
please open it,open
gate open now,open
shut the gate,shut
please shut it,shut
gate shut now,shut
`;

/** A server of embeddings that counts what it is asked. */
function embeddings() {
  let texts = 0;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (r) => {
    const { input } = await r.json() as { input: string[] };
    texts += input.length;
    const data = input.map((text, index) => {
      const embedding = Array.from({ length: 8 }, (_, i) => text.charCodeAt(i % text.length) / 128);
      return { index, embedding: embedding.map((x) => text.includes("open") ? x : -x) };
    });
    return Response.json({ data });
  });
  const { port } = server.addr;
  return { server, port, url: `http://127.0.0.1:${port}/v1#m`, count: () => texts };
}

Deno.test("a task with an endpoint reaches the host of the command line and no other", async () => {
  await inTempFolder(async (folder) => {
    const { server, port, url, count } = embeddings();
    try {
      const csv = await write(folder, "a.csv", CSV);
      const mapper = `${folder}/m.json`;
      const cache = ["--encoder_cache", "off"];
      const train = ["train", "--labels_csv", csv, "--sbert", url, "--out_path", mapper, ...cache];
      const run = (args: string[]) => runTask("endpoint", args, { permissions: HOST });

      const none = await run(train);
      assertEquals([none.code, count()], [64, 0]);
      assertStringIncludes(none.stderr, "Expected --host NAME or NAME:PORT");
      const other = await run([...train, "--host", "127.0.0.1:1"]);
      assertEquals([other.code, count()], [77, 0], other.stderr);
      const trained = await run([...train, "--host", `127.0.0.1:${port}`]);
      assertEquals([trained.code, count() > 0], [0, true], trained.stderr);

      const input = await write(folder, "in.jsonl", '"kindly open the gate"\n');
      const map = ["map", "--in", input, "--out", "-", "--mapper_path", mapper, ...cache];
      const mapped = await run([...map, `--host=127.0.0.1:${port}`]);
      assertEquals(mapped.code, 0, mapped.stderr);
      assertEquals(JSON.parse(mapped.stdout).label, "open");
      // A mapper that names a host opens nothing by itself.
      const before = count();
      const alone = await runTask("map", map.slice(1));
      assertEquals([alone.code, count()], [77, before], alone.stderr);
    } finally {
      await server.shutdown();
    }
  });
});

Deno.test("a config that names an endpoint opens no network, however many workers there are", async () => {
  await inTempFolder(async (folder) => {
    const { server, url, count } = embeddings();
    try {
      const rows = (n: number) =>
        Array.from({ length: n }, (_, i) =>
          JSON.stringify({
            prompt: `finding ${i} of a scanner`,
            label: i % 2 ? "TP" : "FP",
            smell: "s",
            tech: "ansible",
            file: `f${i}.yml`,
            line: 1,
          })).join("\n") + "\n";
      await write(folder, "train.jsonl", rows(24));
      await write(folder, "val.jsonl", rows(8));
      const config = await write(
        folder,
        "c.yaml",
        `
global: { train_path: ${folder}/train.jsonl, val_path: ${folder}/val.jsonl, eval_steps: 5 }
output: { base_dir: ${folder}/models, results_dir: ${folder}/results }
experiments:
  remote:
    model_name: "${url}"
    hyperparameters: { learning_rates: [3e-2, 1e-2], batch_sizes: [8], num_epochs: [1] }
`,
      );
      for (const jobs of ["1", "2"]) {
        const args = ["--config", config, "--logs_dir", `${folder}/logs`, "--jobs", jobs];
        const { code, stderr } = await runTask("batch_train", args, {
          permissions: permissionFlags(readTaskConfig().permissions["stages-train"]!),
        });
        assertEquals([code, count()], [77, 0], stderr);
      }
    } finally {
      await server.shutdown();
    }
  });
});
