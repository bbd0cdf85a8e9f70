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

/** How often the words of a text fall into each of 64 bins. */
function bagOfWords(text: string): number[] {
  const bins = new Array<number>(64).fill(0);
  for (const word of text.toLowerCase().split(/\W+/)) {
    const hash = [...word].reduce((sum, letter) => (31 * sum + letter.charCodeAt(0)) % 9973, 7);
    bins[hash % bins.length]!++;
  }
  return bins;
}

/** A server of embeddings that counts what it is asked. */
function embeddings() {
  let texts = 0;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (r) => {
    const { input } = await r.json() as { input: string[] };
    texts += input.length;
    const data = input.map((text, index) => ({ index, embedding: bagOfWords(text) }));
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

Deno.test("evidence and mapper of an endpoint carry rails in run, map and serve", async () => {
  await inTempFolder(async (folder) => {
    const { server, port, url, count } = embeddings();
    const host = ["--host", `127.0.0.1:${port}`];
    // deno-lint-ignore no-explicit-any -- tests look at whatever is there
    const json = async (...args: string[]): Promise<any> => {
      const { code, stdout, stderr } = await runTask("endpoint", [...args, ...host], {
        permissions: HOST,
      });
      assertEquals(stdout.startsWith("{"), true, `${code} ${stderr}`);
      return JSON.parse(stdout.split("\n\n")[0]!);
    };
    try {
      const cache = ["--encoder_cache", `${folder}/cache`];
      const csv = "fixtures/defi/defi_mapper_labeled_mini.csv";
      const [mapper, wdd] = [`${folder}/m.json`, `${folder}/wdd.json`];
      const from = ["--labels_csv", csv, "--domain", "defi", "--sbert", url, ...cache, "--json"];
      const fitted = await json("wdd-fit", ...from, "--out_path", wdd);
      const { encoder } = JSON.parse(await Deno.readTextFile(wdd));
      assertEquals(encoder.spec, `${url}+terms*4`);
      const { rails_sha256 } = await json(
        ...["train", ...from, "--sbert", `${url}+ngram`, "--out_path", mapper, "--C", "50"],
      );

      const prompt = "swap 2 ETH for USDC";
      const context = JSON.stringify({ oracle: { age_sec: 5 } });
      const policy = JSON.stringify({ mapper: { confidence_threshold: 0.05 } });
      const facts = ["--context", context, "--policy", policy];
      const asked = ["--mapper_path", mapper, ...cache, ...facts];
      for (const [evidence, sha256] of [[[], rails_sha256], [["--wdd_path", wdd], fitted.sha256]]) {
        const ran = await json("run", prompt, ...asked, ...evidence, "--verbose", "--json");
        assertEquals(
          ran.artifacts.wdd?.sha256,
          sha256,
          JSON.stringify([ran.reason, ran.artifacts.mapper]),
        );
        assertEquals(ran.verify.tags, ["rails:stage10", "wdd:on", "audit:wdd"]);
      }
      const input = await write(folder, "in.jsonl", `${JSON.stringify(prompt)}\n`);
      const bulk = ["map", "--run", "--in", input, "--out", "-", "--wdd_path", wdd, ...asked];
      const { record: mapped } = await json(...bulk, "--rails", "stage11");
      assertEquals(mapped.wdd_summary.which_prior.startsWith("model:"), true);

      // Nobody but the host of the command line is asked
      const before = count();
      const refused = await runTask("run", [prompt, ...asked, "--wdd_path", wdd]);
      assertEquals([refused.code, count()], [77, before], refused.stderr);
      assertStringIncludes(refused.stderr, `--allow-net=127.0.0.1:${port}`);

      const served = [
        "serve",
        "--port",
        "0",
        "--wdd_path",
        wdd,
        "--quiet",
        ...asked.toSpliced(2, 2),
      ];
      await withServer([...served, ...host], async (at) => {
        const body = JSON.stringify({ prompt, context: JSON.parse(context), rails: "stage10" });
        const headers = { "content-type": "application/json" };
        const response = await fetch(`${at}/v1/run`, { method: "POST", headers, body });
        const record = await response.json();
        assertEquals(record.artifacts?.wdd?.sha256, fitted.sha256, JSON.stringify(record));
      });
    } finally {
      await server.shutdown();
    }
  });
});

/** A task that serves, from its first line to SIGTERM, which reaches it through the task that started it. */
async function withServer(args: readonly string[], run: (url: string) => Promise<void>) {
  const options = ["--no-prompt", "--no-check", "--frozen", ...HOST];
  const child = new Deno.Command("deno", {
    args: ["run", ...options, "tasks/endpoint.ts", ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(child.stderr).text();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  const [, url] = /Listening on (\S+)/.exec(new TextDecoder().decode(value)) ?? [];
  try {
    assertEquals(typeof url, "string");
    await run(url!);
  } finally {
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0, await stderr);
  }
}

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
